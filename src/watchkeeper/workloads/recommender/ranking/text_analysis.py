"""From text to terms: words in lower case, without stop words, stemmed by Porter's algorithm."""

import re
from functools import lru_cache
from importlib.resources import files

import snowballstemmer
import yaml

_WORD = re.compile(r"[^\W_]+")
_STEMMER = snowballstemmer.stemmer("porter")
_STOP_WORDS: frozenset[str] = frozenset(
    yaml.safe_load(files(__package__).joinpath("stop_words.yaml").read_text(encoding="utf-8"))
)


def words(text: str) -> list[str]:
    """The words of a text, in lower case.

    >>> words("The miller's toll, 1790")
    ['the', 'miller', 's', 'toll', '1790']
    """
    return _WORD.findall(text.casefold())


def terms(text: str) -> list[str]:
    """The stems of a text's words that say something.

    >>> terms("Where were the looms woven?")
    ['loom', 'woven']
    """
    return [_stem(word) for word in words(text) if len(word) > 1 and word not in _STOP_WORDS]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    stem: str = _STEMMER.stemWord(word)
    return stem
