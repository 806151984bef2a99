"""How much of an objective's budget is left, and when it will be gone at the present rate."""

from dataclasses import dataclass
from typing import Literal

from watchkeeper.monitoring.slo.objective import Objective

BudgetState = Literal["fine", "burning", "spent", "no data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Calls of a window; None calls of nothing are not known to be good."""

    calls: int
    bad: float
    """May be a fraction: those slower than a limit are known within a bucket."""

    @property
    def bad_share(self) -> float | None:
        """The share that was bad; None without calls."""
        return self.bad / self.calls if self.calls else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorBudget:
    """How an objective stands."""

    state: BudgetState
    calls: int
    bad: float
    allowed_bad: float
    """Calls that may be bad of those there were."""
    good_share: float | None
    """None is no data."""
    left: float | None
    """The share of the budget that is left; below 0 when more was bad than may be."""
    burn_1h: float | None
    """The burn rate of the last hour; None without calls."""
    gone_in_h: float | None
    """Hours until nothing is left at that rate; None when nothing burns or nothing is known."""


def burn_rate(counted: Counted, allowed: float) -> float | None:
    """How many times faster than allowed the budget is used; None without calls.

    >>> round(burn_rate(Counted(calls=1000, bad=144), 0.01), 6)
    14.4
    """
    share = counted.bad_share
    return None if share is None else share / allowed


def error_budget(objective: Objective, *, window: Counted, last_hour: Counted) -> ErrorBudget:
    """How an objective stands.

    Args:
        objective: The promise.
        window: Calls of its whole window.
        last_hour: Those of the last hour.
    """
    share, burn = window.bad_share, burn_rate(last_hour, objective.allowed)
    left = None if share is None else 1 - share / objective.allowed
    gone_in_h = None
    if left is not None and left > 0 and burn is not None and burn > 0:
        gone_in_h = left * objective.window_days * 24 / burn
    return ErrorBudget(
        state=_state(left, burn),
        calls=window.calls,
        bad=window.bad,
        allowed_bad=window.calls * objective.allowed,
        good_share=None if share is None else 1 - share,
        left=left,
        burn_1h=burn,
        gone_in_h=gone_in_h,
    )


def _state(left: float | None, burn: float | None) -> BudgetState:
    if left is None:
        return "no data"
    if left <= 0:
        return "spent"
    return "burning" if burn is not None and burn > 1 else "fine"
