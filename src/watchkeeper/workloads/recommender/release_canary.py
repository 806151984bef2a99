"""The canary of a release of the recommender: the labelled queries of its corpus, ranked as it pins."""

from functools import partial

from watchkeeper.domain.clock import Clock
from watchkeeper.releases.release import Pins
from watchkeeper.workloads.recommender.corpus.generation import generate
from watchkeeper.workloads.recommender.evaluation import evaluate
from watchkeeper.workloads.recommender.quality import Quality
from watchkeeper.workloads.recommender.recommender import Recommender
from watchkeeper.workloads.recommender.settings import RecommenderSettings
from watchkeeper.workloads.recommender.weighting import Weighting, weights_of

LEAST_NDCG = 0.70
"""NDCG@10 of the full chain below which a release is not fit for traffic."""


def quality_of(pins: Pins, own: RecommenderSettings, clock: Clock) -> Quality:
    """How good the ranking is that a release pins.

    Raises:
        InvalidInputError: It pins what the recommender does not have.
        NothingServedError: A query could not be answered at all.
    """
    weighting = Weighting(weights=weights_of(pins))
    corpus = generate(own.corpus_seed)
    recommender = Recommender(corpus.documents, clock=clock, limit_s=own.component_limit_s)
    try:
        return evaluate(partial(recommender.order, weighting=weighting), corpus)
    finally:
        recommender.close()


def verdict_on(quality: Quality) -> tuple[str, str]:
    """Whether that is good enough, and how good it is.

    >>> verdict_on(Quality(queries=82, ndcg_at_10=0.69, precision_at_5=None, diversity=None))
    ('failed', 'ndcg_at_10 0.690 over 82 queries, of 0.7 at least')
    """
    if quality.ndcg_at_10 is None:
        return "not checked", "no query has a document that is right"
    told = ", ".join(f"{name} {value:.3f}" for name, value in quality.known().items())
    verdict = "passed" if quality.ndcg_at_10 >= LEAST_NDCG else "failed"
    return verdict, f"{told} over {quality.queries} queries, of {LEAST_NDCG:g} at least"
