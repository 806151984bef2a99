"""Where a call stands: the ids of the span open in this thread or task, and its way out by headers."""

from collections.abc import MutableMapping

from watchkeeper.sdk.span import current


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
