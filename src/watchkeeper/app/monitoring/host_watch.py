"""Reading the machine into metrics of ours, and cleaning up when it is too full."""

import gc
import subprocess
from collections.abc import Callable, Iterator, Sequence

from watchkeeper.app.server_log import Log
from watchkeeper.app.settings_host import WORKLOAD
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.monitoring.host.clean_up import CleanedUp, CleanUp
from watchkeeper.monitoring.host.resource import HostReader, Kind, Resource
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

METRICS: dict[Kind, str] = {
    "cpu": "host.cpu",
    "memory": "host.memory",
    "disk": "host.disk",
    "gpu memory": "host.gpu.memory",
    "database connections": "host.database.connections",
}
_CLEAN_UP_WITHIN_S = 60.0


class HostWatch:
    """Reads the machine, turn by turn."""

    def __init__(
        self, reader: HostReader, telemetry: TelemetryStore, *, clean_up: CleanUp, clock: Clock, log: Log
    ) -> None:
        """Read nothing yet.

        Args:
            reader: The machine.
            telemetry: Where its figures go.
            clean_up: What is done when it is too full.
            clock: When it is.
            log: Where a clean-up is told.
        """
        self._reader = reader
        self._telemetry = telemetry
        self._clean_up = clean_up
        self._clock = clock
        self._log = log
        self.last: tuple[Resource, ...] = ()
        self.cleaned: tuple[CleanedUp, ...] = ()
        """What the last clean-up brought."""

    def turn(self) -> None:
        """Read once, keep the figures, and clean up if that is due.

        Raises:
            UnavailableError: The figures cannot be kept.
        """
        now = self._clock.now()
        seen = tuple(self._reader.resources())
        self.last = seen
        self._telemetry.append(TelemetryBatch(metrics=tuple(_points(seen, ns_of(now)))), received_at=now)
        cleaned = self._clean_up.when_due(seen, now=now)
        for one in cleaned:
            self._log.warning(
                "cleaned up",
                resource=one.resource.kind,
                device=one.resource.name,
                before=one.resource.share,
                after=one.after,
                action=one.action,
            )
        self.cleaned = cleaned or self.cleaned


def clean_up_action(command: Sequence[str]) -> Callable[[Sequence[Resource]], str]:
    """What cleans up: memory of ours nobody uses is let go, then the operator's command runs."""

    def act(critical: Sequence[Resource]) -> str:
        del critical  # the command is told nothing: it frees what it knows
        freed = gc.collect()
        said = f"let go of {freed} objects"
        if not command:
            return said
        try:
            done = subprocess.run(list(command), capture_output=True, timeout=_CLEAN_UP_WITHIN_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as failure:
            return f"{said}; {command[0]} failed: {type(failure).__name__}"
        return f"{said}; {command[0]} ended with {done.returncode}"

    return act


def _points(seen: Sequence[Resource], at_ns: int) -> Iterator[MetricPoint]:
    for one in seen:
        if one.share is not None:
            tags = {"device": one.name} if one.kind == "gpu memory" else {}
            yield MetricPoint(
                workload=WORKLOAD,
                name=METRICS[one.kind],
                kind="gauge",
                unit="1",
                ts_ns=at_ns,
                value=one.share,
                tags=tags,
            )
