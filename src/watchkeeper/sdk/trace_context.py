"""Where a call stands: the span open in this thread or task, and the trace's way in and out by headers."""

import re
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchkeeper.sdk.span import OpenSpan

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class RemoteParent:
    """The span of another process that a trace goes on from (W3C trace context)."""

    trace_id: str
    span_id: str
    trace_state: str = ""


current: ContextVar["OpenSpan | RemoteParent | None"] = ContextVar("watchkeeper_current", default=None)
"""Each thread and each task has its own; a task starts with that of who made it."""


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


def inject_headers(headers: MutableMapping[str, str] | None = None) -> MutableMapping[str, str]:
    """Put the open span into request headers, so that what is called goes on in the same trace.

    Without an open span the headers are returned as they came.
    """
    into: MutableMapping[str, str] = {} if headers is None else headers
    open_span = current.get()
    if open_span is not None:
        into["traceparent"] = f"00-{open_span.trace_id}-{open_span.span_id}-01"
        if open_span.trace_state:
            into["tracestate"] = open_span.trace_state
    return into


def ids_now() -> tuple[str | None, str | None]:
    """Trace and span now open; None and None outside of any."""
    open_span = current.get()
    return (None, None) if open_span is None else (open_span.trace_id, open_span.span_id)
