"""An objective: which share of calls is to be good over which days, and the rules that watch how it burns.

Source:
    B. Beyer et al. (2018), "The Site Reliability Workbook", chapter 5, "Multiwindow, Multi-Burn-Rate Alerts":
    2 % of a 30-day budget in 1 h is a burn rate of 14.4, 5 % in 6 h one of 6, 10 % in 1 day one of 3, 10 %
    in 3 days one of 1; each with a short window of a twelfth, so that an alert ends soon after the burning.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.severity import Severity
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import CallFilterName, WatchedBurn

_HOUR_S = 3600.0
_DAY_S = 86_400.0
WINDOW_DAYS = 30.0
LEAST_CALLS = 10
"""In the long window: one failure among fewer calls says nothing of a promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnAlert:
    """From which burn rate on, over both windows, somebody is told."""

    rate: float
    """1 uses the budget up exactly at the end of its window."""
    long_s: float
    short_s: float
    severity: Severity
    pages: bool
    """Critical, or a warning."""


BURN_ALERTS = (
    BurnAlert(rate=14.4, long_s=_HOUR_S, short_s=_HOUR_S / 12, severity="P1", pages=True),
    BurnAlert(rate=6.0, long_s=6 * _HOUR_S, short_s=_HOUR_S / 2, severity="P1", pages=True),
    BurnAlert(rate=3.0, long_s=_DAY_S, short_s=2 * _HOUR_S, severity="P3", pages=False),
    BurnAlert(rate=1.0, long_s=3 * _DAY_S, short_s=6 * _HOUR_S, severity="P3", pages=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One promise; `(workload, name)` is its key.

    Raises:
        InvalidInputError: The share leaves nothing that may fail, or nothing that must not.
    """

    name: str
    workload: str
    share: float
    """Of calls that are to be good, between 0 and 1."""
    slower_than_ms: float | None = None
    """A call that takes longer is bad too; None: only one that failed."""
    window_days: float = WINDOW_DAYS
    only: Mapping[CallFilterName, str] = field(default_factory=dict)
    least_calls: int = LEAST_CALLS

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise InvalidInputError(
                f"an objective of {self.share:.6g} leaves no budget",
                action="give a share below 100 %, as 99.9 %",
            )

    @property
    def key(self) -> str:
        """What tells objectives apart."""
        return f"{self.workload}/{self.name}"

    @property
    def allowed(self) -> float:
        """The share of calls that may be bad."""
        return 1 - self.share

    @property
    def told(self) -> str:
        """As a person reads it."""
        good = "succeed" if self.slower_than_ms is None else f"succeed within {self.slower_than_ms:g} ms"
        return f"{100 * self.share:.6g} % of calls {good} over {self.window_days:g} days"


def burn_rules(objective: Objective) -> tuple[Rule, ...]:
    """The rules that watch an objective: each figure is the slower of the burn rates of two windows."""
    return tuple(
        Rule(
            name=f"slo-{objective.name}-burn-{alert.rate:g}",
            workload=objective.workload,
            watched=WatchedBurn(
                objective=objective.name,
                allowed=objective.allowed,
                slower_than_ms=objective.slower_than_ms,
                short_s=alert.short_s,
                least_calls=objective.least_calls,
                only=objective.only,
            ),
            window_s=alert.long_s,
            threshold=Threshold(
                direction="above",
                warning=None if alert.pages else alert.rate,
                critical=alert.rate if alert.pages else None,
            ),
            warning=alert.severity,
            critical=alert.severity,
            unit="times",
        )
        for alert in BURN_ALERTS
    )
