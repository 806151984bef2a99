"""Phrases that are the same but for a few misread letters."""

from collections.abc import Iterable

WILDCARD = "\0"
"""Stands for a sign that may be any letter."""


def allowed_edits(length: int) -> int:
    """How many letters of a phrase of this length may differ: one in seven, three at most."""
    return min(length // 7, 3)


def edits(left: str, right: str, limit: int) -> int:
    """Letters to change, add or drop to turn one phrase into the other; above `limit`, `limit + 1`.

    A wildcard in `left` equals any letter of `right`.

    >>> edits("balansrakning", "balansräkning", 2)
    1
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        previous, row[0] = row[0], i
        best = i
        for j, b in enumerate(right, start=1):
            kept = previous + (a not in (b, WILDCARD))
            previous = row[j]
            row[j] = min(kept, row[j] + 1, row[j - 1] + 1)
            best = min(best, row[j])
        if best > limit:
            return limit + 1
    return min(row[-1], limit + 1)


class PhraseIndex:
    """Known phrases, found again when a few letters are wrong."""

    def __init__(self, phrases: Iterable[tuple[str, str]]) -> None:
        """Take pairs of phrase and what it stands for."""
        self._exact: dict[str, tuple[str, ...]] = {}
        for phrase, meaning in phrases:
            self._exact[phrase] = (*self._exact.get(phrase, ()), meaning)
        self._by_length: dict[int, list[tuple[str, int]]] = {}
        for phrase in self._exact:
            self._by_length.setdefault(len(phrase), []).append((phrase, _letter_mask(phrase)))
        self._found: dict[str, tuple[tuple[str, ...], str, int]] = {}

    def find(self, phrase: str) -> tuple[tuple[str, ...], str, int]:
        """What a phrase stands for, the known phrase it equals, and the letters that differ.

        Returns:
            No meanings when no known phrase is near enough.
        """
        if phrase in self._exact:
            return self._exact[phrase], phrase, 0
        if phrase not in self._found:
            self._found[phrase] = self._nearest(phrase)
        return self._found[phrase]

    def _nearest(self, phrase: str) -> tuple[tuple[str, ...], str, int]:
        most = allowed_edits(len(phrase) + 1)
        best, distance = "", most + 1
        wildcards = phrase.count(WILDCARD)
        mask = _letter_mask(phrase)
        for length in range(len(phrase) - most, len(phrase) + most + 1):
            for known, known_mask in self._by_length.get(length, ()):
                limit = min(distance - 1, allowed_edits(length))
                if (mask ^ known_mask).bit_count() > 2 * limit + wildcards:
                    continue
                found = edits(phrase, known, limit)
                if found <= limit:
                    best, distance = known, found
        return (self._exact[best], best, distance) if best else ((), "", 0)


def _letter_mask(phrase: str) -> int:
    mask = 0
    for letter in phrase:
        if letter not in (" ", WILDCARD):
            mask |= 1 << (ord(letter) % 64)
    return mask
