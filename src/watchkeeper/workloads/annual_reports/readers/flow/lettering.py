"""Keys under which two printings of the same words are equal.

Reports print one label in capitals, with stray spaces, with å written as a or `!`, or with a lost
ligature. Three keys of falling strictness let a label be found all the same.
"""

import re
import unicodedata
from functools import lru_cache

_JOINED = str.maketrans({"Ɵ": "ti", "Ʃ": "tt", "ƚ": "ft", "ﬅ": "ft", "ı": "i", "ß": "ss", "ø": "o", "æ": "a"})
_NOT_KEY = re.compile(r"[^a-z0-9]+")
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]+")
_JOINED_PAIRS = re.compile(r"tf|ft|tt|ti|ff|fi|fl")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The text in lower case with accents, spaces and punctuation dropped.

    >>> fold("Summa Tillgångar:")
    'summatillgangar'
    """
    lowered = text.casefold()
    if lowered.isascii():
        return _NOT_KEY.sub("", lowered)
    plain = unicodedata.normalize("NFKD", lowered.translate(_JOINED))
    return _NOT_KEY.sub("", plain)


@lru_cache(maxsize=65536)
def bare(text: str) -> str:
    """The text's plain ASCII letters and digits alone: equal where only å, ä and ö were garbled.

    >>> bare("R!relseint#kter") == bare("Rörelseintäkter")
    True
    """
    return _NOT_PLAIN.sub("", text).casefold()


@lru_cache(maxsize=65536)
def unjoined(text: str) -> str:
    """The folded text without letter pairs that fonts join: equal where ligatures were lost.

    >>> unjoined("kor\uffferis\ufffega") == unjoined("kortfristiga")
    True
    """
    return _JOINED_PAIRS.sub("", fold(text))


def distance_within(left: str, right: str, limit: int) -> bool:
    """Whether at most `limit` single-letter edits turn one key into the other."""
    if abs(len(left) - len(right)) > limit:
        return False
    previous = list(range(len(right) + 1))
    for row, letter in enumerate(left, start=1):
        current = [row]
        for column, other in enumerate(right, start=1):
            cost = previous[column - 1] + (letter != other)
            current.append(min(cost, previous[column] + 1, current[-1] + 1))
        if min(current) > limit:
            return False
        previous = current
    return previous[-1] <= limit
