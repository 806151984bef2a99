"""A filter of spans as an SQL condition with its parameters.

What rollups know too is asked of the span's series, a number, rather than of the span's texts.
"""

import math
from dataclasses import dataclass, fields

from watchkeeper.adapters.duckdb.call_series import SERIES_COLUMNS
from watchkeeper.domain.span import ARM_ATTRIBUTE, EXPERIMENT_ATTRIBUTE, MODEL_OPERATIONS
from watchkeeper.telemetry.span_filter import SpanFilter
from watchkeeper.telemetry.storable import LARGEST_INTEGER

AFTER = """(spans.start_ns < $after_ns OR spans.start_ns = $after_ns AND (spans.trace_id > $after_trace
    OR spans.trace_id = $after_trace AND spans.span_id > $after_span))"""
"""What comes after a `SpanPlace` in the order of `newest.sql`."""

_HOLDS_CONTENT = """(spans.prompt_sha256 = ANY ($content_sha256s)
    OR spans.response_sha256 = ANY ($content_sha256s))"""

_OF_ATTRIBUTES = {
    name: f"""json_extract_string(spans.attributes, '$."{attribute}"')"""
    for name, attribute in (("experiment", EXPERIMENT_ATTRIBUTE), ("arm", ARM_ATTRIBUTE))
}

_NS_PER_MS = 1_000_000

_SERIES_FLAGS = {
    "model_operations_only": "series.operation = ANY ($only_operations)",
    "gateway_only": "series.gateway",
    "counted_only": "series.counts",
}
"""What is asked of a series by a flag."""

_WINDOW = {"since_ns", "until_ns"}


@dataclass(frozen=True, slots=True)
class SpanWhere:
    """The conditions of a filter, taken apart; `values` are what their `$names` stand for."""

    series: tuple[str, ...]
    """Of `series`, which rollups can tell too."""
    series_columns: frozenset[str]
    """The columns these are about."""
    rows: tuple[str, ...]
    """Of `spans` alone."""
    window: tuple[str, ...]
    """The instants between which spans start."""
    values: dict[str, object]

    @property
    def of_series(self) -> str:
        """The condition on `series`."""
        return " AND ".join(self.series) or "true"

    @property
    def text(self) -> str:
        """The whole condition, on `spans`."""
        series = (
            [f"spans.series_id IN (SELECT series_id FROM call_series AS series WHERE {self.of_series})"]
            if self.series
            else []
        )
        return " AND ".join([*self.window, *series, *self.rows]) or "true"


def span_where(which: SpanFilter) -> SpanWhere:
    """The conditions; only what is asked for is in them."""
    series = {flag: text for flag, text in _SERIES_FLAGS.items() if getattr(which, flag)}
    rows: list[str] = []
    window: list[str] = []
    values: dict[str, object] = {}
    if which.model_operations_only:
        values["only_operations"] = sorted(MODEL_OPERATIONS)
    for asked in fields(SpanFilter):
        value = getattr(which, asked.name)
        if value is None or asked.name in _SERIES_FLAGS:
            continue
        condition, value = _condition(asked.name, value)
        if value is not None:
            values[asked.name] = value
        if asked.name in _WINDOW:
            window.append(condition)
        elif asked.name in SERIES_COLUMNS:
            series[asked.name] = condition
        else:
            rows.append(condition)
    return SpanWhere(tuple(series.values()), frozenset(series), tuple(rows), tuple(window), values)


def _condition(name: str, value: object) -> tuple[str, object]:
    """A condition and its value; what no span can meet is `false`, as the engine cannot be asked."""
    if name == "since_ns" and isinstance(value, int):
        return "spans.start_ns >= $since_ns", bounded(value)
    if name == "until_ns" and isinstance(value, int):
        return "spans.start_ns < $until_ns", bounded(value)
    if name == "min_duration_ms" and isinstance(value, int | float):
        if not math.isfinite(value):
            return ("true" if value < 0 else "false"), None
        return "spans.duration_ns >= $min_duration_ms", bounded(math.ceil(value * _NS_PER_MS))
    if isinstance(value, frozenset):
        return _HOLDS_CONTENT, sorted(one for one in value if is_utf8(one))
    if isinstance(value, str) and not is_utf8(value):
        return "false", None
    if name in _OF_ATTRIBUTES:
        return f"{_OF_ATTRIBUTES[name]} = ${name}", value
    table = "series" if name in SERIES_COLUMNS else "spans"
    return f"{table}.{name} = ${name}", value


def is_utf8(text: str) -> bool:
    """Whether the engine can be asked for this text; nothing stored can equal any other."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def bounded(instant_ns: int) -> int:
    """The instant, or one beyond all that can be stored on the same side of them."""
    return max(-1, min(instant_ns, LARGEST_INTEGER + 1))
