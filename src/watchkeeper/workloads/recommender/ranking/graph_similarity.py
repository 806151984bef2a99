"""Documents near to a query in the knowledge graph, by personalised PageRank."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from watchkeeper.workloads.recommender.document import Document
from watchkeeper.workloads.recommender.ranking.knowledge_graph import build_graph
from watchkeeper.workloads.recommender.ranking.ranker import Ranking, scaled
from watchkeeper.workloads.recommender.ranking.text_analysis import terms, words

FOLLOW = 0.9
"""How often the walk follows an edge; otherwise it begins anew at what the query names."""
STEPS = 24
"""Each step leaves 0.9 of the error of the one before: 8 % after these, and orders no longer change."""
NAME_SEED = 2.0
PART_SEED = 0.3
_NEAR = 3


class GraphSimilarity:
    """Walks that begin at the names and terms of a query; a document counts by how often they pass it.

    Source:
        Page, Brin, Motwani, Winograd (1999), "The PageRank Citation Ranking"; personalised as by
        Haveliwala (2002), "Topic-Sensitive PageRank".
    """

    name = "graph"
    version = "1"

    def __init__(self, documents: Sequence[Document]) -> None:
        self._graph = build_graph(documents)
        self._count = len(self._graph.documents)
        self._parts = [set(words(label)) for label in self._graph.labels]
        # How often a walk from anywhere passes: what is near to everything is near to nothing in particular.
        everywhere = self._walk(np.ones(len(self._graph.labels)))
        self._usual = np.sqrt(np.maximum(everywhere, everywhere.mean() / 10))

    def rank(self, query: str, /) -> Ranking:
        """Score documents; a query that names nothing in the graph gets no scores."""
        seeds = self._seeds(query)
        if not seeds.any():
            return Ranking({})
        passed = self._walk(seeds) / self._usual
        near = passed[: self._count]
        scores = scaled(dict(zip(self._graph.documents, near.tolist(), strict=True)))
        return Ranking(scores, self._evidence(passed, near))

    def _seeds(self, query: str) -> NDArray[np.float64]:
        graph, seeds = self._graph, np.zeros(len(self._graph.labels))
        asked = set(words(query))
        for name in {name for word in asked for name in graph.names_by_word.get(word, ())}:
            node = graph.by_name[name]
            share = len(self._parts[node] & asked) / len(self._parts[node])
            seeds[node] = NAME_SEED if share == 1 else PART_SEED * share
        for term in set(terms(query)):
            node_of_term = graph.by_term.get(term)
            if node_of_term is not None:
                seeds[node_of_term] = 1.0
        return seeds

    def _walk(self, seeds: NDArray[np.float64]) -> NDArray[np.float64]:
        begin = seeds / seeds.sum()
        at = begin.copy()
        for _ in range(STEPS):
            at = FOLLOW * (self._graph.steps @ at) + (1 - FOLLOW) * begin
        return np.asarray(at)

    def _evidence(
        self, passed: NDArray[np.float64], near: NDArray[np.float64], most: int = 100
    ) -> dict[str, list[str]]:
        """For the best documents, the names and terms through which walks came."""
        best = np.argsort(-near)[:most]
        steps = self._graph.steps
        told = {}
        for row in best.tolist():
            begin, end = steps.indptr[row], steps.indptr[row + 1]
            through = steps.indices[begin:end]
            flow = steps.data[begin:end] * passed[through]
            order = np.argsort(-flow)[: _NEAR + 2].tolist()
            told[self._graph.documents[row]] = [
                self._graph.labels[through[at]] for at in order if not math.isclose(flow[at], 0.0)
            ][:_NEAR]
        return told
