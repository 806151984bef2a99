"""How well it ranks: with its own seed and a stranger's, with parts away, by chance, and on Cranfield."""

import ast
import re
from collections import defaultdict
from pathlib import Path
from random import Random
from statistics import fmean

import pytest

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.testing.fault_switch import FaultSwitch
from watchkeeper.workloads.recommender import ranking
from watchkeeper.workloads.recommender.corpus.generation import Corpus, generate
from watchkeeper.workloads.recommender.document import Document
from watchkeeper.workloads.recommender.evaluation import evaluate
from watchkeeper.workloads.recommender.labelled_query import LabelledQuery
from watchkeeper.workloads.recommender.ranking.hashed_embedding import HashedEmbedding
from watchkeeper.workloads.recommender.recommender import Recommender
from watchkeeper.workloads.recommender.retrieval_quality import average_precision, ndcg

CRANFIELD = Path(__file__).parents[3] / ".." / "shared" / "data" / "cranfield"
BM25_NDCG, BM25_MAP = 0.383, 0.305
"""Measured elsewhere by a plain implementation (README of the data)."""


def quality(corpus: Corpus, *, without: tuple[str, ...] = (), seconds: float = 5.0) -> float:
    switch = FaultSwitch()
    for name in without:
        switch.kill(name)
    recommender = Recommender(
        corpus.documents,
        clock=SystemClock(),
        limit_s=seconds,
        around=lambda ranker: switch.component(ranker, "rank"),
    )
    found = evaluate(recommender.order, corpus).ndcg_at_10
    recommender.close()
    assert found is not None
    return found


@pytest.mark.parametrize("seed", [1, 2, 31_337, 987_654_321])
def test_ndcg_is_070_with_all_parts_and_055_without_the_best_whoever_chose_the_seed(seed: int) -> None:
    corpus = generate(seed)
    assert quality(corpus) >= 0.70
    assert quality(corpus, without=("graph",)) >= 0.55


def test_with_shuffled_labels_it_is_near_chance(corpus: Corpus) -> None:
    keys = [one.key for one in corpus.documents]
    chance = Random(5)

    def shuffled(query: LabelledQuery) -> LabelledQuery:
        others = dict(zip(keys, chance.sample(keys, len(keys)), strict=True))
        return LabelledQuery(query.key, query.text, {others[key]: n for key, n in query.grades.items()})

    by_chance = fmean(
        ndcg(chance.sample(keys, 10), query.grades, at=10) or 0.0
        for query in corpus.queries
        for _ in range(5)
    )
    found = quality(Corpus(corpus.documents, tuple(map(shuffled, corpus.queries))))
    assert abs(found - by_chance) < 0.05


def test_a_corpus_is_369_documents_and_82_queries_the_same_for_the_same_seed(corpus: Corpus) -> None:
    assert (len(corpus.documents), len(corpus.queries)) == (369, 82)
    assert generate(1) == corpus
    assert generate(2) != corpus
    assert {grade for query in corpus.queries for grade in query.grades.values()} == {1, 2, 3}
    assert len({one.text for one in corpus.documents}) == 369


def test_no_ranker_imports_what_wrote_the_documents_or_knows_the_labels() -> None:
    for path in Path(str(ranking.__file__)).parent.glob("*.py"):
        tree = ast.parse(path.read_text())
        imported = {
            name
            for node in ast.walk(tree)
            for name in (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else []
            )
        }
        ours = {name for name in imported if name.startswith("watchkeeper")}
        assert all(
            name.startswith("watchkeeper.workloads.recommender.ranking.") or name.endswith(".document")
            for name in ours
        ), path.name


@pytest.mark.slow
@pytest.mark.skipif(not CRANFIELD.exists(), reason="the Cranfield collection is not here")
def test_text_retrieval_reaches_bm25_on_cranfield() -> None:
    text = (CRANFIELD / "cran.all.1400.xml").read_text()
    documents = [
        Document(field("docno", one), field("title", one), field("text", one))
        for one in re.findall(r"<doc>(.*?)</doc>", text, re.DOTALL)
    ]
    asked = re.findall(r"<top>(.*?)</top>", (CRANFIELD / "cran.qry.xml").read_text(), re.DOTALL)
    grades: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for line in (CRANFIELD / "cranqrel.trec.txt").read_text().splitlines():
        query, _, document, grade = line.split()
        grades[int(query)].update({document: int(grade)} if int(grade) > 0 else {})
    ranker = HashedEmbedding(documents)
    orders = [ranker.rank(field("title", one)).order() for one in asked]
    gains = [ndcg(order, grades[n], at=10) for n, order in enumerate(orders, start=1)]
    precisions = [average_precision(order, grades[n]) for n, order in enumerate(orders, start=1)]
    assert (len(documents), len(asked)) == (1400, 225)
    assert fmean(gain for gain in gains if gain is not None) >= BM25_NDCG
    assert fmean(one for one in precisions if one is not None) >= BM25_MAP


def field(tag: str, text: str) -> str:
    found = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    return " ".join(found.group(1).split()) if found else ""
