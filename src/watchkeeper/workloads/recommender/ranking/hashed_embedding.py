"""Texts as vectors of hashed n-grams, weighted as BM25 weights words, in place of a model's embedding."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from scipy.sparse import csc_array, csr_array

from watchkeeper.workloads.recommender.document import Document
from watchkeeper.workloads.recommender.ranking.ranker import Ranking, scaled
from watchkeeper.workloads.recommender.ranking.text_analysis import terms

DIMENSIONS = 1 << 18
"""So many that words of a small corpus hardly ever meet in one."""
K1 = 1.2
B = 0.75
"""Robertson and Zaragoza (2009), "The Probabilistic Relevance Framework: BM25 and Beyond"."""
PAIR_WEIGHT = 0.15
"""What two neighbouring words that stand together in both texts add, beside what each adds."""
_EVIDENCE = 4


class HashedEmbedding:
    """Scores by the dot product of sparse vectors; without collisions and pairs it is BM25 itself."""

    name = "embedding"
    version = "1"

    def __init__(self, documents: Sequence[Document]) -> None:
        self._keys = [document.key for document in documents]
        counts = [_features(f"{document.title} {document.text}") for document in documents]
        lengths = np.array([sum(one.values()) for one in counts], dtype=float)
        mean = lengths.mean() if len(lengths) else 1.0
        self._idf = _idf(counts)
        rows, columns, weights = [], [], []
        for row, one in enumerate(counts):
            softened = K1 * (1 - B + B * lengths[row] / mean)
            for feature, count in one.items():
                rows.append(row)
                columns.append(feature)
                weights.append(count * (K1 + 1) / (count + softened))
        shape = (len(documents), DIMENSIONS)
        self._vectors: csc_array = csr_array((weights, (rows, columns)), shape=shape).tocsc()

    def rank(self, query: str, /) -> Ranking:
        """Score documents by the n-grams they share with a query."""
        asked = terms(query)
        scores = np.zeros(len(self._keys))
        shared: dict[int, list[tuple[float, str]]] = {}
        for name, feature, weight in _named_features(asked):
            begin, end = self._vectors.indptr[feature], self._vectors.indptr[feature + 1]
            rows = self._vectors.indices[begin:end]
            gained = weight * self._idf.get(feature, 0.0) * self._vectors.data[begin:end]
            scores[rows] += gained
            for row, gain in zip(rows.tolist(), gained.tolist(), strict=True):
                shared.setdefault(row, []).append((gain, name))
        found = {self._keys[row]: float(scores[row]) for row in shared}
        evidence = {
            self._keys[row]: [name for _, name in sorted(said, reverse=True)[:_EVIDENCE]]
            for row, said in shared.items()
        }
        return Ranking(scaled(found), evidence)


def _feature(ngram: str) -> int:
    return crc32(ngram.encode()) % DIMENSIONS


def _named_features(asked: Sequence[str]) -> Iterable[tuple[str, int, float]]:
    for term, count in Counter(asked).items():
        yield term, _feature(term), float(count)
    for one, other in dict.fromkeys(pairwise(asked)):
        yield f"{one} {other}", _feature(f"{one} {other}"), PAIR_WEIGHT


def _features(text: str) -> Counter[int]:
    found = terms(text)
    return Counter(map(_feature, (*found, *(f"{one} {other}" for one, other in pairwise(found)))))


def _idf(counts: Sequence[Counter[int]]) -> dict[int, float]:
    holding = Counter(feature for one in counts for feature in one)
    total = len(counts)
    return {
        feature: float(np.log1p((total - held + 0.5) / (held + 0.5))) for feature, held in holding.items()
    }
