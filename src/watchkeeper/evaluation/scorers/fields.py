"""The share of a document's fields that were read rightly, each with its own forms that are as right."""

from pydantic import BaseModel, ConfigDict, Field

from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.scorers.scorer import EMPTY, ScoreGiven, is_empty, unknown_truth
from watchkeeper.evaluation.truth import Score, Truth, accuracy, score_field

_SHOWN = 5


class Fields(BaseModel):
    """Accuracy over the fields the truth names; a field that should be empty and was filled is wrong."""

    model_config = ConfigDict(extra="forbid", frozen=True)
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
        scores = {
            name: score_field(_value(output.get(name)), Truth(value), ignored=self.ignored)
            for name, value in item.expected.items()
        }
        wrong = [f"{name} {score}" for name, score in scores.items() if score is not Score.RIGHT]
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        return ScoreGiven(accuracy(list(scores.values())), ", ".join(wrong[:_SHOWN]) + more)


def _value(answer: object) -> object:
    """The value of a field, also where it stands with its page and confidence."""
    return answer["value"] if isinstance(answer, dict) and "value" in answer else answer
