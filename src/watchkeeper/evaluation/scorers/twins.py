"""Whether two independent readers of one document agree: what stands in for the truth where none is known."""

from pydantic import BaseModel, ConfigDict, Field

from watchkeeper.evaluation.agreement import agreement_rate, compare_readers
from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.scorers.scorer import EMPTY, ScoreGiven, is_empty


class Twins(BaseModel):
    """The share of fields on which all readers of `{reader: {field: value}}` agree; no truth is asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    ignored: tuple[str, ...] = Field(default=(), description="Words that do not tell names apart.")

    name: str = "twins"
    version: str = "1"

    def score(self, item: DatasetItem, output: object) -> ScoreGiven:  # noqa: ARG002 - readers stand for the truth
        """See `Scorer.score`."""
        if is_empty(output):
            return EMPTY
        if not isinstance(output, dict) or not all(isinstance(one, dict) for one in output.values()):
            return ScoreGiven(0.0, "the answer does not name readers and their fields")
        if len(output) < 2:
            return ScoreGiven(None, "there is one reader: it agrees with nobody")
        rows = compare_readers(output, ignored=self.ignored)
        rate = agreement_rate(rows)
        if rate is None:
            return ScoreGiven(None, "no reader found a field")
        apart = [row.field for row in rows if str(row.verdict) != "agree"]
        return ScoreGiven(rate, f"not agreed: {', '.join(apart[:5])}" if apart else "")
