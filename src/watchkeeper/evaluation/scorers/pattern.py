"""Whether an answer holds, or does not hold, what a pattern describes."""

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator

from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.scorers.scorer import EMPTY, ScoreGiven, is_empty

_MOST_CHARACTERS = 100_000
"""Of an answer: patterns of a suite are its author's, answers are anybody's."""


class Pattern(BaseModel):
    """1 where the pattern is found in the text, or, with `absent`, where it is not."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    pattern: str = Field(min_length=1, description="A regular expression.")
    absent: bool = Field(default=False, description="Whether it must not be found.")
    ignore_case: bool = Field(default=True, description="Whether case does not count.")

    name: str = "pattern"
    version: str = "1"

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as problem:
            raise ValueError(f"{pattern!r} is no regular expression: {problem}") from None
        return pattern

    def score(self, item: DatasetItem, output: object) -> ScoreGiven:  # noqa: ARG002 - the answer alone counts
        """See `Scorer.score`."""
        if is_empty(output):
            return EMPTY
        if not isinstance(output, str):
            return ScoreGiven(0.0, "the answer is no text")
        if len(output) > _MOST_CHARACTERS:
            return ScoreGiven(None, f"the answer has {len(output)} characters, more than {_MOST_CHARACTERS}")
        found = re.search(self.pattern, output, re.IGNORECASE if self.ignore_case else 0)
        if self.absent:
            return ScoreGiven(1.0) if found is None else ScoreGiven(0.0, f"it holds {found[0][:100]!r}")
        return ScoreGiven(1.0) if found else ScoreGiven(0.0, f"{self.pattern!r} is not in it")
