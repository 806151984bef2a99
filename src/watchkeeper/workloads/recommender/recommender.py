"""The recommender: a query in, documents out, by the best strategy that can answer."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import ErrorTier, WatchkeeperError
from watchkeeper.domain.errors.components import NothingServedError
from watchkeeper.fallbacks import FallbackChain, Served, Strategy, require_between, require_text
from watchkeeper.sdk import Handle
from watchkeeper.sdk.query import Query
from watchkeeper.workloads.recommender.answer import Answer, ComponentReport, Recommendation, require_sound
from watchkeeper.workloads.recommender.components import Asked, Caller, Components, called_plainly
from watchkeeper.workloads.recommender.document import Document
from watchkeeper.workloads.recommender.ranking.entity_index import EntityIndex
from watchkeeper.workloads.recommender.ranking.fusion import fused
from watchkeeper.workloads.recommender.ranking.graph_similarity import GraphSimilarity
from watchkeeper.workloads.recommender.ranking.hashed_embedding import HashedEmbedding
from watchkeeper.workloads.recommender.ranking.ranker import Ranker, Ranking
from watchkeeper.workloads.recommender.weighting import SHIPPED, Weighting

MOST_CHARACTERS = 1_000
"""Of a query (HE-08, X6)."""
MOST_RESULTS = 100
"""Of one answer (HE-09)."""
STRATEGIES = (("graph", 3), ("entity", 2), ("embedding", 1))
"""Who leads, the highest number first (HE-05, HE-06); whoever comes below takes part in the order."""
EMBEDDING = "hashed n-grams, weighted as BM25; no embedding model is configured"
ALERT_AGAIN_S = 900.0
"""X3."""
_WORDS = {"graph": "near in the graph by {}", "entity": "names {}", "embedding": "shares the words {}"}

_AS_SHIPPED = Weighting(weights=SHIPPED)
AroundRanker = Callable[[Ranker], Ranker]
"""Puts something around a ranker, such as a fault."""


def rankers_of(documents: Sequence[Document]) -> tuple[Ranker, ...]:
    """The three rankers, from texts alone."""
    return (GraphSimilarity(documents), EntityIndex(documents), HashedEmbedding(documents))


class Recommender:
    """Answers queries about one corpus; thread-safe."""

    def __init__(
        self,
        documents: Sequence[Document],
        *,
        clock: Clock,
        limit_s: float,
        call: Caller = called_plainly,
        handle: Handle | None = None,
        around: AroundRanker = lambda ranker: ranker,
    ) -> None:
        """Index the documents.

        Args:
            documents: What may be recommended.
            clock: Measures.
            limit_s: Seconds each component has for a query.
            call: How components are called.
            handle: Where failures are counted and told; None counts nothing.
            around: Put around each ranker.
        """
        self._titles = {document.key: document.title for document in documents}
        self._clock = clock
        self._handle = handle
        self._alerted_s: float | None = None
        self.components = Components(
            [around(ranker) for ranker in rankers_of(documents)],
            known=self._titles,
            limit_s=limit_s,
            clock=clock,
            call=call,
            tell=self._count_failure,
            warn=self._warn,
        )
        names = [name for name, _ in STRATEGIES]
        self._chain: FallbackChain[Asked, tuple[Recommendation, ...]] = FallbackChain(
            "the query",
            [
                Strategy(name, priority, partial(self._led_by, names[at:]))
                for at, (name, priority) in enumerate(STRATEGIES)
            ],
        )

    def recommend(
        self,
        text: object,
        top_k: object = 10,
        *,
        query_id: str | None = None,
        run_id: str | None = None,
        weighting: Weighting = _AS_SHIPPED,
    ) -> Answer:
        """Documents for a query, best first.

        Args:
            text: The query.
            top_k: How many documents at most.
            query_id: Its name; None makes one.
            run_id: The run it belongs to.
            weighting: What it is answered with.

        Raises:
            InvalidInputError: The text is not of 1 to 1,000 characters, or `top_k` not from 1 to 100.
            NothingServedError: Every component failed.
        """
        query = require_text(text, "query", most_characters=MOST_CHARACTERS)
        wanted = require_between(top_k, "top_k", least=1, most=MOST_RESULTS)
        asked = Asked(text=query, top_k=wanted, run_id=run_id, weighting=weighting)
        with Query(query, query_type="recommendation", query_id=query_id) as told:
            asked.query_id, asked.trace_id = told.query_id, told.trace_id
            try:
                served = self._chain.run(asked)
            except NothingServedError as nothing:
                self._tell_nothing_served(nothing)
                raise
            answer = self._answer(asked, served)
            told.results, told.degraded = answer.recommendations, answer.degraded
        return replace(
            answer,
            query_id=told.query_id,
            trace_id=told.trace_id,
            latency_ms=round(told.latency_ms or 0.0, 3),
        )

    def order(self, text: str, top_k: int, *, weighting: Weighting = _AS_SHIPPED) -> tuple[str, ...]:
        """The documents alone, without account of it: for evaluations."""
        served = self._chain.run(Asked(text=text, top_k=top_k, weighting=weighting))
        return tuple(one.document for one in served.result)

    def close(self) -> None:
        """Answer no more."""
        self.components.close()

    def _led_by(self, names: Sequence[str], asked: Asked) -> tuple[Recommendation, ...]:
        """The fused order of a leader, whose failure is this strategy's, and of those below it."""
        leader, *others = names
        rankings = {leader: self.components.ask(leader, asked)}
        for name in others:
            with suppress(WatchkeeperError):  # noted in `asked`: the answer says it is reduced
                rankings[name] = self.components.ask(name, asked)
        found = self._recommendations(rankings, asked)
        require_sound(found, top_k=asked.top_k, known=self._titles)
        return found

    def _recommendations(self, rankings: Mapping[str, Ranking], asked: Asked) -> tuple[Recommendation, ...]:
        orders = {name: ranking.order() for name, ranking in rankings.items()}
        scores = fused(orders, weights=asked.weighting.weights)
        best = sorted(scores, key=lambda key: (-scores[key], key))[: asked.top_k]
        return tuple(
            Recommendation(
                rank=place,
                document=key,
                title=self._titles[key],
                score=round(scores[key], 6),
                components={
                    name: round(ranking.scores[key], 4)
                    for name, ranking in rankings.items()
                    if key in ranking.scores
                },
                why=_reasons(key, rankings),
            )
            for place, key in enumerate(best, start=1)
        )

    def _answer(self, asked: Asked, served: Served[tuple[Recommendation, ...]]) -> Answer:
        tier = served.tier
        if tier is None and asked.failures:
            tier = ErrorTier.MEDIUM
        if tier is None and not served.result:
            tier = ErrorTier.LOW
        degraded = tier in {ErrorTier.HIGH, ErrorTier.MEDIUM}
        reason = "; ".join(f"{name}: {one.message}" for name, one in asked.failures.items()) or served.reason
        if served.is_fallback and self._handle is not None:
            tags = {"strategy": served.strategy}
            self._handle.record_metric("fallbacks_served", 1, "counter", tags, unit="1")
        return Answer(
            query=asked.text,
            top_k=asked.top_k,
            recommendations=served.result,
            strategy=served.strategy,
            degraded=degraded,
            tier=None if tier is None else int(tier),
            reason=reason,
            message=_message(tier, served.strategy, len(served.result)),
            components={
                name: asked.reports.get(name, ComponentReport(state="not needed")) for name, _ in STRATEGIES
            },
            embedding=EMBEDDING,
            receipts=tuple(asked.receipts),
            release=asked.weighting.release,
            experiment=asked.weighting.experiment,
            arm=asked.weighting.arm,
        )

    def _count_failure(self, name: str, failure: WatchkeeperError) -> None:
        if self._handle is not None:
            tags = {"component": name, "code": failure.code}
            self._handle.record_metric("component_failures", 1, "counter", tags, unit="1")

    def _warn(self, name: str, message: str) -> None:
        if self._handle is not None:
            self._handle.warn(name, message)

    def _tell_nothing_served(self, nothing: NothingServedError) -> None:
        """Count it, and write one critical alert while it lasts."""
        if self._handle is None:
            return
        self._handle.record_metric("queries_unserved", 1, "counter", unit="1")
        now_s = self._clock.monotonic()
        if self._alerted_s is None or now_s - self._alerted_s >= ALERT_AGAIN_S:
            self._alerted_s = now_s
            self._handle.alert("critical", "queries_unserved", 1, 0, message=nothing.message)


def _reasons(key: str, rankings: Mapping[str, Ranking]) -> tuple[str, ...]:
    """A sentence for each component that has a say in it."""
    return tuple(
        _WORDS[name].format(", ".join(ranking.evidence.get(key, ())) or "several steps")
        for name, ranking in rankings.items()
        if key in ranking.scores
    )


def _message(tier: ErrorTier | None, strategy: str, found: int) -> str:
    if tier is ErrorTier.LOW:
        return "nothing in the collection fits these words; try other ones, or a name or place"
    if tier is ErrorTier.MEDIUM:
        return "part of the search is away at the moment: the order may be less good than usual"
    if tier is ErrorTier.HIGH:
        return f"a simpler search ({strategy}) answered, because a better one is away at the moment"
    return f"{found} documents"
