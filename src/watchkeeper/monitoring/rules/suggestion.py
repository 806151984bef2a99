"""Levels that fit what was observed (HE-83): where a rule could draw its lines, and what its own did.

The warning is passed by one look in a hundred of what was seen; critical lies three times as far from the
median. A level is a proposal: what was seen may itself have been bad.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watchkeeper.monitoring.rules.rule import Rule

ENOUGH = 30
"""Figures before anything is proposed (requirements 2.5: minimum samples)."""
_RARE = 0.01
_CRITICAL_TIMES = 3.0
_BREACH_TIMES = 2.0
_SHARES = {"share": 1.0, "1": 1.0, "%": 100.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What was seen of a rule's figure, and the levels it proposes."""

    rule: str
    watches: str
    unit: str
    direction: str
    looks: int
    known: int
    """Looks with data."""
    median: float | None
    least: float | None
    most: float | None
    past_now: int
    """Looks at which the figure was past one of the rule's own levels."""
    warning: float | None
    breach: float | None
    critical: float | None
    """None: too little was seen, or the figure never moved."""
    why: str


def suggestion(rule: Rule, figures: Sequence[float | None], *, unit: str) -> Suggestion:
    """Levels for a rule.

    Args:
        rule: The rule.
        figures: What looks at it saw; None is no data.
        unit: The unit the figures are in.
    """
    known = np.array([figure for figure in figures if figure is not None], float)
    past = sum(rule.threshold.band(float(figure)).alerts for figure in known)
    levels: dict[str, float | None] = {"warning": None, "breach": None, "critical": None}
    why = f"{ENOUGH} looks with data are needed; there are {len(known)}"
    if len(known) >= ENOUGH:
        levels, why = _levels(rule, known, unit)
    some = len(known) > 0
    return Suggestion(
        rule=rule.key,
        watches=rule.watched.told,
        unit=unit,
        direction=rule.threshold.direction,
        looks=len(figures),
        known=len(known),
        median=float(np.median(known)) if some else None,
        least=float(known.min()) if some else None,
        most=float(known.max()) if some else None,
        past_now=past,
        why=why,
        **levels,
    )


def _levels(
    rule: Rule, known: "np.ndarray[tuple[int], np.dtype[np.float64]]", unit: str
) -> tuple[dict[str, float | None], str]:
    up = rule.threshold.direction == "above"
    middle = float(np.median(known))
    edge = float(np.quantile(known, 1 - _RARE if up else _RARE))
    if edge == middle:
        return {"warning": None, "breach": None, "critical": None}, "the figure hardly moved"
    away = edge - middle
    found: dict[str, float | None] = {
        "warning": edge,
        "breach": middle + _BREACH_TIMES * away,
        "critical": middle + _CRITICAL_TIMES * away,
    }
    whole = _SHARES.get(unit)
    if whole is not None:
        # A share is never past 0 or its whole: a level there would never be passed.
        found = {
            name: level if level is not None and 0 < level < whole else None for name, level in found.items()
        }
    return found, "passed by 1 look in 100; breach and critical 2 and 3 times as far from the median"
