"""A request of OTLP on its way in: read, bounded, redacted, and told what was left out."""

from dataclasses import dataclass, field
from typing import Any

from google.protobuf.message import DecodeError

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.telemetry.otlp.json_requests import message_of_json
from watchkeeper.telemetry.otlp.redacting import redact_request
from watchkeeper.telemetry.otlp.request_limits import keep_good
from watchkeeper.telemetry.otlp.salvage import salvaged
from watchkeeper.telemetry.otlp.signals import METRICS, Signal

WORKLOAD_ATTRIBUTE = "watchkeeper.workload"
_BROKEN = "bytes that are cut off or broken"
_UNREADABLE = "fields that are not as OTLP/JSON has them"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenRequest:
    """A request that can be logged."""

    payload: bytes = field(repr=False)
    """Protobuf, redacted; empty where nothing is left of it."""
    items: int
    """Spans, metrics or records in it."""
    rejected: dict[str, int]
    """What was not taken, by reason."""
    cut: dict[str, int]
    """What was taken shorter or mended, by reason."""


def take_request(
    signal: Signal, body: bytes, *, is_json: bool, now_ns: int, workload: str | None = None
) -> TakenRequest:
    """Take a request in.

    Args:
        signal: Its kind.
        body: As it came, unpacked.
        is_json: Whether it is OTLP/JSON; else protobuf.
        now_ns: Now, for what lies too far ahead.
        workload: Whose all of it is, whatever it says itself: the sender's key belongs to that one.

    Raises:
        InvalidInputError: Nothing of it can be read.
    """
    read = _read(signal, body, is_json=is_json)
    message = read.message
    rejected, cuts, changed = keep_good(signal, message, now_ns=now_ns, body_bytes=len(body))
    if read.lost:
        rejected.note(_UNREADABLE if is_json else _BROKEN, read.lost)
    if read.mended:
        cuts.note("texts that were no UTF-8", read.mended)
    elif not (read.is_whole or read.lost or is_json):
        cuts.note(_BROKEN)
    if workload is not None:
        _pin(signal, message, workload)
    changed = changed or not read.is_whole or workload is not None
    payload = message.SerializeToString() if changed else body
    if redact_request(signal, message, payload):
        payload = message.SerializeToString()
    items = signal.count(message)
    return TakenRequest(
        payload=payload if items else b"", items=items, rejected=rejected.counts, cut=cuts.counts
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """A request that was read."""

    message: Any
    lost: int = 0
    """Items that could not be read."""
    mended: int = 0
    """Texts that were no UTF-8."""
    is_whole: bool = False
    """Whether it is, byte for byte, what came."""


def _read(signal: Signal, body: bytes, *, is_json: bool) -> _Read:
    if is_json:
        message, lost = message_of_json(signal, body)
        return _Read(message, lost)
    try:
        return _Read(signal.request.FromString(body), is_whole=True)
    except DecodeError:
        found = salvaged(signal, body)
    if found is None:
        raise InvalidInputError(
            f"the body is no OTLP request of {signal.name}: it cannot be read as protobuf",
            action="send protobuf as `application/x-protobuf`, or OTLP/JSON as `application/json`",
        )
    return _Read(found.message, found.lost, found.mended)


def _pin(signal: Signal, message: Any, workload: str) -> None:
    """Make a request speak for one workload."""
    for group in getattr(message, signal.groups):
        _without_workload(group.resource.attributes)
        group.resource.attributes.add(key=WORKLOAD_ATTRIBUTE).value.string_value = workload
    for items in signal.item_lists(message):
        for item in items:
            if signal is not METRICS:
                _without_workload(item.attributes)
            elif (kind := item.WhichOneof("data")) is not None:
                for point in getattr(item, kind).data_points:
                    _without_workload(point.attributes)


def _without_workload(pairs: Any) -> None:
    for at in range(len(pairs) - 1, -1, -1):
        if pairs[at].key == WORKLOAD_ATTRIBUTE:
            del pairs[at]


def answer(signal: Signal, taken: TakenRequest) -> Any:
    """What the sender is told: nothing where all was taken as it came."""
    response: Any = signal.response()
    said = told(taken, signal.word)
    if said is not None:
        setattr(response.partial_success, signal.rejected, sum(taken.rejected.values()))
        response.partial_success.error_message = said
    return response


def told(taken: TakenRequest, word: str) -> str | None:
    """What was left out, in words; None where nothing was.

    >>> taken = TakenRequest(payload=b"", items=0, rejected={"an end before the start": 2}, cut={})
    >>> told(taken, "spans")
    '2 spans were not taken: 2 with an end before the start'
    """
    said = []
    if taken.rejected:
        reasons = ", ".join(f"{count} with {reason}" for reason, count in sorted(taken.rejected.items()))
        said.append(f"{sum(taken.rejected.values())} {word} were not taken: {reasons}")
    if taken.cut:
        said.append("cut: " + ", ".join(f"{count} {reason}" for reason, count in sorted(taken.cut.items())))
    return "; ".join(said) or None
