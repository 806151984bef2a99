r"""A look at bytes as they are kept: most of what does not match a query is told without reading it as text.

Reading a piece as a search sees it (JSON undone, accents composed, case folded) costs ten times as much.
A block is looked through by RE2, which takes a fifth of a millisecond for half a megabyte; `re` takes more
than twice that, and first wants the block in lower case.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

import re2

from watchkeeper.telemetry.text_query import TextQuery

_CODED = rb"\\u[0-9a-f]{4}"
_BETWEEN = rb"(?:[^a-z0-9]|\\[a-z0-9]|" + _CODED + rb")"
"""Between words, or beside one: in JSON an escape is none, in other text a backslash is a sign."""
_BEYOND = rb"(?:[a-z]?(?:[\x80-\xff]|" + _CODED + rb"))+"
"""Letters beyond ASCII, however they are written: composed or not, in either case, coded in JSON."""
_CODED_ASCII = rb"\\u00(?:3[0-9]|[46][1-9a-f]|[57][0-9a])"
"""A letter or digit of ASCII that JSON spells as a code; no encoder does, and it hides from the above."""
_LETTERS = re.compile(r"([a-z0-9]+)")
_BEGUN_BEFORE = re.compile(rb"(?<!\\)(?<!\\u[0-9a-f]{3})[a-z0-9]", re.IGNORECASE)
"""A letter that a word goes on from, where it stands before what was found."""
_MISSES = 32
"""Ends of longer words in a block before the slower look is the quicker one."""


def _compiled(pattern: bytes) -> "re2._Regexp":
    options = re2.Options()
    # Bytes are what is looked at; all that could be a letter beyond ASCII is one of the upper half.
    options.encoding = re2.Options.Encoding.LATIN1
    options.case_sensitive = False
    options.never_capture = True
    options.log_errors = False
    return re2.compile(pattern, options)


_HIDDEN = _compiled(_CODED_ASCII)


class RawMatch:
    """What the bytes of a piece that matches a query must have in them."""

    def __init__(self, query: TextQuery) -> None:
        self._phrases = [_Phrase(phrase) for phrase in query.phrases]

    def candidates(self, raw: bytes, ends: Sequence[int], *, folds_to_ascii: bool) -> Iterator[int]:
        """The numbers of the pieces that could match; the others do not for certain.

        Args:
            raw: Pieces, one after the other.
            ends: Where each of them ends.
            folds_to_ascii: Whether a letter beyond ASCII in them folds to one of it (`block_words`).
        """
        if folds_to_ascii or _HIDDEN.search(raw) is not None:
            yield from range(len(ends))
            return
        view = memoryview(raw)
        parted = b"\n".join([b"", *(view[begin:end] for begin, end in pairwise((0, *ends))), b""])
        begins = [1, *(end + at for at, end in enumerate(ends, start=2))]
        piece = 0
        while piece < len(ends):
            reached = piece
            # Each phrase moves on to the next piece that has it; where none does, the piece has them all.
            for phrase in self._phrases:
                found = phrase.find(parted, begins[reached])
                if found is None:
                    return
                reached = bisect_right(begins, found) - 1
            if reached == piece:
                yield piece
                reached += 1
            piece = reached


class _Phrase:
    """Finds where a phrase could stand."""

    def __init__(self, phrase: tuple[str, ...]) -> None:
        pattern = _pattern(phrase) + _BETWEEN
        # What begins with letters is looked for three times as fast as what may begin with any sign.
        self._begun = _compiled(pattern).search
        self._alone = _compiled(_BETWEEN + pattern).search

    def find(self, parted: bytes, at: int) -> int | None:
        """Where it first stands from a place on, as words of their own; None when nowhere.

        Args:
            parted: Text with a sign that is no letter before `at`, and one at its end.
            at: Where to begin.
        """
        begins = at
        for _ in range(_MISSES):
            found = self._begun(parted, begins)
            if found is None:
                return None
            place: int = found.start()
            if place == at or _BEGUN_BEFORE.match(parted, place - 1) is None:
                return place
            begins = place + 1
        # A code of JSON that stands before a word is six signs long.
        found = self._alone(parted, max(at, begins - 5) - 1)
        return None if found is None else found.start() + 1


def _pattern(phrase: tuple[str, ...]) -> bytes:
    return (_BETWEEN + b"+").join(
        b"".join(part.encode() if part.isascii() else _BEYOND for part in _LETTERS.split(word) if part)
        for word in phrase
    )
