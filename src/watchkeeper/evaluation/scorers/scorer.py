"""What every scorer is: a name, a version, and a verdict on one answer."""

from dataclasses import dataclass
from typing import Protocol

from watchkeeper.evaluation.dataset import DatasetItem


@dataclass(frozen=True, slots=True)
class ScoreGiven:
    """How good one answer is."""

    value: float | None
    """From 0 to 1; None: it could not be checked, which is no zero."""
    reason: str = ""
    """Why not 1, or why it could not be checked."""


class Scorer(Protocol):
    """Scores answers; the same answer gets the same score, unless a model judges."""

    @property
    def name(self) -> str:
        """As suites and results name it."""
        ...

    @property
    def version(self) -> str:
        """Changes whenever an answer may get another score: releases pin it."""
        ...

    def score(self, item: DatasetItem, output: object) -> ScoreGiven:
        """The score of an answer; never raises for what an answer holds."""
        ...


def unknown_truth(item: DatasetItem) -> ScoreGiven | None:
    """What a scorer that needs the truth says where it is not known."""
    return None if item.expected is not None else ScoreGiven(None, "the item says not what is expected")


def is_empty(output: object) -> bool:
    """Whether nothing was answered: never right, whatever was expected."""
    return output is None or (isinstance(output, str) and not output.strip()) or output in ([], {})


EMPTY = ScoreGiven(0.0, "nothing was answered")
