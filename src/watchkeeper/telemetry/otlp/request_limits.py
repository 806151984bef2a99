"""What of a request can be taken: each item looked at, bad ones left out and counted, the good ones kept."""

import math
from collections.abc import Callable
from typing import Any

from watchkeeper.telemetry.otlp.any_value import CUT_MARK, Cuts
from watchkeeper.telemetry.otlp.signals import LOGS, METRICS, Signal

EARLIEST_NS = 946_684_800_000_000_000
"""2000-01-01: no traced program is older, and a clock that was never set says 1970."""
AHEAD_NS = 86_400_000_000_000
"""A day: how far a sender's clock may be ahead of ours."""
MOST_ATTRIBUTES = 2048
"""Of one span, event, point or record; conversations flattened into attributes have hundreds."""
MOST_TEXT_CHARACTERS = 2_000_000
"""Of one value; contents of this length exist, attributes of ten million are accidents."""
MOST_EVENTS = 1024
MOST_LINKS = 256
_NO_TRACE = "a trace id that is not 16 bytes, or all zero"
_NO_SPAN = "a span id that is not 8 bytes, or all zero"
_NO_PARENT = "a parent span id that is not 8 bytes"
_TIMES = "a time before 2000 or more than a day ahead"
_BACKWARDS = "an end before the start"
_ZERO_TRACE, _ZERO_SPAN = bytes(16), bytes(8)


def keep_good(signal: Signal, message: Any, *, now_ns: int, body_bytes: int) -> tuple[Cuts, Cuts, bool]:
    """Take out of a request what cannot be taken.

    Args:
        signal: Its kind.
        message: The request; it is changed.
        now_ns: Now.
        body_bytes: How long it was: short ones hold nothing too long.

    Returns:
        What was rejected, what was cut, and whether the request is another than it was.
    """
    rejected, cuts = Cuts.none(), Cuts.none()
    latest_ns = now_ns + AHEAD_NS
    changed = False
    if signal is METRICS:
        changed = _keep_good_points(message, latest_ns, rejected)
    else:
        reason_of: Callable[[Any, int], str | None] = _record_problem if signal is LOGS else _span_problem
        for items in signal.item_lists(message):
            for at in range(len(items) - 1, -1, -1):
                reason = reason_of(items[at], latest_ns)
                if reason is not None:
                    rejected.note(reason)
                    del items[at]
                    changed = True
    before = sum(cuts.counts.values())
    _cut_numbers(signal, message, cuts)
    if body_bytes > MOST_TEXT_CHARACTERS:
        _cut_texts(message, cuts)
    return rejected, cuts, changed or sum(cuts.counts.values()) > before


def _span_problem(span: Any, latest_ns: int) -> str | None:
    trace_id, span_id = span.trace_id, span.span_id
    if len(trace_id) != 16 or trace_id == _ZERO_TRACE:
        return _NO_TRACE
    if len(span_id) != 8 or span_id == _ZERO_SPAN:
        return _NO_SPAN
    if len(span.parent_span_id) not in (0, 8):
        return _NO_PARENT
    start_ns, end_ns = span.start_time_unix_nano, span.end_time_unix_nano
    if not EARLIEST_NS <= start_ns <= latest_ns or end_ns > latest_ns:
        return _TIMES
    return _BACKWARDS if end_ns < start_ns else None


def _record_problem(record: Any, latest_ns: int) -> str | None:
    if len(record.trace_id) not in (0, 16):
        return _NO_TRACE
    if len(record.span_id) not in (0, 8):
        return _NO_SPAN
    ts_ns = record.time_unix_nano or record.observed_time_unix_nano
    return None if EARLIEST_NS <= ts_ns <= latest_ns else _TIMES


def _keep_good_points(message: Any, latest_ns: int, rejected: Cuts) -> bool:
    changed = False
    for metrics in METRICS.item_lists(message):
        for metric in metrics:
            kind = metric.WhichOneof("data")
            points: Any = getattr(metric, kind).data_points if kind else []
            for at in range(len(points) - 1, -1, -1):
                reason = _point_problem(metric.name, kind, points[at], latest_ns)
                if reason is not None:
                    rejected.note(reason)
                    del points[at]
                    changed = True
    return changed


def _point_problem(name: str, kind: str, point: Any, latest_ns: int) -> str | None:
    if not name:
        return "a metric without a name"
    if not EARLIEST_NS <= point.time_unix_nano <= latest_ns:
        return _TIMES
    if kind in ("gauge", "sum"):
        if point.WhichOneof("value") == "as_double" and not math.isfinite(point.as_double):
            return "a value that is no finite number"
    elif not math.isfinite(point.sum):
        return "a sum that is no finite number"
    return None


def _cut_numbers(signal: Signal, message: Any, cuts: Cuts) -> None:
    if signal is METRICS:
        return
    for items in signal.item_lists(message):
        for item in items:
            if len(item.attributes) > MOST_ATTRIBUTES:
                _shorten(item.attributes, MOST_ATTRIBUTES, "attributes beyond the 2,048th", cuts)
            if signal is not LOGS:
                if len(item.events) > MOST_EVENTS:
                    _shorten(item.events, MOST_EVENTS, "events beyond the 1,024th", cuts)
                if len(item.links) > MOST_LINKS:
                    _shorten(item.links, MOST_LINKS, "links beyond the 256th", cuts)


def _shorten(held: Any, most: int, reason: str, cuts: Cuts) -> None:
    cuts.note(reason, len(held) - most)
    del held[most:]


def _cut_texts(message: Any, cuts: Cuts) -> None:
    """Cut every text that is too long, wherever it stands."""
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for inner in value if field.is_repeated else [value]:
                _cut_texts(inner, cuts)
        elif isinstance(value, str | bytes) and len(value) > MOST_TEXT_CHARACTERS:
            mark: Any = CUT_MARK if isinstance(value, str) else CUT_MARK.encode()
            setattr(message, field.name, value[:MOST_TEXT_CHARACTERS] + mark)
            cuts.note("texts beyond 2,000,000 characters")
