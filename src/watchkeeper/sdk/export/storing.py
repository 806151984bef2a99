"""From memory to the backlog: spans, records and what the series have to tell become batches."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.sdk.export.backlog import Backlog
from watchkeeper.sdk.export.lanes import EVALUATIONS, FEEDBACK, LOGS, METRICS, QUERIES, TRACES, Lane
from watchkeeper.sdk.export.log_encoding import encode_lines
from watchkeeper.sdk.export.metric_encoding import encode_metrics
from watchkeeper.sdk.export.span_encoding import encode_spans, resource_bytes
from watchkeeper.sdk.export.spool import FILE_BYTES
from watchkeeper.sdk.logs.lines import Line
from watchkeeper.sdk.metrics.registry import Registry
from watchkeeper.sdk.outbox import Outbox
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.records import Record, body_of
from watchkeeper.sdk.span import OpenSpan

PER_BATCH = 512
_LANE_OF: dict[type, Lane] = {QueryRecord: QUERIES, EvaluationResult: EVALUATIONS, Feedback: FEEDBACK}


class Storing:
    """Empties the queues. Used by one thread at a time."""

    def __init__(
        self,
        backlog: Backlog,
        *,
        spans: Outbox[OpenSpan],
        records: Outbox[Record],
        lines: Outbox[Line],
        registry: Registry,
        resource: Mapping[str, str],
        problems: Problems,
    ) -> None:
        self._backlog = backlog
        self._spans = spans
        self._records = records
        self._lines = lines
        self._registry = registry
        self._resource = resource_bytes(resource)
        self._problems = problems
        self._told_dropped = {"spans": 0, "records": 0, "lines": 0}

    def store(self, now_ns: int, *, metrics: bool) -> None:
        """Make batches of all that waits, of the series too when `metrics` says so."""
        while spans := self._spans.take(PER_BATCH):
            self._store_spans(spans, now_ns)
        while records := self._records.take(PER_BATCH):
            self._store_records(records, now_ns)
        while lines := self._lines.take(PER_BATCH):
            self._store_batch(LOGS, partial(encode_lines, lines, self._resource), now_ns)
        if metrics:
            self._store_batch(METRICS, partial(self._told_by_series, now_ns), now_ns)
        waiting: dict[str, Outbox[Any]] = {
            "spans": self._spans,
            "records": self._records,
            "lines": self._lines,
        }
        for name, outbox in waiting.items():
            dropped = outbox.dropped
            if dropped > self._told_dropped[name]:
                new, self._told_dropped[name] = dropped - self._told_dropped[name], dropped
                self._problems.count(f"{name}_dropped", "the queue in memory was full", times=new)

    def _store_spans(self, spans: list[OpenSpan], now_ns: int) -> None:
        """In requests of a size that every server takes."""
        values = (value for span in spans for value in span.attributes.values())
        size = sum(len(value) for value in values if isinstance(value, str))
        if size > FILE_BYTES and len(spans) > 1:
            middle = len(spans) // 2
            self._store_spans(spans[:middle], now_ns)
            self._store_spans(spans[middle:], now_ns)
        else:
            self._store_batch(TRACES, partial(encode_spans, spans, self._resource), now_ns)

    def _store_records(self, records: list[Record], now_ns: int) -> None:
        by_lane: dict[Lane, list[bytes]] = {}
        for record in records:
            try:
                by_lane.setdefault(_LANE_OF[type(record)], []).append(body_of(record))
            except (TypeError, ValueError) as failure:
                self._problems.count("record_unwritable", failure)
        for lane, bodies in by_lane.items():
            self._backlog.add(lane, b",".join(bodies), now_ns=now_ns)

    def _store_batch(self, lane: Lane, encode: Callable[[], bytes | None], now_ns: int) -> None:
        try:
            payload = encode()
        except (TypeError, ValueError) as failure:
            self._problems.count("batch_unwritable", failure)
            return
        if payload:
            self._backlog.add(lane, payload, now_ns=now_ns)

    def _told_by_series(self, now_ns: int) -> bytes | None:
        told = [(series, series.export(now_ns)) for series in list(self._registry.matching())]
        known = [(series, exported) for series, exported in told if exported is not None]
        return encode_metrics(known, self._resource, now_ns)
