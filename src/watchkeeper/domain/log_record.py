"""A log record that came by telemetry."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRecord:
    """One row of the logs table; equal records of one instant are one."""

    workload: str
    ts_ns: int
    """Nanoseconds since the epoch."""
    severity_number: int | None = None
    """1 to 24, as OpenTelemetry counts; None when it was not told."""
    severity_text: str | None = None
    event_name: str | None = None
    body: str | None = None
    """Redacted text; a body of another kind as JSON."""
    trace_id: str | None = None
    span_id: str | None = None
    attributes: Mapping[str, object] = field(default_factory=dict)
