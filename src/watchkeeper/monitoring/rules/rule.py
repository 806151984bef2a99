"""A rule: what is watched of a workload, over which window, and what follows from each band."""

from dataclasses import dataclass, field
from typing import Literal

from watchkeeper.domain.severity import Band, Severity
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import Watched

COOL_DOWN_S = 900.0
"""Seconds between two notices of one alert at one level (HE-34, X3)."""

NoData = Literal["keep", "alert", "normal"]
"""What an unknown figure does: leaves the alert as it is, is one itself, or counts as normal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of one workload; `(workload, name)` is its key."""

    name: str
    workload: str
    watched: Watched
    window_s: float
    """Seconds up to now that the figure is taken of."""
    threshold: Threshold
    for_s: float = 0.0
    """Seconds a figure has to stay past a level before somebody is told."""
    warning: Severity = "P3"
    breach: Severity = "P2"
    critical: Severity = "P1"
    cool_down_s: float = COOL_DOWN_S
    repeats: bool = True
    """Whether an alert that goes on is told again; False: once, and again only if it gets worse."""
    no_data: NoData = "keep"
    unit: str = ""
    runbook: str | None = None
    channels: tuple[str, ...] = field(default=())
    """Who is told in place of whom the routes name; none: the routes decide."""

    @property
    def key(self) -> str:
        """What tells rules apart."""
        return f"{self.workload}/{self.name}"

    def severity(self, band: Band) -> Severity:
        """How bad an alert of a band is; no data is as bad as a warning."""
        if band is Band.CRITICAL:
            return self.critical
        return self.breach if band is Band.BREACH else self.warning
