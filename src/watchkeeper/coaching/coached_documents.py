"""Documents in the order they were coached: where each began, where it ended, and in which phase."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from watchkeeper.coaching.figures import BY_TRUTH
from watchkeeper.coaching.records import RoundRow

RECENT = 10
"""Documents that the running average looks back on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachedDocument:
    """One document (GF-72); accuracies are means over its agents, 0 to 1."""

    number: int
    """From 1, in the order documents were first coached: phases are counted by it."""
    document: str
    phase: int
    """When it was first coached."""
    agents: int
    start: float
    """In the first round of each agent's first session."""
    end: float
    """In the last round of each agent's last session."""
    f1: float
    """Likewise."""
    recent: float
    """The average of `end` over it and the nine before it."""
    by_truth: bool
    """Whether somebody labelled it; else what the readers agree on stood in."""
    first_at: datetime
    last_at: datetime


def coached_documents(rows: Iterable[RoundRow]) -> tuple[CoachedDocument, ...]:
    """Each coached document, the first first."""
    by_document: dict[str, list[RoundRow]] = {}
    for one in sorted(rows, key=lambda row: (row.created_at, row.session_id, row.round)):
        by_document.setdefault(one.document, []).append(one)
    found: list[CoachedDocument] = []
    ends: list[float] = []
    for number, (document, rounds) in enumerate(by_document.items(), start=1):
        first: dict[str, RoundRow] = {}
        for one in rounds:
            first.setdefault(one.agent, one)
        last = {one.agent: one for one in rounds}
        ends.append(fmean(one.accuracy for one in last.values()))
        found.append(
            CoachedDocument(
                number=number,
                document=document,
                phase=rounds[0].phase,
                agents=len(last),
                start=fmean(one.accuracy for one in first.values()),
                end=ends[-1],
                f1=fmean(one.f1 for one in last.values()),
                recent=fmean(ends[-RECENT:]),
                by_truth=all(one.basis == BY_TRUTH for one in rounds),
                first_at=rounds[0].created_at,
                last_at=rounds[-1].created_at,
            )
        )
    return tuple(found)
