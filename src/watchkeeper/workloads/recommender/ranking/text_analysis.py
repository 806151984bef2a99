"""From text to terms: words in lower case, without stop words, stemmed by Porter's algorithm."""

import re
from functools import lru_cache

import snowballstemmer

_WORD = re.compile(r"[^\W_]+")
_STEMMER = snowballstemmer.stemmer("porter")
_STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are as at be because been before being below
    between both but by can cannot could did do does doing down during each either few for from further had
    has have having he her here hers him his how i if in into is it its itself just may me might more most
    much must my neither no nor not now of off on once one only or other our ours out over own same shall she
    should so some such than that the their theirs them then there these they this those through thus to too
    under until up upon us very was we were what when where whether which while who whom why will with
    would yet you your yours
    """.split()
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
