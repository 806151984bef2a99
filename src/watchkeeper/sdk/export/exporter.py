"""The thread that takes batches from memory to disk and from disk to the server."""

from collections.abc import Callable
from functools import partial
from threading import Lock

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.sdk.background import Background
from watchkeeper.sdk.export.endpoint import Endpoint
from watchkeeper.sdk.export.lanes import EVALUATIONS, FEEDBACK, LANES, METRICS, QUERIES, TRACES, Lane
from watchkeeper.sdk.export.metric_encoding import encode_metrics
from watchkeeper.sdk.export.sender import TIMEOUT_S, Answer, Sender
from watchkeeper.sdk.export.span_encoding import encode_spans, resource_bytes
from watchkeeper.sdk.export.spool import FILE_BYTES, Spool
from watchkeeper.sdk.metrics.registry import Registry
from watchkeeper.sdk.outbox import Outbox
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.readings import Readings
from watchkeeper.sdk.records import Record, body_of
from watchkeeper.sdk.span import OpenSpan

SPANS_PER_BATCH = 512
_ADOPT_EVERY_S = 30.0
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0
_LANE_OF: dict[type, Lane] = {QueryRecord: QUERIES, EvaluationResult: EVALUATIONS, Feedback: FEEDBACK}


class Exporter:
    """Owns the spool and the connection; one turn a second, or sooner when a batch is full."""

    def __init__(
        self,
        *,
        spool: Spool,
        endpoint: Endpoint,
        sender: Sender,
        registry: Registry,
        resource: dict[str, str],
        readings: Readings,
        problems: Problems,
        max_waiting: int,
        flush_every_s: float,
        metrics_every_s: float,
    ) -> None:
        self._spool = spool
        self._endpoint = endpoint
        self._sender = sender
        self._registry = registry
        self._resource = resource_bytes(resource)
        self._readings = readings
        self._problems = problems
        self._metrics_every_s = metrics_every_s
        self._turning = Lock()
        self._metrics_due_s = self._now_s() + metrics_every_s
        self._adopt_due_s = 0.0
        self._asked_until_s = 0.0
        """Until when the server asked to be left alone."""
        self._backing_off_until_s = 0.0
        self._wait_s = _FIRST_WAIT_S
        self._told_dropped: dict[str, int] = {}
        self.sent: dict[str, int] = dict.fromkeys(LANES, 0)
        """Requests the server has taken, by lane."""
        self.background = Background("watchkeeper-export", self.turn, problems, every_s=flush_every_s)
        wake = self.background.wake
        self.spans: Outbox[OpenSpan] = Outbox(max_waiting, wake=wake, wake_at=SPANS_PER_BATCH)
        self.records: Outbox[Record] = Outbox(max_waiting, wake=wake, wake_at=SPANS_PER_BATCH)

    def turn(self) -> None:
        """Put on disk what waits in memory, and send what is due."""
        with self._turning:
            self._store(metrics=self._now_s() >= self._metrics_due_s)
            self._drain(until_s=None)

    def flush(self, *, within_s: float) -> bool:
        """Put everything on disk, and send for so long; True when nothing waits any more.

        What still waits then is on disk, and is sent by this process later or by the next one.
        """
        until = self._now_s() + within_s
        with self._turning:
            self._store(metrics=True)
            self._backing_off_until_s = 0.0
            self._drain(until_s=until)
            return not self._spool.waiting_bytes()

    def close(self, *, within_s: float) -> bool:
        """End: as `flush`, then let everything go."""
        until = self._now_s() + within_s
        self.background.end(within_s=within_s)
        whole = self.flush(within_s=max(0.05, until - self._now_s()))
        self._sender.close()
        self._spool.close()
        return whole

    def abandon(self) -> None:
        """In a forked child: let go of what is the parent's."""
        self._spool.abandon()
        self._sender.close()

    def _store(self, *, metrics: bool) -> None:
        now = self._readings.now_ns()
        while spans := self.spans.take(SPANS_PER_BATCH):
            self._spool_spans(spans, now)
        by_lane: dict[Lane, list[bytes]] = {}
        for record in self.records.take(len(self.records)):
            try:
                by_lane.setdefault(_LANE_OF[type(record)], []).append(body_of(record))
            except (TypeError, ValueError) as failure:
                self._problems.count("record_unwritable", failure)
        for lane, bodies in by_lane.items():
            for at in range(0, len(bodies), SPANS_PER_BATCH):
                self._spool.add(lane, b",".join(bodies[at : at + SPANS_PER_BATCH]), now_ns=now)
        if metrics:
            self._metrics_due_s = self._now_s() + self._metrics_every_s
            self._spool_batch(METRICS, partial(self._metrics, now), now)
        for name, dropped in (("spans", self.spans.dropped), ("records", self.records.dropped)):
            new = dropped - self._told_dropped.get(name, 0)
            if new:
                self._told_dropped[name] = dropped
                self._problems.count(f"{name}_dropped", "the queue in memory was full", times=new)

    def _spool_spans(self, spans: list[OpenSpan], now_ns: int) -> None:
        """Put spans on disk, in requests that every server takes."""
        size = sum(
            len(value) for span in spans for value in span.attributes.values() if isinstance(value, str)
        )
        if size > FILE_BYTES and len(spans) > 1:
            middle = len(spans) // 2
            self._spool_spans(spans[:middle], now_ns)
            self._spool_spans(spans[middle:], now_ns)
        else:
            self._spool_batch(TRACES, partial(encode_spans, spans, self._resource), now_ns)

    def _spool_batch(self, lane: Lane, encode: Callable[[], bytes | None], now_ns: int) -> None:
        try:
            payload = encode()
        except (TypeError, ValueError) as failure:
            self._problems.count("batch_unwritable", failure)
            return
        if payload:
            self._spool.add(lane, payload, now_ns=now_ns)

    def _metrics(self, now_ns: int) -> bytes | None:
        told = [(series, series.export(now_ns)) for series in list(self._registry.matching())]
        return encode_metrics(
            ((series, exported) for series, exported in told if exported is not None), self._resource, now_ns
        )

    def _drain(self, *, until_s: float | None) -> None:
        now = self._now_s()
        if now >= self._adopt_due_s:
            self._adopt_due_s = now + _ADOPT_EVERY_S
            self._spool.adopt()
        endpoint = self._endpoint.now()
        if endpoint is None or now < max(self._asked_until_s, self._backing_off_until_s):
            return
        for lane in LANES.values():
            if not self._drain_lane(lane, endpoint, until_s):
                return

    def _drain_lane(self, lane: Lane, endpoint: str, until_s: float | None) -> bool:
        """Send a lane's files, oldest first; False when nothing gets through now."""
        while (file := self._spool.next(lane)) is not None:
            left = TIMEOUT_S if until_s is None else until_s - self._now_s()
            if left <= 0:
                self._spool.kept(file)
                return False
            body = self._spool.body(file)
            if body is None:
                self._spool.done(file)
                continue
            answer = self._send(endpoint, lane, body, min(TIMEOUT_S, left))
            if answer.outcome == "taken":
                self._spool.done(file)
                self.sent[lane.name] += 1
                self._wait_s = _FIRST_WAIT_S
                self._count_rejected(lane, answer)
            elif answer.outcome == "refused":
                self._spool.done(file)
                if not self._sift(endpoint, lane, body, answer):
                    return False
            else:
                self._spool.kept(file)
                return self._wait(answer, lane)
        return True

    def _send(self, endpoint: str, lane: Lane, body: bytes, timeout_s: float) -> Answer:
        return self._sender.send(
            endpoint,
            lane.path,
            body,
            content_type=lane.content_type,
            packed=lane.packed,
            now_s=self._readings.now_ns() / 1e9,
            timeout_s=timeout_s,
        )

    def _sift(self, endpoint: str, lane: Lane, body: bytes, answer: Answer) -> bool:
        """Send the good ones of records that were refused together; False when nothing gets through now.

        OTLP takes the good part of a request by itself, so a request of it that is refused has none.
        """
        records = lane.parts_of(body)
        if len(records) < 2:
            self._problems.count("batch_refused", f"{lane.path}: {answer.detail}")
            return True
        middle = len(records) // 2
        waiting = [records[:middle], records[middle:]]
        while waiting:
            part = waiting.pop(0)
            answer = self._send(endpoint, lane, lane.joined(part), TIMEOUT_S)
            if answer.outcome == "taken":
                self.sent[lane.name] += 1
            elif answer.outcome != "refused":
                left = [record for rest in (part, *waiting) for record in rest]
                self._spool.add(lane, b",".join(left), now_ns=self._readings.now_ns())
                return self._wait(answer, lane)
            elif len(part) == 1:
                self._problems.count("record_refused", f"{lane.path}: {answer.detail}")
            else:
                waiting[:0] = [part[: len(part) // 2], part[len(part) // 2 :]]
        return True

    def _wait(self, answer: Answer, lane: Lane) -> bool:
        if answer.outcome == "no_such_place":
            self._problems.count("no_such_place", f"{lane.path}: {answer.detail}")
            return True
        self._problems.count("server_away", answer.detail)
        if answer.retry_after_s is not None:
            self._asked_until_s = self._now_s() + answer.retry_after_s
        else:
            self._backing_off_until_s = self._now_s() + self._wait_s
            self._wait_s = min(_LONGEST_WAIT_S, self._wait_s * 2)
        return False

    def _count_rejected(self, lane: Lane, answer: Answer) -> None:
        """Partial success: the server took the batch and says how much of it was wrong."""
        try:
            self._told_rejected(lane, answer.content)
        except DecodeError as failure:
            self._problems.count("reply_unreadable", failure)

    def _told_rejected(self, lane: Lane, content: bytes) -> None:
        if lane is TRACES and content:
            told = ExportTraceServiceResponse.FromString(content).partial_success
            if told.rejected_spans:
                self._problems.count("spans_rejected", told.error_message, times=told.rejected_spans)
        elif lane is METRICS and content:
            points = ExportMetricsServiceResponse.FromString(content).partial_success
            if points.rejected_data_points:
                self._problems.count(
                    "points_rejected", points.error_message, times=points.rejected_data_points
                )

    def _now_s(self) -> float:
        return self._readings.elapsed_ns() / 1e9
