"""A look at bytes as they are kept: most of what does not match a query is told without reading it as text.

Reading a piece as a search sees it (JSON undone, accents composed, case folded) costs ten times as much.
"""

import re
from collections.abc import Callable

from watchkeeper.telemetry.text_query import TextQuery

_ESCAPED = re.compile(rb"\\[^u]")
_ASCII_RUN = re.compile(r"[a-z0-9]+", re.ASCII)

MayMatch = Callable[[int, int], bool]


class RawMatch:
    """What the bytes of a piece that matches a query must have in them."""

    def __init__(self, query: TextQuery) -> None:
        self._finders = [
            re.compile(pattern).search for phrase in query.phrases for pattern in _patterns(phrase)
        ]

    def over(self, data: bytes, *, folds_to_ascii: bool) -> MayMatch:
        """A look at stretches (from, to) of these bytes: whether a piece that is there could match.

        What it says no to does not match for certain.

        Args:
            data: Pieces, one after the other.
            folds_to_ascii: Whether a letter beyond ASCII in them folds to one of it (`block_words`).
        """
        if folds_to_ascii:
            return _always
        low = data.lower()
        if b"\\" not in low:
            return lambda begins, ends: all(find(low, begins, ends) for find in self._finders)
        # In JSON an escape is no word; in other text a backslash is itself.
        unescaped = _ESCAPED.sub(b"  ", low)
        coded = b"\\u" in low

        def may_match(begins: int, ends: int) -> bool:
            return (coded and low.find(b"\\u", begins, ends) != -1) or all(
                find(low, begins, ends) or find(unescaped, begins, ends) for find in self._finders
            )

        return may_match


def _always(_begins: int, _ends: int) -> bool:
    return True


def _patterns(phrase: tuple[str, ...]) -> list[bytes]:
    """What is looked for of a phrase; of letters beyond ASCII, only what stands between them."""
    if all(word.isascii() for word in phrase):
        return [b"[^a-z0-9]+".join(word.encode() for word in phrase)]
    runs = (max(_ASCII_RUN.findall(word), key=len, default="") for word in phrase)
    return [run.encode() for run in runs if run]
