"""Scoring answers against known truth: right, wrong, missed or invented, field by field."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from watchkeeper.evaluation.comparison import same_value


class Score(StrEnum):
    """How an answer compares with the truth."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSED = "missed"
    INVENTED = "invented"
    """A value was given where the document states none."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a document states for a field, and other forms that are as right."""

    value: object
    accept: tuple[object, ...] = ()


def score_field(got: object, truth: Truth, *, ignored: Collection[str] = ()) -> Score:
    """The score of one answer."""
    wanted = (truth.value, *truth.accept)
    empty = got is None or got == ""
    if truth.value is None:
        accepted = any(one is not None and same_value(got, one, ignored=ignored) for one in truth.accept)
        return Score.RIGHT if empty or accepted else Score.INVENTED
    if empty:
        return Score.MISSED
    return Score.RIGHT if any(same_value(got, one, ignored=ignored) for one in wanted) else Score.WRONG


def accuracy(scores: Collection[Score]) -> float | None:
    """The share that is right, 0 to 1; None without scores."""
    return sum(score is Score.RIGHT for score in scores) / len(scores) if scores else None
