"""The noise of single scores, pooled over groups whose means differ."""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 1e-4


@dataclass(slots=True)
class PooledNoise:
    """The variance of one score's noise, from how differences of two scores lie about their group's mean."""

    squares: float = 0.16
    freedom: float = 4.0
    """Before anything is seen: a variance of 0.04, believed as if four had shown it."""

    @property
    def variance(self) -> float:
        """As it is believed now, never 0.

        >>> PooledNoise().variance
        0.04
        """
        return max(self.squares / self.freedom, LEAST)

    def add(self, differences: Sequence[float]) -> None:
        """Learn from one group of differences; the noise of two scores is in each, so half of it counts."""
        if len(differences) > 1:
            mean = sum(differences) / len(differences)
            self.squares += sum((one - mean) ** 2 for one in differences) / 2
            self.freedom += len(differences) - 1
