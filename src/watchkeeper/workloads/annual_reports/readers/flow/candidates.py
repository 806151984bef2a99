"""Candidates for a field, and the reading the best of them becomes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from watchkeeper.workloads.annual_reports.reading import FieldReading, FieldValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A possible answer with the evidence for it."""

    value: FieldValue
    page: int
    score: float
    """0 to 1: how often such evidence is right."""
    printed: str
    rule: str

    def raised(self, by: float, why: str) -> "Candidate":
        """The candidate with its doubt cut by a share `by`, and the reason told."""
        return replace(self, score=self.score + (1.0 - self.score) * by, rule=f"{self.rule}; {why}")

    def lowered(self, by: float, why: str) -> "Candidate":
        """The candidate with its score cut by a share `by`, and the reason told."""
        return replace(self, score=self.score * (1.0 - by), rule=f"{self.rule}; {why}")


MOST = 0.99
"""No reading claims to be certain."""


def reading_of(candidate: Candidate) -> FieldReading:
    """The candidate as a reader's answer."""
    return FieldReading(
        value=candidate.value,
        page=candidate.page,
        confidence=round(min(MOST, max(0.05, candidate.score)), 3),
        printed=candidate.printed,
        box=None,
        rule=candidate.rule,
    )


def best_of(candidates: Iterable[Candidate], *, last: bool = False) -> Candidate | None:
    """The candidate with the highest score; of equals the first, or the last when so asked."""
    best: Candidate | None = None
    for candidate in candidates:
        if best is None or candidate.score > best.score or (last and candidate.score == best.score):
            best = candidate
    return best
