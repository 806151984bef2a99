"""What became of the rows of one append."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

RowKind = Literal["spans", "metrics", "logs", "evaluations", "feedback", "queries"]
ROW_KINDS: tuple[RowKind, ...] = get_args(RowKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of the rows of one kind that could be stored."""

    stored: int = 0
    duplicates: int = 0
    """Same key and same content as one that is there: nothing to do."""
    conflicts: int = 0
    """Same key as one that is there and other content: the first stays; a span is kept aside."""

    def plus(self, other: "Taken") -> "Taken":
        """What became of the rows of both."""
        return Taken(
            stored=self.stored + other.stored,
            duplicates=self.duplicates + other.duplicates,
            conflicts=self.conflicts + other.conflicts,
        )


NONE_TAKEN = Taken()


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRow:
    """A row that cannot be stored; it was left out."""

    kind: RowKind
    reason: str
    """A few words in snake case, to be counted by: `bad_instant`, `bad_number`, `bad_text`…"""
    message: str
    """What is wrong with which value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendResult:
    """What became of the rows of one append, kind by kind; with the refused they add up to those given."""

    spans: Taken = NONE_TAKEN
    metrics: Taken = NONE_TAKEN
    logs: Taken = NONE_TAKEN
    evaluations: Taken = NONE_TAKEN
    feedback: Taken = NONE_TAKEN
    queries: Taken = NONE_TAKEN
    refused: tuple[RefusedRow, ...] = ()

    def by_kind(self) -> Mapping[RowKind, Taken]:
        """The same by the name of the kind."""
        return {
            "spans": self.spans,
            "metrics": self.metrics,
            "logs": self.logs,
            "evaluations": self.evaluations,
            "feedback": self.feedback,
            "queries": self.queries,
        }
