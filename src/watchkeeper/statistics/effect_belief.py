"""What is believed of an effect from differences that noise blurs: a distribution over a grid of sizes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

GRID = tuple(step / 20 for step in range(-12, 13))
"""Sizes an effect may have, -0.6 to 0.6 of a score of 0 to 1; 0 is one of them."""
NONE = GRID.index(0.0)


@dataclass(frozen=True, slots=True)
class EffectBelief:
    """A distribution over `GRID`; `seen` gives the next one by Bayes' rule."""

    weights: tuple[float, ...]
    """One a size, of sum 1."""

    @property
    def better(self) -> float:
        """The chance, 0 to 1, that the effect is above none."""
        return sum(self.weights[NONE + 1 :])

    @property
    def expected(self) -> float:
        """The effect to be expected."""
        return sum(size * weight for size, weight in zip(GRID, self.weights, strict=True))

    def seen(self, difference: float, *, variance: float) -> "EffectBelief":
        """What is believed after one more difference.

        Args:
            difference: Of the scores with and without the change; finite.
            variance: Of its noise, above 0.
        """
        fits = [-((difference - size) ** 2) / (2 * variance) for size in GRID]
        most = max(fits)
        return _of([weight * math.exp(fit - most) for weight, fit in zip(self.weights, fits, strict=True)])

    def faded(self, prior: "EffectBelief", *, kept: float) -> "EffectBelief":
        """What is left of it where the circumstances have changed.

        Args:
            prior: What is believed of any effect.
            kept: The share of its evidence that still holds, 0 to 1.
        """
        pairs = zip(self.weights, prior.weights, strict=True)
        return _of([one**kept * other ** (1 - kept) for one, other in pairs])


@dataclass(slots=True)
class EffectHistory:
    """What earlier effects were believed to be: what is to be believed of the next (empirical Bayes).

    Source:
        H. Robbins (1956), "An Empirical Bayes Approach to Statistics", Proceedings of the Third
        Berkeley Symposium on Mathematical Statistics and Probability 1, 157-163.
    """

    counts: list[float]

    @classmethod
    def of_nothing(cls, *, none: float, better: float, worth: float = 1.0) -> "EffectHistory":
        """Before the first effect.

        Args:
            none: The chance that a change does nothing, 0 to 1.
            better: The chance that it helps; the rest is that it harms.
            worth: Of how many effects it counts as much as.
        """
        away = [abs(size) for size in GRID]
        # Large effects are rarer than small ones: weights fall with the size, by e each 0.3.
        falls = [math.exp(-size / 0.3) if size else 0.0 for size in away]
        one_side = sum(falls) / 2
        sides = [better if size > 0 else 1 - none - better for size in GRID]
        counts = [worth * side * fall / one_side for side, fall in zip(sides, falls, strict=True)]
        counts[NONE] = worth * none
        return cls(counts)

    def add(self, belief: EffectBelief) -> None:
        """Count one effect more, as far as it is known."""
        self.counts = [count + weight for count, weight in zip(self.counts, belief.weights, strict=True)]

    @property
    def prior(self) -> EffectBelief:
        """What is believed of the next effect before anything is seen of it."""
        return _of(self.counts)


def _of(weights: Sequence[float]) -> EffectBelief:
    total = sum(weights)
    return EffectBelief(tuple(weight / total for weight in weights))
