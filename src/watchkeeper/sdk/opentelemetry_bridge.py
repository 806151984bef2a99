"""One trace with OpenTelemetry, where the application uses it.

Its open span becomes the parent of ours, and ours of its instrumented calls. Nothing is imported for it:
who never imported it has no open span.
"""

import sys
from typing import Any

from watchkeeper.sdk.trace_context import RemoteParent


def open_parent(inner_span_id: str | None) -> RemoteParent | None:
    """The span OpenTelemetry has open; None when there is none, or when it is the one named."""
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None or not hasattr(trace, "get_current_span"):
        return None
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    span_id = f"{context.span_id:016x}"
    return None if span_id == inner_span_id else RemoteParent(f"{context.trace_id:032x}", span_id)


def announce(trace_id: str, span_id: str) -> object | None:
    """Make a span of ours the one OpenTelemetry sees as open; what `withdraw` takes, None without it."""
    trace: Any = sys.modules.get("opentelemetry.trace")
    context: Any = sys.modules.get("opentelemetry.context")
    if trace is None or context is None or not hasattr(trace, "NonRecordingSpan"):
        return None
    span = trace.NonRecordingSpan(
        trace.SpanContext(
            int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=trace.TraceFlags(1)
        )
    )
    token: object = context.attach(trace.set_span_in_context(span))
    return token


def withdraw(token: object | None) -> None:
    """Give OpenTelemetry back the span it had open before."""
    context: Any = sys.modules.get("opentelemetry.context")
    if token is not None and context is not None:
        context.detach(token)
