"""A page's words as one folded stream in row order, in which labels are found and mapped back to words."""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from watchkeeper.workloads.annual_reports.readers.layout.folding import fold, wear
from watchkeeper.workloads.annual_reports.readers.layout.rows import Token

_SUFFIX_CHARS = 4
"""A printed word may go on for this many letters after its label: an ending, not another word."""
_SUFFIX_FROM = 6
"""Only labels this long may take an ending."""
_WORN_FROM = 5
"""Worn forms shorter than this say too little."""


@dataclass(frozen=True, slots=True)
class Match:
    """A label found on a page: tokens `first` up to, not including, `end`."""

    first: int
    end: int
    quality: float
    """1.0 as instructed, 0.93 with an ending, 0.85 through damaged letters."""


class Stream:
    """One page's tokens, searchable by folded text; the worn form is made when first needed."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._folded, self._starts, self._bounds = self._join([_pieces(t.text) for t in tokens])
        self._worn: tuple[str, list[int], set[int]] | None = None

    @staticmethod
    def _join(pieces: list[list[str]]) -> tuple[str, list[int], set[int]]:
        starts: list[int] = []
        bounds: set[int] = set()
        at = 0
        for parts in pieces:
            starts.append(at)
            bounds.add(at)
            for part in parts:
                at += len(part)
                bounds.add(at)
        bounds.add(at)
        return "".join(part for parts in pieces for part in parts), starts, bounds

    def find(self, label: str, *, worn: bool = False) -> list[Match]:
        """Where a label stands: whole words, or whole words with an ending.

        Args:
            label: As instructed.
            worn: Also look through damaged letters.
        """
        folded, target = _targets(label)
        if not folded:
            return []
        found = self._search(self._folded, (self._starts, self._bounds), folded, 1.0)
        if found or not (worn and target):
            return found
        if self._worn is None:
            self._worn = self._join([[wear(p) for p in _pieces(t.text)] for t in self._tokens])
        text, starts, bounds = self._worn
        return self._search(text, (starts, bounds), target, 0.85)

    def _search(
        self, text: str, places: tuple[list[int], set[int]], target: str, quality: float
    ) -> list[Match]:
        at = text.find(target)
        if at < 0:
            return []
        starts, bounds = places
        found: list[Match] = []
        while at >= 0:
            stop = at + len(target)
            if at in bounds:
                first = bisect_right(starts, at) - 1
                end = bisect_right(starts, stop - 1)
                if stop in bounds:
                    found.append(Match(first, end, quality))
                elif quality == 1.0 and len(target) >= _SUFFIX_FROM and self._ends_soon(stop, bounds, text):
                    found.append(Match(first, end, quality * 0.93))
            at = text.find(target, at + 1)
        return found

    @staticmethod
    def _ends_soon(stop: int, bounds: set[int], text: str) -> bool:
        for step in range(1, _SUFFIX_CHARS + 1):
            if not text[stop + step - 1 : stop + step].isalpha():
                return False
            if stop + step in bounds:
                return True
        return False


@lru_cache(maxsize=8192)
def _targets(label: str) -> tuple[str, str]:
    """A label folded, and worn; the worn form is empty where it says too little."""
    folded = fold(label)
    target = wear(folded)
    words = label.split()
    if len(target) < _WORN_FROM or not (wear(fold(words[0])) and wear(fold(words[-1]))):
        return folded, ""
    return folded, target


def _pieces(text: str) -> list[str]:
    """A word's folded parts between its punctuation marks."""
    folded = fold(text)
    if len(folded) == len(text) or not folded:
        return [folded]
    return [p for p in (fold(part) for part in _split(text)) if p]


def _split(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text).split()
