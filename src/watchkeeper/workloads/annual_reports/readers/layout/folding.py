"""Comparable forms of printed text: folded, and worn down to what damaged text layers keep.

Damaged text layers lose the letters outside ASCII or the ligatures (`ti`, `tt`, `ft`, `ff`, `fi`,
`fl`); a worn form leaves those letters out on both sides, so that intact and damaged print compare equal.
"""

import unicodedata
from functools import lru_cache

_LOST_WITH_LIGATURES = frozenset("tfil")
"""The letters of the ligatures that broken font tables drop."""


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The letters and digits of a text, in lower case, without spaces and punctuation.

    >>> fold("Org.nr: 12-34")
    'orgnr1234'
    """
    plain = text.casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain)
    return plain if plain.isalnum() else "".join(filter(str.isalnum, plain))


@lru_cache(maxsize=65536)
def wear(folded: str) -> str:
    """A folded text without the letters that damaged text layers lose.

    >>> wear("oft") == wear("o")
    True
    """
    return "".join(c for c in folded if c.isascii() and c not in _LOST_WITH_LIGATURES)
