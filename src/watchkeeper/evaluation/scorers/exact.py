"""Whether an answer says the same as the truth: names and numbers as people compare them."""

from pydantic import BaseModel, ConfigDict, Field

from watchkeeper.evaluation.comparison import same_value
from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.scorers.scorer import EMPTY, ScoreGiven, is_empty, unknown_truth


class Exact(BaseModel):
    """1 for the same value, 0 for another; numbers within 1 %, text by its words (`comparison`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    ignored: tuple[str, ...] = Field(default=(), description="Words that do not tell names apart.")
    one_of: bool = Field(default=False, description="Whether `expected` lists answers that are all right.")

    name: str = "exact"
    version: str = "1"

    def score(self, item: DatasetItem, output: object) -> ScoreGiven:
        """See `Scorer.score`."""
        unknown = unknown_truth(item)
        if unknown is not None:
            return unknown
        if is_empty(output):
            return EMPTY
        wanted = item.expected if self.one_of and isinstance(item.expected, list) else [item.expected]
        if any(same_value(output, one, ignored=self.ignored) for one in wanted):
            return ScoreGiven(1.0)
        return ScoreGiven(0.0, f"expected {str(item.expected)[:200]}")
