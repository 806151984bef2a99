"""What a log line says: one JSON object with the same first fields in all four files (HE-12)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import orjson

from watchkeeper.sdk.readings import rfc3339
from watchkeeper.sdk.span import OpenSpan

LogFile = Literal["queries", "system", "performance", "alerts"]
LOG_FILES: tuple[LogFile, ...] = ("queries", "system", "performance", "alerts")
SEVERITIES = {"debug": 5, "info": 9, "warning": 13, "error": 17, "critical": 21}
"""OpenTelemetry's numbers of our levels."""
_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be written."""

    file: LogFile
    ts_ns: int
    level: str
    message: str
    trace_id: str | None = None
    span_id: str | None = None
    query_id: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)


def written_span(span: OpenSpan, workload: str) -> bytes:
    """The duration line of a block that has ended, also of one that raised (HE-16), as JSON.

    Built at once, without a `Line`: there is one for each call of the application.
    """
    duration_ms = span.duration_ns / _NS_PER_MS
    ok = span.error is None
    row: dict[str, object] = {
        "timestamp": rfc3339(span.start_ns + span.duration_ns),
        "level": "info" if ok else "error",
        "message": f"{span.name} took {duration_ms:.3f} ms" if ok else f"{span.name} failed",
        "workload": workload,
        "trace_id": span.trace_id,
        "span_id": span.span_id,
        "event": "timing",
        "operation": span.component or span.name,
        "duration_ms": duration_ms,
        "success": ok,
    }
    if span.query_id is not None:
        row["query_id"] = span.query_id
    if span.parent_span_id is not None:
        row["parent_span_id"] = span.parent_span_id
    if span.cpu_ns is not None:
        row["cpu_ms"] = span.cpu_ns / _NS_PER_MS
    if span.rss_bytes is not None:
        row["rss_bytes"] = span.rss_bytes
    if span.error is not None:
        row["error"] = error_type(span.error)
    return _json(row)


def error_type(error: BaseException | str) -> str:
    """The class of what was raised, or the reason that was told."""
    return error if isinstance(error, str) else type(error).__name__


def written(line: Line, workload: str) -> bytes:
    """The line as JSON, without its newline."""
    row: dict[str, object] = {
        "timestamp": rfc3339(line.ts_ns),
        "level": line.level,
        "message": line.message,
        "workload": workload,
    }
    for name, value in (("query_id", line.query_id), ("trace_id", line.trace_id), ("span_id", line.span_id)):
        if value is not None:
            row[name] = value
    for name, told in line.fields.items():
        row.setdefault(name, told)
    return _json(row)


def _json(row: dict[str, object]) -> bytes:
    """An object as JSON; a value JSON has no word for is written as text."""
    try:
        return orjson.dumps(row, default=str, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:  # a lone surrogate, an integer over 64 bits, a circle
        return orjson.dumps({name: _plain(value) for name, value in row.items()})


def _plain(value: object) -> str:
    return ascii(value)[:2_000] if not isinstance(value, str) else value.encode("utf-8", "replace").decode()
