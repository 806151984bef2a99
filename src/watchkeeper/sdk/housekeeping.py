"""What is done every so often: derived series, old points, a summary in the log, a snapshot."""

from watchkeeper.sdk.background import Background
from watchkeeper.sdk.metrics.derived import Derived
from watchkeeper.sdk.metrics.registry import Registry
from watchkeeper.sdk.metrics.snapshot import Snapshot
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.recorder import Recorder


class Housekeeping:
    """Turns every `metrics_every_s`; each `summary_every_s` it also writes the summary and the snapshot."""

    def __init__(
        self,
        *,
        registry: Registry,
        derived: Derived,
        recorder: Recorder,
        problems: Problems,
        snapshot: Snapshot | None,
        every_s: float,
        summary_every_s: float,
    ) -> None:
        self._registry = registry
        self._derived = derived
        self._recorder = recorder
        self._snapshot = snapshot
        self._summary_every_s = summary_every_s
        self._summary_due_s = self._now_s() + summary_every_s
        self.background = Background("watchkeeper-housekeeping", self.turn, problems, every_s=every_s)

    def turn(self) -> None:
        """Do what is due."""
        self._derived.tick()
        self._registry.forget()
        if self._now_s() >= self._summary_due_s:
            self._summary_due_s = self._now_s() + self._summary_every_s
            self.summarise()
            if self._snapshot is not None:
                self._snapshot.write()

    def summarise(self) -> None:
        """Write a line for each operation: its percentiles, processor time, memory (HE-15, HE-17)."""
        for figures in self._recorder.operations.figures():
            p95 = "no data" if figures.p95_ms is None else f"{figures.p95_ms:.3f} ms"
            self._recorder.log(
                "performance",
                "info",
                f"{figures.name}: {figures.count} calls, P95 {p95}",
                {
                    "event": "summary",
                    "operation": figures.name,
                    "count": figures.count,
                    "failed": figures.failed,
                    "p50_ms": figures.p50_ms,
                    "p95_ms": figures.p95_ms,
                    "p99_ms": figures.p99_ms,
                    "max_ms": figures.max_ms,
                    "cpu_ms_mean": figures.cpu_ms_mean,
                    "rss_bytes_high": figures.rss_bytes_high,
                    "self_ms": figures.self_ms,
                    "self_share": figures.self_share,
                },
            )

    def close(self, *, within_s: float) -> None:
        """End the thread, and write summary and snapshot a last time."""
        self.background.end(within_s=within_s)
        self._derived.tick()
        self.summarise()
        if self._snapshot is not None:
            self._snapshot.write()
            self._snapshot.close()

    def abandon(self) -> None:
        """In a forked child: let go of what is the parent's."""
        if self._snapshot is not None:
            self._snapshot.close()

    def _now_s(self) -> float:
        return self._recorder.readings.elapsed_ns() / 1e9
