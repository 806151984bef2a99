"""Which strategy comes next: revert, explore, refine, maintain, in that order (requirements 2.1.3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from watchkeeper.coaching.phases import Phase

FALLEN = 0.10
"""An accuracy more than this below the best ever is taken back."""
EXPLORE_BELOW = 0.70
MAINTAIN_FROM = 0.95
STUCK_RUNS = 5
STUCK_SPREAD = 0.02
"""Five runs whose best and worst lie closer than this do not move any more."""
GOLDEN_FROM = 0.95
RULES_CONFIDENCE = 0.7
"""How sure a decision by rules is where nobody says better."""
CERTAIN = 1.0
EPSILON = 1e-9
"""Keeps a fall of exactly 10 points from being more than 10 points in binary, and 0.02 from being less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an agent stands when its next round is decided."""

    accuracy: float
    """0 to 1, of its last run."""
    best: float | None
    """The best it ever had on the same document; None before its first run."""
    recent: Sequence[float]
    """Accuracies of its last runs, oldest first."""
    phase: Phase
    forced: str | None = None
    """A strategy the operator asked for, once."""
    forced_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do next, and why."""

    strategy: str
    reason: str
    confidence: float
    """0 to 1."""


def decide(standing: Standing) -> Decision:
    """The strategy by the rules: no model is asked."""
    now = standing.accuracy
    if standing.forced is not None:
        return _as(standing.forced, f"forced by operator {standing.forced_by or 'unknown'}", CERTAIN)
    if standing.best is not None and standing.best - now > FALLEN + EPSILON:
        return _as("revert", f"{now:.2f} is more than 10 points below the best, {standing.best:.2f}")
    if standing.phase.number == 4 and now >= GOLDEN_FROM:
        return _as("maintain", "golden state holds", CERTAIN)
    if now < EXPLORE_BELOW:
        return _as("explore", f"{now:.2f} is below {EXPLORE_BELOW:.2f}")
    if now < MAINTAIN_FROM and is_stuck(standing.recent):
        return _as("explore", f"stuck: the last {STUCK_RUNS} runs moved less than {STUCK_SPREAD}")
    if now < MAINTAIN_FROM:
        return _as("refine", f"{now:.2f} is between {EXPLORE_BELOW:.2f} and {MAINTAIN_FROM:.2f}")
    return _as("maintain", f"{now:.2f} is {MAINTAIN_FROM:.2f} or more")


def is_stuck(recent: Sequence[float]) -> bool:
    """Whether the last five runs lie within 0.02 of each other (GF-62's public rule).

    >>> is_stuck([0.5, 0.80, 0.81, 0.80, 0.80, 0.81]), is_stuck([0.8, 0.8, 0.8])
    (True, False)
    """
    last = list(recent)[-STUCK_RUNS:]
    return len(last) == STUCK_RUNS and max(last) - min(last) < STUCK_SPREAD - EPSILON


def _as(strategy: str, reason: str, confidence: float = RULES_CONFIDENCE) -> Decision:
    return Decision(strategy=strategy, reason=reason, confidence=confidence)
