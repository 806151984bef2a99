"""The health score: 100 less what is wrong, each deduction named (HE-43 to HE-45).

Source:
    Requirements 2.5: 30 for a critical figure, 10 for one past a milder level, 15 for every active critical
    alert; healthy from 80, degraded from 50. A workload of which nothing is known has no score.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from watchkeeper.domain.severity import Band
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.rules.rule import Rule

State = Literal["healthy", "degraded", "critical", "unknown"]

_WHOLE = 100.0
_CRITICAL_FIGURE = 30.0
_WARNED_FIGURE = 10.0
_CRITICAL_ALERT = 15.0
_HEALTHY_FROM = 80.0
_DEGRADED_FROM = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a rule saw last."""

    rule: Rule
    value: float | None
    band: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """Something that is wrong, and what it costs."""

    points: float
    rule: str
    alert_id: str | None
    """The alert, where it is one that costs."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a workload is."""

    score: float | None
    """From 0 to 100; None when nothing is known."""
    state: State
    deductions: tuple[Deduction, ...]
    known: int
    """Rules with data."""
    unknown: int
    """Rules without."""


def health(readings: Sequence[Reading], alerts: Sequence[Alert]) -> Health:
    """The health that readings and active alerts make.

    Args:
        readings: The last of every rule.
        alerts: Those that are firing.
    """
    known = [reading for reading in readings if reading.band is not Band.NO_DATA]
    deductions = (*_of_figures(known), *_of_alerts(alerts))
    score = max(0.0, _WHOLE - sum(deduction.points for deduction in deductions)) if known else None
    return Health(
        score=score,
        state=state_of(score),
        deductions=deductions,
        known=len(known),
        unknown=len(readings) - len(known),
    )


def state_of(score: float | None) -> State:
    """The state a score stands for.

    >>> [state_of(score) for score in (80.0, 79.9, 50.0, 49.9, None)]
    ['healthy', 'degraded', 'degraded', 'critical', 'unknown']
    """
    if score is None:
        return "unknown"
    if score >= _HEALTHY_FROM:
        return "healthy"
    return "degraded" if score >= _DEGRADED_FROM else "critical"


def _of_figures(known: Sequence[Reading]) -> list[Deduction]:
    return [
        Deduction(
            points=_CRITICAL_FIGURE if reading.band is Band.CRITICAL else _WARNED_FIGURE,
            rule=reading.rule.key,
            alert_id=None,
            why=f"{reading.rule.watched.told} is {reading.value:.2f}, {reading.band}",
        )
        for reading in known
        if reading.band.alerts
    ]


def _of_alerts(alerts: Sequence[Alert]) -> list[Deduction]:
    return [
        Deduction(
            points=_CRITICAL_ALERT,
            rule=alert.rule,
            alert_id=alert.alert_id,
            why=f"a critical alert stands: {alert.message}",
        )
        for alert in alerts
        if alert.state == "firing" and alert.band is Band.CRITICAL
    ]
