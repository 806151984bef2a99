"""Whether a text is as long as it should be."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.scorers.scorer import EMPTY, ScoreGiven, is_empty


class Words(BaseModel):
    """1 within the range; below it 1 - deficit/least, above it 1 - excess/most (requirements 2.3)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    least: int = Field(ge=1, description="Words at least.")
    most: int = Field(ge=1, description="Words at most.")

    name: str = "words"
    version: str = "1"

    @model_validator(mode="after")
    def _in_order(self) -> "Words":
        if self.least > self.most:
            raise ValueError(f"least {self.least} is more than most {self.most}")
        return self

    def score(self, item: DatasetItem, output: object) -> ScoreGiven:  # noqa: ARG002 - any text has a length
        """See `Scorer.score`."""
        if is_empty(output):
            return EMPTY
        if not isinstance(output, str):
            return ScoreGiven(0.0, "the answer is no text")
        count = len(output.split())
        if self.least <= count <= self.most:
            return ScoreGiven(1.0)
        off = (self.least - count) / self.least if count < self.least else (count - self.most) / self.most
        return ScoreGiven(max(0.0, 1 - off), f"{count} words, not {self.least} to {self.most}")
