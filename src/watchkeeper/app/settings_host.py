"""Settings of the machine's own watch: whether, how often, and what cleans up."""

from pydantic import Field

from watchkeeper.app.settings_section import Section
from watchkeeper.monitoring.host.resource import CRITICAL, HIGH
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import WatchedMetric

WORKLOAD = "watchkeeper"
"""Under which the platform's own figures are kept."""
_RULES = {"cpu": "host.cpu", "memory": "host.memory", "disk": "host.disk", "gpu-memory": "host.gpu.memory"}
_CPU_FOR_S = 900.0
"""A processor is often busy for minutes; that is what it is for. The least of all readings counts."""


class HostSettings(Section):
    """The machine."""

    enabled: bool = Field(default=True, description="Read the machine and watch how full it is.")
    every_s: float = Field(default=60.0, ge=1, description="Seconds between two readings.")
    clean_up: tuple[str, ...] = Field(
        default=(),
        description="A command to run when something is above 90 %, such as `[/usr/local/bin/free-cache]`: "
        "every 15 minutes at most, for 60 s at most. What it brought is logged.",
    )

    def rules(self) -> tuple[Rule, ...]:
        """Rules over the machine's figures: high above 75 %, critical above 90 %."""
        if not self.enabled:
            return ()
        metrics = {**_RULES, "database-connections": "host.database.connections"}
        return tuple(
            Rule(
                name=f"host-{name}",
                workload=WORKLOAD,
                watched=WatchedMetric(name=metric, statistic="min" if name == "cpu" else "max"),
                window_s=_CPU_FOR_S if name == "cpu" else 3 * self.every_s,
                threshold=Threshold(direction="above", warning=HIGH, critical=CRITICAL),
                warning="P4",
                # A processor that is busy does its work; a full disk ends it.
                critical="P3" if name == "cpu" else "P2",
                unit="share",
            )
            for name, metric in metrics.items()
        )
