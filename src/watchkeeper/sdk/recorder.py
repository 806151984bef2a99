"""Where a span goes when it has ended: into figures, exporter and log. On the path of every call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from watchkeeper.sdk.logs.lines import SEVERITIES, Line, LogFile, error_type
from watchkeeper.sdk.logs.log_writer import LogWriter
from watchkeeper.sdk.metrics.registry import Registry
from watchkeeper.sdk.now_open import ids_now
from watchkeeper.sdk.operations import Operations
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.readings import Readings
from watchkeeper.sdk.redaction import redact_secrets
from watchkeeper.sdk.resource_use import MemoryReading, cpu_now_ns
from watchkeeper.sdk.span import OpenSpan, current

if TYPE_CHECKING:
    from watchkeeper.sdk.export.exporter import Exporter

MEMORY_FROM_NS = 1_000_000
"""Operations shorter than this are not asked for memory: reading it costs 3 µs."""


class Recorder:
    """Opens spans and takes them in again. Nothing here raises into the application, and nothing waits."""

    def __init__(
        self,
        *,
        readings: Readings,
        problems: Problems,
        registry: Registry,
        exporter: Exporter | None,
        logs: LogWriter | None,
        send_logs_from: str,
    ) -> None:
        self.readings = readings
        self.problems = problems
        self.registry = registry
        self.operations = Operations(registry)
        self.seen: set[str] = set()
        """Components that have begun work in this process."""
        self._exporter = exporter
        self._logs = logs
        self._send_from = SEVERITIES[send_logs_from]
        self._memory = MemoryReading()

    def open(self, name: str, *, component: str | None = None) -> OpenSpan | None:
        """Begin a span and make it the open one; None, counted, when that cannot be."""
        try:
            if component is not None and component not in self.seen:
                self._first_of(component)
            span = OpenSpan(self, name, component=component)
            span.activate()
            span.cpu_began_ns = cpu_now_ns()
        except Exception as failure:  # noqa: BLE001 - the application's call goes on without its span
            self.problems.count("span_not_opened", failure)
            return None
        return span

    def close(self, span: OpenSpan | None, error: BaseException | str | None = None) -> None:
        """End a span that `open` began, and make the one around it the open one again."""
        if span is None:
            return
        try:
            if span.cpu_began_ns is not None:
                cpu = cpu_now_ns()
                span.cpu_ns = max(0, cpu - span.cpu_began_ns) if cpu is not None else None
            span.end(error)
            span.deactivate()
        except Exception as failure:  # noqa: BLE001 - the application's call goes on
            self.problems.count("span_not_closed", failure)

    def ended(self, span: OpenSpan) -> None:
        """Take in a span that has ended."""
        if span.duration_ns >= MEMORY_FROM_NS:
            span.rss_bytes = self._memory.rss_bytes()
        if span.component is not None:
            self.operations.note(span)
        if self._exporter is not None:
            self._exporter.spans.put(span)
            self._exporter.background.ensure_running()
        if self._logs is not None:
            self._logs.put(span)
            if span.error is not None and span.component is not None:
                self._tell_failure(span)

    def log(self, file: LogFile, level: str, message: str, fields: Mapping[str, object]) -> None:
        """Leave a log line that carries the open span's ids."""
        trace_id, span_id = ids_now()
        open_span = current.get()
        query_id = open_span.query_id if isinstance(open_span, OpenSpan) else None
        line = Line(file, self.readings.now_ns(), level, message, trace_id, span_id, query_id, fields)
        if self._logs is not None:
            self._logs.put(line)
        if self._exporter is not None and SEVERITIES.get(level, 0) >= self._send_from:
            self._exporter.lines.put(line)
            self._exporter.background.ensure_running()

    def finish(self) -> None:
        """Let go of what was opened."""
        self._memory.close()

    def _first_of(self, component: str) -> None:
        self.seen.add(component)
        facts = {"event": "start", "component": component}
        self.log("system", "info", f"component {component} started", facts)

    def _tell_failure(self, span: OpenSpan) -> None:
        try:
            detail = str(span.error)[:400]
        except Exception:  # noqa: BLE001 - an application's exception whose text fails, too
            detail = ""
        self.log(
            "system",
            "error",
            f"component {span.component} failed",
            {
                "event": "error",
                "component": span.component,
                "error": error_type(span.error or ""),
                "detail": redact_secrets(detail),
            },
        )
