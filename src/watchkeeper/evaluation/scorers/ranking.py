"""How well an order puts the relevant first: NDCG, precision and reciprocal rank at k.

Source:
    K. Järvelin, J. Kekäläinen (2002), "Cumulated Gain-Based Evaluation of IR Techniques", ACM Transactions
    on Information Systems 20, 422-446.
"""

from math import expm1, log, log2
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from watchkeeper.evaluation.dataset import DatasetItem
from watchkeeper.evaluation.scorers.scorer import EMPTY, ScoreGiven, is_empty, unknown_truth

MOST_RELEVANT = 100
"""Grades go to 3 or 5; the gain of one doubles with each step, and 1024 steps are beyond any number."""


class Ranking(BaseModel):
    """A measure of a list of ids against `{id: relevance}`; relevance from 0 up, what is not named is 0."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    measure: Literal["ndcg", "precision", "reciprocal-rank"] = Field(default="ndcg", description="Which.")
    k: int = Field(default=10, ge=1, description="How many of the first count.")

    name: str = "ranking"
    version: str = "1"

    def score(self, item: DatasetItem, output: object) -> ScoreGiven:
        """See `Scorer.score`."""
        unknown = unknown_truth(item)
        if unknown is not None:
            return unknown
        if not isinstance(item.expected, dict) or not any(_gain(g) for g in item.expected.values()):
            return ScoreGiven(None, "what is expected names nothing relevant")
        if max(map(_gain, item.expected.values())) > MOST_RELEVANT:
            return ScoreGiven(None, f"a relevance above {MOST_RELEVANT} is no grade")
        if is_empty(output):
            return EMPTY
        if not isinstance(output, list):
            return ScoreGiven(0.0, "the answer is no list")
        # A document told twice is found once.
        told = list(dict.fromkeys(map(str, output)))[: self.k]
        gains = [_gain(item.expected.get(one)) for one in told]
        return ScoreGiven(self._measured(gains, [_gain(gain) for gain in item.expected.values()]))

    def _measured(self, gains: list[float], all_gains: list[float]) -> float:
        if self.measure == "precision":
            return sum(gain > 0 for gain in gains) / self.k
        if self.measure == "reciprocal-rank":
            return next((1 / rank for rank, gain in enumerate(gains, start=1) if gain > 0), 0.0)
        best = sorted(all_gains, reverse=True)[: self.k]
        return min(1.0, _discounted(gains) / _discounted(best))


def _gain(relevance: object) -> float:
    if not isinstance(relevance, int | float) or not relevance > 0:
        return 0.0
    # A whole number may be greater than any float.
    return float(min(relevance, MOST_RELEVANT + 1))


def _discounted(gains: list[float]) -> float:
    # expm1 keeps the smallest relevance from being rounded to none.
    return sum(expm1(gain * log(2)) / log2(rank + 1) for rank, gain in enumerate(gains, start=1))
