"""Several orders as one, by reciprocal rank fusion."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

K = 60
"""From the source; large enough that no first place alone decides."""


def fused(
    orders: Mapping[str, Sequence[str]], *, weights: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Scores of documents from their places in several orders; 1 is the first place in each of them.

    Args:
        orders: Documents by component, best first; one without documents has no say.
        weights: How much each order counts; 1 where nothing is said.

    Source:
        Cormack, Clarke, Büttcher (2009), "Reciprocal Rank Fusion Outperforms Condorcet and Individual Rank
        Learning Methods", SIGIR.

    >>> found = fused({"graph": ["a", "b"], "entity": ["b", "a"], "embedding": []})
    >>> found["a"] == found["b"], found["a"] > 0.98
    (True, True)
    """
    told = weights or {}
    most = sum(told.get(name, 1.0) / (K + 1) for name, order in orders.items() if order)
    scores: dict[str, float] = defaultdict(float)
    for name, order in orders.items():
        for place, key in enumerate(order, start=1):
            scores[key] += told.get(name, 1.0) / (K + place) / most
    return dict(scores)
