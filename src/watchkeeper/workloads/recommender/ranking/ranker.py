"""What a ranker is: one signal, and its scores for a query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranker's answer to one query."""

    scores: Mapping[str, float]
    """By document, above 0 to 1, the best 1; a document without evidence is not named."""
    evidence: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By document, what speaks for it, the strongest first: words or names."""

    def order(self) -> list[str]:
        """The documents, best first, equals by their keys."""
        return sorted(self.scores, key=lambda key: (-self.scores[key], key))


class Ranker(Protocol):
    """One component of the recommender; thread-safe."""

    @property
    def name(self) -> str:
        """`graph`, `entity` or `embedding`."""
        ...

    @property
    def version(self) -> str:
        """Raised whenever it may answer differently."""
        ...

    def rank(self, query: str, /) -> Ranking:
        """Score documents for a query; whatever it raises is this component's failure."""
        ...


def scaled(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores above 0, the best as 1.

    >>> scaled({"a": 4.0, "b": 1.0, "c": 0.0})
    {'a': 1.0, 'b': 0.25}
    """
    best = max(scores.values(), default=0.0)
    return {key: score / best for key, score in scores.items() if score > 0.0}
