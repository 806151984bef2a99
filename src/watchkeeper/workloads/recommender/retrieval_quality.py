"""How good an order of documents is, against grades: NDCG, precision, diversity; and MAP and recall."""

import math
from collections.abc import Mapping, Sequence


def ndcg(order: Sequence[str], grades: Mapping[str, int], *, at: int) -> float | None:
    """Normalised discounted cumulative gain with linear gains; None where nothing is relevant.

    Source:
        Järvelin and Kekäläinen (2002), "Cumulated gain-based evaluation of IR techniques", ACM TOIS 20.

    >>> ndcg(["b", "a"], {"a": 1}, at=10) == 1 / math.log2(3), ndcg([], {}, at=10)
    (True, None)
    """
    ideal = _gain(sorted(grades.values(), reverse=True)[:at])
    if ideal <= 0:
        return None
    return _gain([grades.get(key, 0) for key in order[:at]]) / ideal


def precision(order: Sequence[str], grades: Mapping[str, int], *, at: int, from_grade: int = 1) -> float:
    """The share of the first `at` places that hold a relevant document; a place left empty holds none."""
    return sum(grades.get(key, 0) >= from_grade for key in order[:at]) / at


def average_precision(order: Sequence[str], grades: Mapping[str, int]) -> float | None:
    """The mean of precision at each relevant document; None where nothing is relevant."""
    relevant = sum(grade > 0 for grade in grades.values())
    if not relevant:
        return None
    found, total = 0, 0.0
    for place, key in enumerate(order, start=1):
        if grades.get(key, 0) > 0:
            found += 1
            total += found / place
    return total / relevant


def diversity(vectors: Sequence[Mapping[str, float]]) -> float | None:
    """The mean of 1 - cosine over all pairs of what was recommended; None for fewer than two.

    >>> diversity([{"loom": 1.0}, {"keel": 1.0}]), diversity([{"loom": 1.0}])
    (1.0, None)
    """
    pairs = [(one, other) for at, one in enumerate(vectors) for other in vectors[at + 1 :]]
    if not pairs:
        return None
    return sum(1 - _cosine(one, other) for one, other in pairs) / len(pairs)


def _gain(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(place + 1) for place, grade in enumerate(grades, start=1))


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    norms = math.sqrt(sum(v * v for v in one.values()) * sum(v * v for v in other.values()))
    return sum(v * other.get(k, 0.0) for k, v in one.items()) / norms if norms else 0.0
