"""How a document's fields were read: the right ones of all, of those filled, of those it states."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.scorers.scorer import EMPTY, ScoreGiven, is_empty, unknown_truth
from watchkeeper.evaluation.truth import Score, Truth, accuracy, score_field

_SHOWN = 5
Measure = Literal["accuracy", "coverage", "precision", "recall", "f1"]


class Fields(BaseModel):
    """Accuracy over the fields the truth names; a field that should be empty and was filled is wrong.

    The other measures leave out what is empty and should be: coverage is the share of the fields the document
    states that were filled at all, precision that of right ones among those filled, recall that of right ones
    among those stated, and F1 joins both.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    measure: Measure = Field(default="accuracy", description="Which of the five.")
    ignored: tuple[str, ...] = Field(default=(), description="Words that do not tell names apart.")

    name: str = "fields"
    version: str = "1"

    def score(self, item: DatasetItem, output: object) -> ScoreGiven:
        """See `Scorer.score`."""
        unknown = unknown_truth(item)
        if unknown is not None:
            return unknown
        if not isinstance(item.expected, dict) or not item.expected:
            return ScoreGiven(None, "what is expected names no fields")
        if is_empty(output):
            return EMPTY
        if not isinstance(output, dict):
            return ScoreGiven(0.0, "the answer is no object with fields")
        given = {name: _value(output.get(name)) for name in item.expected}
        scores = {
            name: score_field(given[name], Truth(value), ignored=self.ignored)
            for name, value in item.expected.items()
        }
        wrong = [f"{name} {score}" for name, score in scores.items() if score is not Score.RIGHT]
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        value = accuracy(list(scores.values()))
        if self.measure != "accuracy":
            value = _found(self.measure, scores, given, item.expected)
        if value is None:
            return ScoreGiven(None, f"{self.measure} is of no field: none is stated, and none was filled")
        return ScoreGiven(value, ", ".join(wrong[:_SHOWN]) + more)


def _found(
    measure: Measure,
    scores: Mapping[str, Score],
    given: Mapping[str, object],
    expected: Mapping[str, object],
) -> float | None:
    """Coverage, precision, recall or F1; None where the document states nothing and nothing was filled."""
    stated = {name for name, value in expected.items() if value is not None}
    filled = {name for name, value in given.items() if value not in (None, "")}
    right = {name for name in stated & filled if scores[name] is Score.RIGHT}
    if not stated and not filled:
        return None
    values = {
        "coverage": _share(len(stated & filled), len(stated)),
        "precision": _share(len(right), len(filled)),
        "recall": _share(len(right), len(stated)),
        "f1": _share(2 * len(right), len(stated) + len(filled)),
    }
    return values[measure]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _value(answer: object) -> object:
    """The value of a field, also where it stands with its page and confidence."""
    return answer["value"] if isinstance(answer, dict) and "value" in answer else answer
