"""What was found of what is there: precision, recall and F1 of a list against the true list."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from watchkeeper.evaluation.comparison import same_value
from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.scorers.scorer import ScoreGiven, unknown_truth


class FoundSet(BaseModel):
    """F1, precision or recall (which is coverage) of the members of a list; order does not count."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    measure: Literal["f1", "precision", "recall"] = Field(default="f1", description="Which of the three.")
    ignored: tuple[str, ...] = Field(default=(), description="Words that do not tell names apart.")

    name: str = "found-set"
    version: str = "1"

    def score(self, item: DatasetItem, output: object) -> ScoreGiven:
        """See `Scorer.score`."""
        unknown = unknown_truth(item)
        if unknown is not None:
            return unknown
        if not isinstance(item.expected, list):
            return ScoreGiven(None, "what is expected is no list")
        if not isinstance(output, list):
            return ScoreGiven(0.0, "the answer is no list")
        left = list(item.expected)
        hits = 0
        for one in output:
            at = next((i for i, true in enumerate(left) if same_value(one, true, ignored=self.ignored)), None)
            if at is not None:
                del left[at]
                hits += 1
        precision = hits / len(output) if output else float(not item.expected)
        recall = hits / len(item.expected) if item.expected else float(not output)
        both = precision + recall
        value = {
            "precision": precision,
            "recall": recall,
            "f1": 2 * precision * recall / both if both else 0.0,
        }
        return ScoreGiven(
            value[self.measure], f"{hits} of {len(item.expected)} found, {len(output) - hits} beside them"
        )
