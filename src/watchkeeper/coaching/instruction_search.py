"""What a search for better instructions is given, and what it hands over."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Candidate = Mapping[str, str]
"""Instructions by part: structured data as text, such as a field's instructions as JSON."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a candidate did on one case."""

    score: float
    """0 to 1, higher is better; noise may carry it beyond."""
    blamed: tuple[str, ...] = ()
    """Parts that the errors point at; they may be wrong."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A case and how a candidate did on it."""

    case: int
    outcome: Outcome


class SearchTask(Protocol):
    """Instructions to be made better on cases that can be scored, each evaluation at a price."""

    @property
    def start(self) -> Candidate:
        """The instructions to begin with."""
        ...

    @property
    def cases(self) -> int:
        """How many cases there are; they are numbered from 0."""
        ...

    def score(self, candidate: Candidate, case: int) -> Outcome:
        """Evaluate a candidate on a case: what a search is to do seldom."""
        ...

    def propose(self, candidate: Candidate, seen: Sequence[Seen]) -> Candidate | None:
        """Another candidate, made from one and how it did on some cases; None where nothing comes to mind."""
        ...


Handed = Callable[[Candidate], None]
"""Hears of each candidate that a search would hand over from now on."""


class InstructionSearch(Protocol):
    """A way of searching."""

    @property
    def name(self) -> str:
        """As commands name it."""
        ...

    def search(self, task: SearchTask, *, evaluations: int, seed: int, handed: Handed) -> Candidate:
        """The best instructions found.

        Args:
            task: What is searched.
            evaluations: How often it may be scored; a search stops there, at the latest within one batch.
            seed: Of every choice by chance.
            handed: Hears of the first candidate, and of each one that takes the place of the one before.
        """
        ...
