"""From the backlog to the server: in order, with patience, and past what nobody will ever take."""

from collections.abc import Callable

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceResponse
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from watchkeeper.sdk.export.backlog import Backlog
from watchkeeper.sdk.export.endpoint import Endpoint
from watchkeeper.sdk.export.lanes import LANES, METRICS, TRACES, Lane
from watchkeeper.sdk.export.sender import TIMEOUT_S, Answer, Sender
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.readings import Readings

_ADOPT_EVERY_S = 30.0
_FIRST_WAIT_S = 0.5
_LONGEST_WAIT_S = 30.0


class Draining:
    """Sends what waits. Used by one thread at a time."""

    def __init__(
        self, backlog: Backlog, *, endpoint: Endpoint, sender: Sender, readings: Readings, problems: Problems
    ) -> None:
        self._backlog = backlog
        self._endpoint = endpoint
        self._sender = sender
        self._readings = readings
        self._problems = problems
        self._adopt_due_s = 0.0
        self._asked_until_s = 0.0
        """Until when the server asked to be left alone."""
        self._backing_off_until_s = 0.0
        self._wait_s = _FIRST_WAIT_S

    def drain(self, left_s: Callable[[], float], *, at_once: bool) -> None:
        """Send, lane after lane, while `left_s` says that time is left.

        Args:
            left_s: Seconds; asked before each request.
            at_once: Do not wait for the end of a pause of ours; a pause the server asked for is kept.
        """
        now = self._now_s()
        if now >= self._adopt_due_s:
            self._adopt_due_s = now + _ADOPT_EVERY_S
            self._backlog.adopt()
        endpoint = self._endpoint.now()
        if endpoint is None or now < self._asked_until_s or (now < self._backing_off_until_s and not at_once):
            return
        for lane in LANES.values():
            if not self._drain_lane(lane, endpoint, left_s):
                return

    def _drain_lane(self, lane: Lane, endpoint: str, left_s: Callable[[], float]) -> bool:
        """Send a lane's batches, oldest first; False when nothing gets through now."""
        while (batch := self._backlog.next(lane)) is not None:
            left = left_s()
            if left <= 0:
                self._backlog.kept(batch)
                return False
            body = self._backlog.body(batch)
            if body is None:
                self._backlog.done(batch)
                continue
            answer = self._send(endpoint, lane, body, left)
            if answer.outcome == "taken":
                self._backlog.done(batch)
                self._count_rejected(lane, answer.content)
            elif answer.outcome == "refused":
                goes_on = self._sift(endpoint, lane, body, answer)
                self._backlog.done(batch)
                if not goes_on:
                    return False
            else:
                self._backlog.kept(batch)
                return self._pause(answer, lane)
        return True

    def _send(self, endpoint: str, lane: Lane, body: bytes, left_s: float) -> Answer:
        answer = self._sender.send(
            endpoint,
            lane.path,
            body,
            content_type=lane.content_type,
            packed=lane.packed,
            now_s=self._readings.now_ns() / 1e9,
            timeout_s=min(TIMEOUT_S, left_s),
        )
        if answer.outcome == "taken":
            self._wait_s = _FIRST_WAIT_S
        return answer

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
            if answer.outcome == "refused" and len(part) == 1:
                self._problems.count("record_refused", f"{lane.path}: {answer.detail}")
            elif answer.outcome == "refused":
                waiting[:0] = [part[: len(part) // 2], part[len(part) // 2 :]]
            elif answer.outcome != "taken":
                left = [record for rest in (part, *waiting) for record in rest]
                self._backlog.add(lane, b",".join(left), now_ns=self._readings.now_ns())
                return self._pause(answer, lane)
        return True

    def _pause(self, answer: Answer, lane: Lane) -> bool:
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

    def _count_rejected(self, lane: Lane, content: bytes) -> None:
        """Partial success: the server took the batch and says how much of it was wrong."""
        try:
            if lane is TRACES and content:
                spans = ExportTraceServiceResponse.FromString(content).partial_success
                if spans.rejected_spans:
                    self._problems.count("spans_rejected", spans.error_message, times=spans.rejected_spans)
            elif lane is METRICS and content:
                points = ExportMetricsServiceResponse.FromString(content).partial_success
                if points.rejected_data_points:
                    rejected = points.rejected_data_points
                    self._problems.count("points_rejected", points.error_message, times=rejected)
        except DecodeError as failure:
            self._problems.count("reply_unreadable", failure)

    def _now_s(self) -> float:
        return self._readings.elapsed_ns() / 1e9
