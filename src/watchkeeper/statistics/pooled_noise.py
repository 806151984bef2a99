"""The noise of single scores, from scores of one thing and from groups whose means differ."""

from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 1e-4


@dataclass(slots=True)
class PooledNoise:
    """The variance of one score's noise, from repeats and from differences about their group's mean."""

    squares: float = 0.02
    freedom: float = 1.0
    """Before anything is seen: a variance of 0.02, believed as if one had shown it."""

    @property
    def variance(self) -> float:
        """As it is believed now, never 0.

        >>> PooledNoise().variance
        0.02
        """
        return max(self.squares / self.freedom, LEAST)

    def add_repeat(self, difference: float) -> None:
        """Learn from the difference of two scores of one thing; the noise of both is in it."""
        self.squares += difference**2 / 2
        self.freedom += 1

    def add(self, differences: Sequence[float]) -> None:
        """Learn from one group of differences; the noise of two scores is in each, so half of it counts."""
        if len(differences) > 1:
            mean = sum(differences) / len(differences)
            self.squares += sum((one - mean) ** 2 for one in differences) / 2
            self.freedom += len(differences) - 1
