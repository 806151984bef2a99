"""The thread that takes what was recorded to disk, and from there to the server."""

from collections.abc import Mapping
from threading import Lock
from time import monotonic

from watchkeeper.sdk.background import Background
from watchkeeper.sdk.export.backlog import Backlog
from watchkeeper.sdk.export.draining import Draining
from watchkeeper.sdk.export.endpoint import Endpoint
from watchkeeper.sdk.export.sender import TIMEOUT_S, Sender
from watchkeeper.sdk.export.storing import PER_BATCH, Storing
from watchkeeper.sdk.logs.lines import Line
from watchkeeper.sdk.metrics.registry import Registry
from watchkeeper.sdk.outbox import Outbox
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.readings import Readings
from watchkeeper.sdk.records import Record
from watchkeeper.sdk.span import OpenSpan


class Exporter:
    """One turn a second, or sooner when a batch is full.

    Putting on disk and sending have a lock each: at the end of the process, what was recorded reaches the
    disk also while a request hangs.
    """

    def __init__(
        self,
        backlog: Backlog,
        *,
        endpoint: Endpoint,
        sender: Sender,
        registry: Registry,
        resource: Mapping[str, str],
        readings: Readings,
        problems: Problems,
        max_waiting: int,
        flush_every_s: float,
        metrics_every_s: float,
    ) -> None:
        self._backlog = backlog
        self._sender = sender
        self._readings = readings
        self._metrics_every_s = metrics_every_s
        self._metrics_due_s = self._now_s() + metrics_every_s
        self._storing_now, self._draining_now = Lock(), Lock()
        self.background = Background("watchkeeper-export", self.turn, problems, every_s=flush_every_s)
        wake = self.background.wake
        self.spans: Outbox[OpenSpan] = Outbox(max_waiting, wake=wake, wake_at=PER_BATCH)
        self.records: Outbox[Record] = Outbox(max_waiting, wake=wake, wake_at=PER_BATCH)
        self.lines: Outbox[Line] = Outbox(max_waiting, wake=wake, wake_at=PER_BATCH)
        self._storing = Storing(
            backlog,
            spans=self.spans,
            records=self.records,
            lines=self.lines,
            registry=registry,
            resource=resource,
            problems=problems,
        )
        self._draining = Draining(
            backlog, endpoint=endpoint, sender=sender, readings=readings, problems=problems
        )

    def turn(self) -> None:
        """Put on disk what waits in memory, and send what is due."""
        self._store(metrics=self._now_s() >= self._metrics_due_s)
        with self._draining_now:
            self._draining.drain(lambda: 0.0 if self.background.ending else TIMEOUT_S, at_once=False)

    def flush(self, *, within_s: float) -> bool:
        """Put everything on disk, and send for so long; True when nothing waits any more.

        What still waits then is on disk, and is sent by this process later or by the next one.
        """
        until = monotonic() + within_s
        self._store(metrics=True)
        if not self._draining_now.acquire(timeout=within_s):
            return False
        try:
            self._draining.drain(lambda: until - monotonic(), at_once=True)
            return not self._backlog.waiting_bytes()
        finally:
            self._draining_now.release()

    def close(self, *, within_s: float) -> bool:
        """End: as `flush`, then let everything go."""
        until = monotonic() + within_s
        self._store(metrics=True)
        self.background.end(within_s=within_s)
        whole = self.flush(within_s=max(0.05, until - monotonic()))
        self._sender.close()
        self._backlog.close()
        return whole

    def abandon(self) -> None:
        """In a forked child: let go of what is the parent's."""
        self._backlog.abandon()
        self._sender.close()

    def _store(self, *, metrics: bool) -> None:
        with self._storing_now:
            if metrics:
                self._metrics_due_s = self._now_s() + self._metrics_every_s
            self._storing.store(self._readings.now_ns(), metrics=metrics)

    def _now_s(self) -> float:
        return self._readings.elapsed_ns() / 1e9
