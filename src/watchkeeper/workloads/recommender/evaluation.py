"""How good the ranking is on labelled queries: NDCG@10, precision@5, diversity (HE-23)."""

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import fmean

from watchkeeper.workloads.recommender.corpus.generation import Corpus
from watchkeeper.workloads.recommender.quality import Quality
from watchkeeper.workloads.recommender.ranking.text_analysis import terms
from watchkeeper.workloads.recommender.retrieval_quality import diversity, ndcg, precision

PLACES = 10
FIRST_PLACES = 5
RELEVANT_FROM = 2
"""The grade from which a document counts as relevant for precision."""


def evaluate(order: Callable[[str, int], Sequence[str]], corpus: Corpus) -> Quality:
    """Rank every labelled query and judge the orders.

    Args:
        order: Gives the documents for a text and a number of places.
        corpus: Documents and labels.

    Raises:
        NothingServedError: A query could not be answered at all.
    """
    vectors = {
        one.key: {term: float(count) for term, count in Counter(terms(one.text)).items()}
        for one in corpus.documents
    }
    gains, hits, spreads = [], [], []
    for query in corpus.queries:
        found = order(query.text, PLACES)
        gain = ndcg(found, query.grades, at=PLACES)
        if gain is not None:
            gains.append(gain)
            hits.append(precision(found, query.grades, at=FIRST_PLACES, from_grade=RELEVANT_FROM))
        spread = diversity([vectors[key] for key in found])
        if spread is not None:
            spreads.append(spread)
    return Quality(
        queries=len(corpus.queries),
        ndcg_at_10=fmean(gains) if gains else None,
        precision_at_5=fmean(hits) if hits else None,
        diversity=fmean(spreads) if spreads else None,
    )
