"""A corpus of 369 documents and 82 labelled queries; the seed decides all of it."""

from dataclasses import dataclass
from random import Random

from watchkeeper.workloads.recommender.corpus.latent import Mixture, make_world
from watchkeeper.workloads.recommender.corpus.words import load_themes
from watchkeeper.workloads.recommender.corpus.writing import Writer
from watchkeeper.workloads.recommender.document import Document
from watchkeeper.workloads.recommender.labelled_query import LabelledQuery

DOCUMENTS = 369
QUERIES = 82
"""Both from requirements 2.5."""
_PURE_SHARE = 0.35
"""Documents and queries about one theme alone."""
_KINDS = ("query_things", "query_mixed", "query_things", "query_person", "query_mixed")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents, and queries with what is relevant to them."""

    documents: tuple[Document, ...]
    queries: tuple[LabelledQuery, ...]


def generate(seed: int, *, documents: int = DOCUMENTS, queries: int = QUERIES) -> Corpus:
    """The corpus of a seed, the same on every machine."""
    chance = Random(seed)
    themes = load_themes()
    writer = Writer(make_world(themes, chance), chance)
    mixtures = [_mixture(number % len(themes), len(themes), chance) for number in range(documents)]
    chance.shuffle(mixtures)
    keys = [f"doc-{number:03d}" for number in range(1, documents + 1)]
    titles = [writer.title(about) for about in mixtures]
    written = tuple(
        writer.document(key, title, about, _related(about, mixtures, titles, chance))
        for key, title, about in zip(keys, titles, mixtures, strict=True)
    )
    asked = [_mixture(number % len(themes), len(themes), chance) for number in range(queries)]
    labelled = tuple(
        LabelledQuery(
            f"query-{number:02d}",
            writer.query(about, _KINDS[number % len(_KINDS)]),
            {key: grade for key, one in zip(keys, mixtures, strict=True) if (grade := one.grade(about))},
        )
        for number, about in enumerate(asked, start=1)
    )
    return Corpus(written, labelled)


def _mixture(main: int, themes: int, chance: Random) -> Mixture:
    if chance.random() < _PURE_SHARE:
        return Mixture(main)
    return Mixture(main, chance.choice([theme for theme in range(themes) if theme != main]))


def _related(about: Mixture, mixtures: list[Mixture], titles: list[str], chance: Random) -> list[str]:
    """Titles of documents of the same main theme, and now and then of any."""
    kin = [title for title, one in zip(titles, mixtures, strict=True) if one.main == about.main]
    return [chance.choice(titles if chance.random() < 0.15 else kin) for _ in range(2)]
