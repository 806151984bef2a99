"""What a measure of drift says, and when that is drift.

A p-value alone cries drift at nothing over a million samples; an effect alone cries it over thirty. A
measure says drift only when both do: the difference is no chance, and large enough to matter.
"""

from dataclasses import dataclass

SIGNIFICANT = 0.001
"""A thousand comparisons of equals raise about one false verdict a measure."""
ENOUGH = 30
"""Samples on either side below which nothing is said (requirements 2.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure of two samples."""

    name: str
    statistic: float
    p_value: float | None
    """How likely at least such a statistic is without drift; None for a measure that has no test."""
    effect: float
    """How large the difference is, in the measure's own unit."""
    matters_from: float
    """The effect from which on a difference matters."""

    @property
    def drifted(self) -> bool:
        """Whether it is both no chance and large enough; a measure without a test never says so alone."""
        return self.p_value is not None and self.p_value < SIGNIFICANT and self.effect >= self.matters_from
