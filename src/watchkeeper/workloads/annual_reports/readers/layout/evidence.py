"""A possible reading and what speaks for it, added up in log-odds."""

from dataclasses import dataclass, replace
from math import exp

from watchkeeper.domain.page import Box
from watchkeeper.workloads.annual_reports.reading import FieldReading, FieldValue

_CERTAIN = 0.99
"""No reading from places alone is surer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One possible reading of a field."""

    value: FieldValue
    page: int
    row: int
    printed: str
    box: Box | None
    weight: float
    """Evidence in log-odds: 0 is as likely wrong as right, 3 is right 19 times in 20."""
    reasons: tuple[str, ...]
    """What speaks for it and against it, in words a person can follow."""

    def but(self, weight: float, reason: str) -> "Candidate":
        """The same reading with one more piece of evidence; negative speaks against it, 0 says nothing."""
        if not weight:
            return self
        return replace(self, weight=self.weight + weight, reasons=(*self.reasons, reason))

    @property
    def confidence(self) -> float:
        """0 to 0.99."""
        return round(min(_CERTAIN, 1 / (1 + exp(-self.weight))), 3)

    def reading(self) -> FieldReading:
        """The candidate as this reader's answer."""
        return FieldReading(
            value=self.value,
            page=self.page,
            confidence=self.confidence,
            printed=self.printed,
            box=self.box,
            rule="; ".join(self.reasons),
        )


def best(candidates: list[Candidate]) -> Candidate | None:
    """The candidate with the most evidence; the first of equals."""
    return max(candidates, key=lambda c: c.weight, default=None)
