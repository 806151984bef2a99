"""The words of a text in reading order, and where a label stands among them."""

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold

_EDGES = "\"'”“’‘`´.,;:!?()[]{}<>*•·●|…_~=—"
_SLASHED = re.compile(r"(?<=[^\W\d]{2})[/\\](?=[^\W\d]{2})")
INFLECTION = 4
"""A Swedish ending adds at most so many letters: fastighet, fastigheterna."""
_INFLECTED_FROM = 5
"""Shorter words take one letter at most: `yta`, `ytan`, but `ort` is not `orter`."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word without the punctuation around it."""

    text: str
    key: str
    line: int
    """Its line, counted through the whole report."""
    before: str
    """Punctuation printed right before it."""
    after: str
    """Punctuation printed right after it."""

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[:1].isupper()


@dataclass(frozen=True, slots=True)
class Span:
    """Words from `start` up to, not including, `end`."""

    start: int
    end: int
    exact: bool
    """False when the last word carries an ending the label lacks."""


def words_of_line(text: str, line: int) -> list[Word]:
    """The words of a line; `ledamot/ordförande` is two."""
    found: list[Word] = []
    for chunk in _SLASHED.sub(" / ", text).split():
        core = chunk.strip(_EDGES)
        if not core:
            if found:
                last = found[-1]
                found[-1] = Word(last.text, last.key, last.line, last.before, last.after + chunk)
            continue
        start = chunk.index(core)
        found.append(Word(core, fold(core), line, chunk[:start], chunk[start + len(core) :]))
    return found


class Wording:
    """The words of a whole report, searchable by label."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.words: list[Word] = []
        self.first_of_line: list[int] = []
        for number, text in enumerate(lines):
            self.first_of_line.append(len(self.words))
            self.words.extend(words_of_line(text, number))
        self.first_of_line.append(len(self.words))
        self._places: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            self._places.setdefault(word.key, []).append(place)
        self._keys = sorted(self._places)
        self._found: dict[str, tuple[Span, ...]] = {}

    def line_span(self, line: int) -> tuple[int, int]:
        """The words of a line, as first and past last."""
        return self.first_of_line[line], self.first_of_line[line + 1]

    def text(self, start: int, end: int) -> str:
        """The words from `start` up to `end` as one text, with the punctuation between them."""
        parts = [f"{word.before}{word.text}{word.after}" for word in self.words[start:end]]
        return " ".join(parts).strip(" ,;:")

    def find(self, label: str) -> tuple[Span, ...]:
        """Where a label stands, its last word perhaps with an ending, over at most two lines."""
        if label not in self._found:
            keys = [word.key for word in words_of_line(label, 0) if word.key]
            self._found[label] = tuple(self._spans(keys)) if keys else ()
        return self._found[label]

    def _spans(self, keys: list[str]) -> Iterable[Span]:
        if len(keys) == 1:
            for key in self._inflections(keys[0]):
                for place in self._places[key]:
                    yield Span(place, place + 1, key == keys[0])
            return
        starts = (place for key in self._inflections(keys[0]) for place in self._places[key])
        for place in starts:
            end = place + len(keys)
            window = self.words[place:end]
            if len(window) < len(keys) or window[-1].line - window[0].line > 1:
                continue
            if all(
                word.key == key or self._is_inflection(word.key, key)
                for word, key in zip(window, keys, strict=True)
            ):
                yield Span(place, end, all(word.key == key for word, key in zip(window, keys, strict=True)))

    @staticmethod
    def _is_inflection(key: str, stem: str) -> bool:
        ending = key[len(stem) :]
        longest = INFLECTION if len(stem) >= _INFLECTED_FROM else 1
        return len(stem) > 2 and key.startswith(stem) and len(ending) <= longest and ending.isalpha()

    def _inflections(self, stem: str) -> Iterable[str]:
        """The report's words that are the stem, perhaps with an ending."""
        for index in range(bisect_left(self._keys, stem), len(self._keys)):
            key = self._keys[index]
            if not key.startswith(stem):
                return
            if key == stem or self._is_inflection(key, stem):
                yield key
