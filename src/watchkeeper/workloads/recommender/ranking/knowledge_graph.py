"""The graph of a corpus, from its text alone: documents, their names and terms, and who refers to whom."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from watchkeeper.workloads.recommender.document import Document
from watchkeeper.workloads.recommender.ranking.names import names_of_corpus
from watchkeeper.workloads.recommender.ranking.text_analysis import terms, words

NAME_WEIGHT = 1.5
TERM_WEIGHT = 1.0
REFERENCE_WEIGHT = 12.0
"""How strongly a name, a term and a reference tie documents together."""
COMMON_SHARE = 0.12
"""A term in a larger share of the documents ties nothing together and is left out."""
_QUOTED = re.compile(r"“([^”]+)”")


@dataclass(frozen=True, slots=True)
class KnowledgeGraph:
    """An undirected weighted graph; documents are its first nodes, in their order."""

    documents: tuple[str, ...]
    labels: tuple[str, ...]
    """Of all nodes: a document's key, a name, or a term."""
    by_name: dict[str, int]
    by_term: dict[str, int]
    names_by_word: dict[str, tuple[str, ...]]
    steps: csr_array
    """Column by column, where a walk goes from each node; columns sum to 1, or to 0 for a node alone."""


def build_graph(documents: Sequence[Document]) -> KnowledgeGraph:
    """The graph of these documents."""
    keys = [document.key for document in documents]
    names = names_of_corpus([f"{document.title}. {document.text}" for document in documents])
    bags = [_own_terms(document, found) for document, found in zip(documents, names, strict=True)]
    most = max(COMMON_SHARE * len(documents), 2)
    kept_names = _shared(names, len(documents))
    kept_terms = _shared(bags, most)
    by_name = {name: len(keys) + at for at, name in enumerate(kept_names)}
    by_term = {term: len(keys) + len(by_name) + at for at, term in enumerate(kept_terms)}
    edges = [
        *_edges(names, by_name, kept_names, weight=NAME_WEIGHT),
        *_edges(bags, by_term, kept_terms, weight=TERM_WEIGHT),
        *_references(documents),
    ]
    by_word: dict[str, list[str]] = defaultdict(list)
    for name in by_name:
        for word in words(name):
            by_word[word].append(name)
    return KnowledgeGraph(
        documents=tuple(keys),
        labels=(*keys, *by_name, *by_term),
        by_name=by_name,
        by_term=by_term,
        names_by_word={word: tuple(some) for word, some in by_word.items()},
        steps=_steps(edges, len(keys) + len(by_name) + len(by_term)),
    )


def _own_terms(document: Document, names: Counter[str]) -> Counter[str]:
    """Terms that are no part of a name, for names have nodes of their own."""
    of_names = {term for name in names for term in terms(name)}
    return Counter(
        term
        for term in terms(f"{document.title} {document.text}")
        if term not in of_names and not term.isdigit()
    )


def _shared(bags: Sequence[Counter[str]], most: float) -> dict[str, int]:
    """What at least two documents hold and not too many, with how many hold it."""
    holders = Counter(one for bag in bags for one in bag)
    return {one: count for one, count in sorted(holders.items()) if 2 <= count <= most}


def _edges(
    bags: Sequence[Counter[str]], nodes: dict[str, int], holders: dict[str, int], *, weight: float
) -> Iterator[tuple[int, int, float]]:
    total = len(bags)
    for row, bag in enumerate(bags):
        for one, count in bag.items():
            if one in nodes:
                rarity = math.log1p(total / holders[one])
                yield row, nodes[one], weight * rarity * (1 + math.log(count))


def _references(documents: Sequence[Document]) -> Iterator[tuple[int, int, float]]:
    titled: dict[str, list[int]] = defaultdict(list)
    for row, document in enumerate(documents):
        titled[document.title].append(row)
    for row, document in enumerate(documents):
        for title in _QUOTED.findall(document.text):
            meant = [other for other in titled.get(title, ()) if other != row]
            for other in meant:
                yield row, other, REFERENCE_WEIGHT / len(meant)


def _steps(edges: Sequence[tuple[int, int, float]], nodes: int) -> csr_array:
    froms = np.array([one for one, _, _ in edges] + [other for _, other, _ in edges], dtype=int)
    tos = np.array([other for _, other, _ in edges] + [one for one, _, _ in edges], dtype=int)
    weights = np.array([weight for _, _, weight in edges] * 2, dtype=float)
    out = np.bincount(froms, weights=weights, minlength=nodes)
    return coo_array((weights / out[froms], (tos, froms)), shape=(nodes, nodes)).tocsr()
