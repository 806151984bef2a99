"""Targets and tolerances of the daily report, apart and explicit (W4-06 to W4-10, W4-13, X16)."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "not ok", "no data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is aimed at, and what is still accepted; shares from 0 to 1, latencies in ms."""

    name: str
    unit: Literal["ms", "share"]
    target_low: float | None = None
    """None: no lower end."""
    target_high: float | None = None
    accepted_low: float | None = None
    accepted_high: float | None = None
    high_included: bool = True
    """Whether the upper end itself is still accepted; "below 2,500 ms" is not 2,500."""
    otherwise: str
    """What to do when it is not accepted."""


RESPONSE_TIME = Target(
    name="response time",
    unit="ms",
    target_high=2_100,
    accepted_high=2_500,
    high_included=False,
    otherwise="look which query types are slow: `wk calls list --since today`",
)
HISTORY = Target(
    name="history hit rate",
    unit="share",
    target_low=0.10,
    target_high=0.20,
    accepted_low=0.10,
    accepted_high=0.25,
    otherwise="check which queries retrieve history",
)
TOOLS = Target(
    name="tools hit rate",
    unit="share",
    target_low=0.30,
    target_high=0.30,
    accepted_low=0.25,
    accepted_high=0.35,
    otherwise="check which queries retrieve tool examples",
)
ERRORS = Target(
    name="error rate",
    unit="share",
    target_high=0.05,
    accepted_high=0.05,
    high_included=False,
    otherwise="look at them with `wk calls list --failed --since today`",
)
PURE_TRAINED = Target(
    name="pure trained share",
    unit="share",
    target_low=0.50,
    target_high=0.60,
    accepted_low=0.45,
    accepted_high=0.65,
    otherwise="check training coverage",
)
VALIDATED = (RESPONSE_TIME, HISTORY, TOOLS, ERRORS)
"""Those of the latest day; history and tools are judged each by itself (W4-09)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A figure beside its target and its tolerance."""

    name: str
    unit: Literal["ms", "share"]
    value: float | None
    """Null is no data."""
    target: str
    accepted: str
    target_low: float | None
    target_high: float | None
    accepted_low: float | None
    accepted_high: float | None
    on_target: bool | None
    """Null without data, and where the target is one figure, which nothing meets to the digit."""
    state: State
    """By the tolerance."""
    advice: str | None
    """What to do when it is not accepted."""


def judged(target: Target, value: float | None) -> Judged:
    """What a figure is worth.

    >>> judged(RESPONSE_TIME, 2499.0).state, judged(RESPONSE_TIME, 2500.0).state
    ('ok', 'not ok')
    >>> judged(HISTORY, 0.25).state, judged(HISTORY, 0.25).on_target, judged(HISTORY, None).state
    ('ok', False, 'no data')
    """
    state: State = "no data"
    if value is not None:
        state = "ok" if _within(value, target.accepted_low, target.accepted_high, target) else "not ok"
    return Judged(
        name=target.name,
        unit=target.unit,
        value=value,
        target=_words(target.target_low, target.target_high, target, about=target is RESPONSE_TIME),
        accepted=_words(target.accepted_low, target.accepted_high, target),
        target_low=target.target_low,
        target_high=target.target_high,
        accepted_low=target.accepted_low,
        accepted_high=target.accepted_high,
        on_target=_on_target(target, value),
        state=state,
        advice=target.otherwise if state == "not ok" else None,
    )


def _on_target(target: Target, value: float | None) -> bool | None:
    if value is None or target.target_low == target.target_high:
        return None
    return _within(value, target.target_low, target.target_high, target)


def _within(value: float, low: float | None, high: float | None, target: Target) -> bool:
    # 0.3 is no exact share: 3 of 10 and 0.30 must be the same.
    if low is not None and value < low - _ROUNDING:
        return False
    if high is None:
        return True
    return value <= high + _ROUNDING if target.high_included else value < high - _ROUNDING


_ROUNDING = 1e-9


def _words(low: float | None, high: float | None, target: Target, *, about: bool = False) -> str:
    def one(figure: float) -> str:
        return f"{figure:,.0f} ms" if target.unit == "ms" else f"{figure * 100:g} %"

    if low is not None and high is not None:
        return f"about {one(low)}" if low == high else f"{low * 100:g} to {one(high)}"
    if about:
        return f"about {one(high or 0.0)}"
    return f"below {one(high or 0.0)}"
