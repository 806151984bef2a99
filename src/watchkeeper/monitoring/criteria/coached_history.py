"""What criteria are computed from: documents as they were coached, and the plan of phases.

Whoever coaches implements `CoachedRuns`; nothing here is a metric that somebody recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachedDocument:
    """One document, coached to its end."""

    at: datetime
    """When it was done, aware, UTC."""
    accuracy: float | None
    """The share of fields that were right, 0 to 1; None where there is no truth."""
    rounds: int
    golden: bool
    """Whether it became a golden example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """One document, read by a run, whether or not it was coached then."""

    at: datetime
    """When it was done, aware, UTC."""
    agreement: float | None
    """The share of fields on which the twins agree; None with one reader."""
    seconds: float
    pages: int
    critical_error: str | None = None
    """The code of a critical error; None when there was none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPhase:
    """One phase of the plan."""

    phase: int
    due: datetime
    """By when its documents are to be done."""
    documents: int
    """How many, over all phases up to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachedHistory:
    """What was coached, and what was planned."""

    documents: tuple[CoachedDocument, ...]
    """Oldest first."""
    readings: tuple[ReadDocument, ...] = ()
    """Oldest first."""
    plan: tuple[PlannedPhase, ...] = ()
    """By phase; none: there is no plan."""
    began_at: datetime | None = None
    """When coaching began; None: not yet."""


class CoachedRuns(Protocol):
    """Where histories come from."""

    def history(self, workload: str, *, since: datetime, until: datetime) -> CoachedHistory:
        """What was coached in a stretch of time, with the plan that held."""
        ...


class _Done(Protocol):
    @property
    def at(self) -> datetime: ...


Done = TypeVar("Done", bound=_Done)


def between(documents: Sequence[Done], since: datetime, until: datetime) -> tuple[Done, ...]:
    """Documents done after one instant and up to another."""
    return tuple(one for one in documents if since < one.at <= until)
