"""Documents by the names they mention; a name that few mention weighs more."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from watchkeeper.workloads.recommender.document import Document
from watchkeeper.workloads.recommender.ranking.names import names_of_corpus
from watchkeeper.workloads.recommender.ranking.ranker import Ranking, scaled
from watchkeeper.workloads.recommender.ranking.text_analysis import words

PART_WEIGHT = 0.3
"""Of a name of which the query has only some words."""
KIN_WEIGHT = 0.35
"""Of a name that the query does not have, and that stands beside one it has."""
_KIN = 12


class EntityIndex:
    """Scores by the query's names, and less by the names that often stand beside them."""

    name = "entity"
    version = "1"

    def __init__(self, documents: Sequence[Document]) -> None:
        self._keys = [document.key for document in documents]
        found = names_of_corpus([f"{document.title}. {document.text}" for document in documents])
        self._holders: dict[str, list[tuple[int, int]]] = defaultdict(list)
        beside: dict[str, Counter[str]] = defaultdict(Counter)
        for row, names in enumerate(found):
            for name, count in names.items():
                self._holders[name].append((row, count))
                beside[name].update(other for other in names if other != name)
        total = len(documents)
        self._rarity = {name: math.log1p(total / len(rows)) for name, rows in self._holders.items()}
        self._kin = {name: self._closest(others) for name, others in beside.items()}
        self._by_word: dict[str, set[str]] = defaultdict(set)
        for name in self._holders:
            for word in words(name):
                self._by_word[word].add(name)

    def rank(self, query: str, /) -> Ranking:
        """Score documents by names; a query without a known name gets no scores."""
        weights = self.weights_of(query)
        scores: dict[str, float] = defaultdict(float)
        evidence: dict[str, list[tuple[float, str]]] = defaultdict(list)
        for name, weight in weights.items():
            for row, count in self._holders[name]:
                gain = weight * self._rarity[name] * (1 + math.log(count))
                scores[self._keys[row]] += gain
                evidence[self._keys[row]].append((gain, name))
        told = {key: [name for _, name in sorted(said, reverse=True)[:3]] for key, said in evidence.items()}
        return Ranking(scaled(scores), told)

    def weights_of(self, query: str) -> dict[str, float]:
        """The names a query is about, with weights up to 1."""
        asked = set(words(query))
        weights: dict[str, float] = {}
        for name in sorted({name for word in asked for name in self._by_word.get(word, ())}):
            parts = words(name)
            share = sum(part in asked for part in parts) / len(parts)
            weights[name] = 1.0 if share == 1 else PART_WEIGHT * share
        for name, weight in list(weights.items()):
            for kin, closeness in self._kin.get(name, ()):
                near = KIN_WEIGHT * weight * closeness
                weights[kin] = max(weights.get(kin, 0.0), near)
        return weights

    def _closest(self, others: Counter[str]) -> tuple[tuple[str, float], ...]:
        scored = {name: together * self._rarity[name] for name, together in others.items() if together > 1}
        best = max(scored.values(), default=1.0)
        order = sorted(scored, key=lambda name: (-scored[name], name))
        return tuple((name, scored[name] / best) for name in order[:_KIN])
