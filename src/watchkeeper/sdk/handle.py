"""What `init` returns: everything an application records through, and how it ends."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import RATINGS, Feedback, Rating
from watchkeeper.domain.metric_point import MetricKind
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.sdk.assembly import Parts, assemble
from watchkeeper.sdk.metrics.series import Series, Statistics
from watchkeeper.sdk.operations import OperationFigures
from watchkeeper.sdk.options import Options
from watchkeeper.sdk.readings import Readings
from watchkeeper.sdk.recorder import Recorder
from watchkeeper.sdk.records import Record, Wording, attributes_of, id_of, is_number, is_share, names_of
from watchkeeper.sdk.trace_context import ids_now


class Handle:
    """One process's recording.

    Every method may be called from any thread, and none raises for what goes wrong on our side or was told
    wrongly: `problems()` tells what did.
    """

    def __init__(self, options: Options, readings: Readings) -> None:
        self.options = options
        self._clocked = readings
        self._wording = Wording(options.redact, options.keep_query_text)
        self._parts: Parts = assemble(options, readings)
        self._ended = False
        self.pid = os.getpid()
        self.recorder.log(
            "system", "info", "monitoring started", event="start", options=repr(options), pid=self.pid
        )

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
        try:
            record = self.query_record(
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
                self.count_query(record)
                self.send(record)
                self.log_query(record, text=text)
        except Exception as failure:  # noqa: BLE001 - the application goes on
            self._parts.problems.count("query_not_recorded", failure)

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
        problems = self._parts.problems
        if value is not None and not is_number(value):
            problems.count("score_refused", f"{name}: {value!r} is no number")
            return
        if value is None and label is None and error is None:
            problems.count("score_refused", f"{name}: neither value nor label nor error")
            return
        here = ids_now() if trace_id is None and response_id is None else (trace_id, span_id)
        now = self.recorder.readings.now_ns()
        workload = self.options.workload
        told = EvaluationResult(
            evaluation_id=evaluation_id
            or id_of(workload, now, name, value, label, evaluator, *here, response_id),
            workload=workload,
            ts_ns=now,
            name=name,
            value=value,
            label=label,
            explanation=self._wording.of(explanation),
            evaluator=evaluator,
            error=error,
            trace_id=here[0],
            span_id=here[1],
            response_id=response_id,
        )
        if value is not None:
            self.record_metric(f"score_{name}", value, "histogram", unit="1")
        self.send(told)

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
        problems = self._parts.problems
        if rating is not None and rating not in RATINGS:
            problems.count("feedback_refused", f"{rating!r} is none of {RATINGS}")
            return
        if query_id is None and trace_id is None:
            trace_id, span_id = ids_now()
        if (query_id is None and trace_id is None) or not (rating or comment or correction):
            problems.count("feedback_refused", "it names no query and no span, or says nothing")
            return
        now = self.recorder.readings.now_ns()
        workload = self.options.workload
        self.send(
            Feedback(
                feedback_id=id_of(
                    workload, now, rating, comment, correction, author, query_id, trace_id, span_id
                ),
                workload=workload,
                ts_ns=now,
                rating=rating,
                comment=self._wording.of(comment),
                correction=self._wording.of(correction),
                author=author,
                query_id=query_id,
                trace_id=trace_id,
                span_id=span_id,
            )
        )

    def alert(
        self, level: str, metric: str, value: float, threshold: float, *, message: str = "", **facts: object
    ) -> None:
        """Write a line to `alerts.jsonl` (HE-36); never waits for the disk (HE-76)."""
        said = message or f"{metric} is {value:.2f}, threshold {threshold:.2f}"
        self.recorder.log("alerts", level, said, metric=metric, value=value, threshold=threshold, **facts)

    def component_stopped(self, name: str, **facts: object) -> None:
        """Write that a component was stopped; its start is written by itself at its first call (HE-14)."""
        self.recorder.seen.discard(name)
        self.recorder.log(
            "system", "info", f"component {name} stopped", event="stop", component=name, **facts
        )

    def configuration_changed(self, component: str, key: str, *, old: object, new: object) -> None:
        """Write that a component's configuration was changed (HE-14); name no secret's value here."""
        said = f"component {component}: {key} changed"
        self.recorder.log(
            "system", "info", said, event="configuration", component=component, key=key, old=old, new=new
        )

    def warn(self, component: str, message: str, **facts: object) -> None:
        """Write a component's warning (HE-14)."""
        self.recorder.log("system", "warning", message, event="warning", component=component, **facts)

    def statistics(self, name: str, tags: Mapping[str, str] | None = None) -> Statistics | None:
        """Statistics over the window, of all series that carry these tags; None: no such metric."""
        return self._parts.registry.merged(name, tags)

    def series(self, name: str, tags: Mapping[str, str] | None = None) -> list[Series]:
        """The series of a metric that carry at least these tags."""
        return list(self._parts.registry.matching(name, tags))

    def metric_names(self) -> list[str]:
        """Every metric there is, derived ones among them."""
        return sorted({series.name for series in self._parts.registry.matching()})

    def operations(self) -> list[OperationFigures]:
        """Every component, slowest first: percentiles, failures, processor time, memory (HE-15, HE-17)."""
        return self.recorder.operations.figures()

    def tick(self) -> None:
        """Record the derived series now; the background thread does it every `metrics_every_s`."""
        self._parts.derived.tick()

    def problems(self) -> dict[str, int]:
        """What went wrong on our side, how often; empty when nothing did."""
        return self._parts.problems.counts()

    def flush(self, *, within_s: float = 5.0) -> bool:
        """Write every log line, and send everything; False when something waits on disk still."""
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
        self.recorder.log("system", "info", "monitoring stopped", event="stop", problems=self.problems())
        return self._parts.close(within_s=within_s)

    def begin_anew_after_fork(self) -> None:
        """In a forked child: what waits is the parent's to send; this process starts with nothing."""
        old, self._parts = self._parts, assemble(self.options, self._clocked)
        self.pid = os.getpid()
        old.abandon()

    def query_record(
        self,
        query_id: str,
        latency_ms: float,
        *,
        results: int | None,
        ndcg: float | None,
        components: Iterable[str],
        error: str | None,
        degraded: bool,
        text: str | None = None,
        attributes: Mapping[str, object] | None = None,
        **known: Any,
    ) -> QueryRecord | None:
        """The row of a query; None, counted, without id or latency. Other wrong figures are left out."""
        if not query_id or not is_number(latency_ms) or latency_ms < 0:
            self._parts.problems.count("query_refused", f"id {query_id!r}, latency {latency_ms!r} ms")
            return None
        if ndcg is not None and not is_share(ndcg):
            self._parts.problems.count("ndcg_refused", f"{ndcg!r} is not from 0 to 1")
            ndcg = None
        if results is not None and (not isinstance(results, int) or results < 0):
            self._parts.problems.count("results_refused", f"{results!r} is no number of results")
            results = None
        return QueryRecord(
            query_id=str(query_id),
            workload=self.options.workload,
            ts_ns=self.recorder.readings.now_ns() - int(latency_ms * 1e6),
            latency_ms=float(latency_ms),
            text=self._wording.of_query(text),
            results=results,
            ndcg=ndcg,
            components=names_of(components),
            error=error,
            degraded=degraded,
            trace_id=ids_now()[0],
            attributes=attributes_of(attributes),
            **known,
        )

    def count_query(self, record: QueryRecord) -> None:
        """Record a query's metrics."""
        metric = self.record_metric
        metric("queries", 1, "counter", unit="1")
        metric("query_latency", record.latency_ms, "histogram", unit="ms")
        if record.error is not None:
            metric("query_errors", 1, "counter", unit="1")
        if record.degraded:
            metric("query_degraded", 1, "counter", unit="1")
        if record.results is not None:
            metric("query_results", record.results, "histogram", unit="1")
            if record.results == 0:
                metric("query_empty_results", 1, "counter", unit="1")
        if record.ndcg is not None:
            metric("ndcg_at_10", record.ndcg, "gauge", unit="1")
        if record.tokens_generated is not None:
            metric("query_tokens_generated", record.tokens_generated, "counter", unit="{token}")
        for name in record.components:
            metric("component_queries", 1, "counter", {"component": name}, unit="1")

    def log_query(self, record: QueryRecord, *, text: str | None) -> None:
        """Write a query's line (HE-13)."""
        self.recorder.log(
            "queries",
            "info" if record.error is None else "error",
            "query served" if record.error is None else "query failed",
            query_id=record.query_id,
            text=self._wording.of_query(text),
            query_type=record.query_type,
            results=record.results,
            latency_ms=round(record.latency_ms, 6),
            ndcg=record.ndcg,
            components=list(record.components),
            success=record.error is None,
            error=record.error,
            degraded=record.degraded,
        )

    def send(self, record: Record) -> None:
        """Leave a record for the server."""
        exporter = self._parts.exporter
        if exporter is not None:
            exporter.records.put(record)
            exporter.background.ensure_running()
