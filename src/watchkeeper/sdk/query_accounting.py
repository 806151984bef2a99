"""What one served query leaves behind (HE-70): a row, metrics, a log line."""

from collections.abc import Iterable, Mapping
from typing import Any

from watchkeeper.domain.metric_point import MetricKind
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.sdk.metrics.registry import Registry
from watchkeeper.sdk.now_open import ids_now
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.recorder import Recorder
from watchkeeper.sdk.records import Wording, attributes_of, is_number, is_share, names_of


class QueryAccounting:
    """Makes the row, and keeps account of it."""

    def __init__(
        self, workload: str, wording: Wording, *, recorder: Recorder, registry: Registry, problems: Problems
    ) -> None:
        self._workload = workload
        self._wording = wording
        self._recorder = recorder
        self._registry = registry
        self._problems = problems

    def row(
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
            self._problems.count("query_refused", f"id {query_id!r}, latency {latency_ms!r} ms")
            return None
        if ndcg is not None and not is_share(ndcg):
            self._problems.count("ndcg_refused", f"{ndcg!r} is not from 0 to 1")
            ndcg = None
        if results is not None and (not isinstance(results, int) or results < 0):
            self._problems.count("results_refused", f"{results!r} is no number of results")
            results = None
        return QueryRecord(
            query_id=str(query_id),
            workload=self._workload,
            ts_ns=self._recorder.readings.now_ns() - int(latency_ms * 1e6),
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

    def count(self, record: QueryRecord) -> None:
        """Record a query's metrics."""
        metric = self._metric
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

    def log(self, record: QueryRecord) -> None:
        """Write a query's line (HE-13)."""
        self._recorder.log(
            "queries",
            "info" if record.error is None else "error",
            "query served" if record.error is None else "query failed",
            {
                "query_id": record.query_id,
                "text": record.text,
                "query_type": record.query_type,
                "results": record.results,
                "latency_ms": round(record.latency_ms, 6),
                "ndcg": record.ndcg,
                "components": list(record.components),
                "success": record.error is None,
                "error": record.error,
                "degraded": record.degraded,
            },
        )

    def _metric(
        self,
        name: str,
        value: float,
        kind: MetricKind,
        tags: Mapping[str, str] | None = None,
        *,
        unit: str,
    ) -> None:
        self._registry.record(name, value, kind, tags, unit=unit)
