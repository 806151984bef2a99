"""What `init` returns: everything an application records through, and how it ends."""

import functools
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Concatenate, ParamSpec

from watchkeeper.domain.feedback import Rating
from watchkeeper.domain.metric_point import MetricKind
from watchkeeper.sdk.assembly import Parts, assemble
from watchkeeper.sdk.metrics.series import Series, Statistics
from watchkeeper.sdk.operations import OperationFigures
from watchkeeper.sdk.options import Options
from watchkeeper.sdk.query_accounting import QueryAccounting
from watchkeeper.sdk.readings import Readings
from watchkeeper.sdk.recorder import Recorder
from watchkeeper.sdk.records import Record, Wording
from watchkeeper.sdk.redaction import redact_secrets
from watchkeeper.sdk.span import OpenSpan, current
from watchkeeper.sdk.verdicts import Verdicts

P = ParamSpec("P")


def _never_raising(
    method: Callable[Concatenate["Handle", P], None],
) -> Callable[Concatenate["Handle", P], None]:
    """A method whose own failures are counted: the application goes on."""

    @functools.wraps(method)
    def guarded(handle: "Handle", /, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            method(handle, *args, **kwargs)
        except Exception as failure:  # noqa: BLE001 - it is ours, not the application's
            handle.recorder.problems.count(f"{method.__name__}_failed", failure)

    return guarded


class Handle:
    """One process's recording.

    Every method may be called from any thread, and none raises for what goes wrong on our side or was told
    wrongly: `problems()` tells what did.
    """

    def __init__(self, options: Options, read: Callable[[], Readings]) -> None:
        """Begin; `read` makes what reads time and ids, for this process and for each that is forked."""
        self.options = options
        self._read = read
        self._wording = Wording(options.redact or redact_secrets, options.keep_query_text)
        self._parts: Parts = assemble(options, read())
        self.queries = self._accounting()
        """Keeps account of served queries."""
        self._ended = False
        self.pid = os.getpid()
        facts = {"event": "start", "options": repr(options), "pid": self.pid}
        self.recorder.log("system", "info", "monitoring started", facts)

    @property
    def recorder(self) -> Recorder:
        """Where spans come from and go to."""
        return self._parts.recorder

    def record_metric(
        self,
        name: str,
        value: float,
        kind: MetricKind = "gauge",
        tags: Mapping[str, str] | None = None,
        *,
        unit: str = "",
    ) -> None:
        """Record a value; it is in its series at once (HE-19).

        Args:
            name: Of the metric; one name has one kind.
            value: A counter's or rate's: how many more, from 0. A gauge's: how it stands. A histogram's: one
                value.
            kind: How values combine.
            tags: Make a series of their own for each combination; no ids in them.
            unit: As UCUM writes it, such as `ms`.
        """
        try:
            self._parts.registry.record(name, value, kind, tags, unit=unit)
        except Exception as failure:  # noqa: BLE001 - the application goes on
            self._parts.problems.count("metric_not_recorded", failure)

    @_never_raising
    def record_query(
        self,
        query_id: str,
        latency_ms: float,
        results: int | None = None,
        *,
        ndcg: float | None = None,
        components: Iterable[str] = (),
        query_type: str | None = None,
        text: str | None = None,
        used_history: bool | None = None,
        used_tools: bool | None = None,
        tokens_generated: int | None = None,
        error: str | None = None,
        degraded: bool = False,
        attributes: Mapping[str, object] | None = None,
    ) -> None:
        """Record a served query (HE-70): latency, results, quality and components, a row, a log line.

        Args:
            query_id: The application's; a second record of the same id is the same query.
            latency_ms: From 0.
            results: How many; None: unknown.
            ndcg: At 10, from 0 to 1, where the truth is known.
            components: What took part, in order.
            query_type: Such as `lookup`.
            text: What was asked; redacted and cut to 200 characters.
            used_history: Whether earlier turns were used.
            used_tools: Whether tools were called.
            tokens_generated: By models, for this query.
            error: Why it failed; None: it did not.
            degraded: The answer was a fallback.
            attributes: Further facts.
        """
        accounting = self.queries
        record = accounting.row(
            query_id,
            latency_ms,
            results=results,
            ndcg=ndcg,
            components=components,
            query_type=query_type,
            text=text,
            used_history=used_history,
            used_tools=used_tools,
            tokens_generated=tokens_generated,
            error=error,
            degraded=degraded,
            attributes=attributes,
        )
        if record is not None:
            accounting.count(record)
            self.send(record)
            accounting.log(record)

    @_never_raising
    def record_score(
        self,
        name: str,
        value: float | None = None,
        *,
        label: str | None = None,
        explanation: str | None = None,
        evaluator: str | None = None,
        error: str | None = None,
        trace_id: str | None = None,
        span_id: str | None = None,
        response_id: str | None = None,
        evaluation_id: str | None = None,
    ) -> None:
        """Record what a judge said: of the span now open, unless told of which.

        Value, label or both; neither only with `error`, which says that judging failed.
        """
        told = self._verdicts().score(
            name,
            value,
            label=label,
            explanation=explanation,
            evaluator=evaluator,
            error=error,
            trace_id=trace_id,
            span_id=span_id,
            response_id=response_id,
            evaluation_id=evaluation_id,
        )
        if told is None:
            return
        if value is not None:
            self.record_metric(f"score_{name}", value, "histogram", unit="1")
        self.send(told)

    @_never_raising
    def record_feedback(
        self,
        rating: Rating | None = None,
        *,
        comment: str | None = None,
        correction: str | None = None,
        author: str | None = None,
        query_id: str | None = None,
        trace_id: str | None = None,
        span_id: str | None = None,
    ) -> None:
        """Record what a person thought: of the query or span named, else of the span now open."""
        told = self._verdicts().feedback(
            rating,
            comment=comment,
            correction=correction,
            author=author,
            query_id=query_id,
            trace_id=trace_id,
            span_id=span_id,
        )
        if told is not None:
            self.send(told)

    @_never_raising
    def alert(
        self,
        /,
        level: str,
        metric: str,
        value: float,
        threshold: float,
        *,
        message: str = "",
        **facts: object,
    ) -> None:
        """Write a line to `alerts.jsonl` (HE-36); never waits for the disk (HE-76)."""
        said = message or f"{metric} is {value:.2f}, threshold {threshold:.2f}"
        self.recorder.log(
            "alerts", level, said, {**facts, "metric": metric, "value": value, "threshold": threshold}
        )

    def component_stopped(self, name: str, **facts: object) -> None:
        """Write that a component was stopped; its start is written by itself at its first call (HE-14)."""
        self.recorder.seen.discard(name)
        told = {**facts, "event": "stop", "component": name}
        self.recorder.log("system", "info", f"component {name} stopped", told)

    def configuration_changed(self, component: str, key: str, *, old: object, new: object) -> None:
        """Write that a component's configuration was changed (HE-14); name no secret's value here."""
        said = f"component {component}: {key} changed"
        self.recorder.log(
            "system",
            "info",
            said,
            {"event": "configuration", "component": component, "key": key, "old": old, "new": new},
        )

    def warn(self, component: str, message: str, **facts: object) -> None:
        """Write a component's warning (HE-14)."""
        told = {**facts, "event": "warning", "component": component}
        self.recorder.log("system", "warning", message, told)

    def statistics(self, name: str, tags: Mapping[str, str] | None = None) -> Statistics | None:
        """Statistics over the window, of all series that carry these tags; None: no such metric."""
        return self._parts.registry.merged(name, tags)

    def series(self, name: str, tags: Mapping[str, str] | None = None) -> list[Series]:
        """The series of a metric that carry at least these tags; hold one to record without a look-up."""
        found = list(self._parts.registry.matching(name, tags))
        for series in found:
            series.held = True
        return found

    def metric_names(self) -> list[str]:
        """Every metric there is, derived ones among them."""
        return sorted({series.name for series in self._parts.registry.matching()})

    def operations(self) -> list[OperationFigures]:
        """Every component, slowest first: percentiles, failures, processor time, memory (HE-15, HE-17)."""
        return self.recorder.operations.figures()

    def tick(self) -> None:
        """Record the derived series now; the background thread does it every `metrics_every_s`."""
        self._parts.housekeeping.turn()

    def problems(self) -> dict[str, int]:
        """What went wrong on our side, how often; empty when nothing did."""
        return self._parts.problems.counts()

    def flush(self, *, within_s: float = 5.0) -> bool:
        """Write every log line, and send everything; False when something waits on disk still."""
        self._parts.housekeeping.turn()
        if self._parts.logs is not None:
            self._parts.logs.flush()
        return self._parts.exporter is None or self._parts.exporter.flush(within_s=within_s)

    def shutdown(self, *, within_s: float = 5.0) -> bool:
        """End: lines are written, batches sent, or left on disk for the next process (then False)."""
        if self._ended or self.pid != os.getpid():
            return True
        self._ended = True
        for name in sorted(self.recorder.seen):
            self.component_stopped(name)
        self.recorder.log(
            "system", "info", "monitoring stopped", {"event": "stop", "problems": self.problems()}
        )
        return self._parts.close(within_s=within_s)

    def begin_anew_after_fork(self) -> None:
        """In a forked child: what waits or is open is the parent's to send; this process has nothing yet."""
        open_span = current.get()
        while isinstance(open_span, OpenSpan):
            open_span.leave_to_parent()
            open_span = open_span.outer
        old, self._parts = self._parts, assemble(self.options, self._read())
        self.queries = self._accounting()
        self.pid = os.getpid()
        old.abandon()

    def send(self, record: Record) -> None:
        """Leave a record for the server."""
        exporter = self._parts.exporter
        if exporter is not None:
            exporter.records.put(record)
            exporter.background.ensure_running()

    def _verdicts(self) -> Verdicts:
        parts = self._parts
        now_ns = parts.recorder.readings.now_ns
        return Verdicts(self.options.workload, self._wording, now_ns=now_ns, problems=parts.problems)

    def _accounting(self) -> QueryAccounting:
        return QueryAccounting(
            self.options.workload,
            self._wording,
            recorder=self.recorder,
            registry=self._parts.registry,
            problems=self._parts.problems,
        )
