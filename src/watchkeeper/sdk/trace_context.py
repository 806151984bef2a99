"""The span of another process that a trace goes on from, and how request headers name it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class RemoteParent:
    """The span of another process that a trace goes on from (W3C trace context)."""

    trace_id: str
    span_id: str
    trace_state: str = ""


def parent_in(headers: Mapping[str, str]) -> RemoteParent | None:
    """The parent that request headers name; None when they name none, or not as the standard says.

    >>> parent_in({"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}).span_id
    '00f067aa0ba902b7'
    >>> parent_in({"traceparent": "00-00000000000000000000000000000000-00f067aa0ba902b7-01"}) is None
    True
    """
    lowered = {str(name).lower(): value for name, value in headers.items()}
    written = lowered.get("traceparent")
    found = _TRACEPARENT.fullmatch(written.strip()) if isinstance(written, str) else None
    if found is None or found[1] == "ff" or (found[1] == "00" and found[5]):
        return None
    if not int(found[2], 16) or not int(found[3], 16):
        return None
    return RemoteParent(found[2], found[3], str(lowered.get("tracestate", ""))[:512])
