"""Headings: short lines that name a part of the report and are not running text (requirements 2.1.8)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.sections.families import Patterns
from watchkeeper.workloads.annual_reports.sections.fuzzy import WILDCARD, PhraseIndex
from watchkeeper.workloads.annual_reports.sections.lines import PageLines

_LONGEST = 100
_MOST_STOPS = 3
_EXTRA_WORDS = 4
"""A heading may go on for so many words after its cue."""
_LONG_CUE = 12
"""Only a cue of so many letters opens a longer heading: shorter ones begin too many ordinary lines."""
_FULL_LINE = 60
"""A line this long that ends without a stop goes on in the next."""
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[-\d!\"#$&*+<=>@\[\]^_`{|}~\x00-\x1f\ufff0-\uffff](?=[^\W\d_]))*")
_HEAD_END = re.compile(r"(?<![^\W\d_])\d|\d(?![^\W\d_])|[(;]|\.{2,}|:(?=\s|$)")
"""The first number, bracket or stop; a digit amid letters is a misread letter."""
_LETTERS_APART = re.compile(r"^(?:[^\W\d_] ){4,}[^\W\d_](?!\w)")
_NOTE_NUMBER = re.compile(r"^(\w+)\.?\s*(\d{1,2})\s?[a-z]?\s*[.,:)–-]?\s*", re.IGNORECASE)
_NUMBERING = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*[.)]?|[A-Z][.)])\s+(?=[^\W\d_])")
_DATE = re.compile(
    r"\b\d{1,2}\.?\s+[^\W\d_]{3,}"  # 31 december
    r"|\b(?:19|20)\d\d(?:[-/.]\d\d){0,2}(?:\s?[-/]\s?(?:20)?\d\d)?\b"  # 2023, 2023-12-31, 2022/23
    r"|\(\d*\)|\b\d{6}\b|\d+\s*\(\d+\s*\)?"  # 8 (17)
)
_DOTS = re.compile(r"(?:\.\s?){4,}|…")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that may open a part of the report."""

    kind: str
    """Empty for a note whose subject is no known kind: it only ends the one before."""
    title: str
    page: int
    line: int
    """Its place among the page's lines, from 0."""
    note: int | None
    """The note's number, where it is a numbered note."""
    listed: bool
    """Whether it stands in a list of contents: dots, a bullet or a page number beside it."""
    exact: bool
    """Whether the whole line is the heading, letter by letter."""


class HeadingFinder:
    """Finds the headings of pages by the families' cues."""

    def __init__(self, patterns: Patterns) -> None:
        self._patterns = patterns
        cues = [(cue, family.kind) for family in patterns.families.values() for cue in family.cues]
        self._index = PhraseIndex((_phrase(cue), kind) for cue, kind in cues)

    def on_page(self, page: PageLines) -> Iterator[Heading]:
        """The headings of a page, top to bottom; a line that fits two kinds gives two."""
        for place, line in enumerate(page.lines):
            if _is_noise(line) or self._goes_on(page.lines, place):
                continue
            yield from self._of_line(line, page, place)

    def _of_line(self, line: str, page: PageLines, place: int) -> Iterator[Heading]:
        note, rest = self._note_number(line)
        bullet = rest[:1] in "-–•*·" and note is None
        rest = _NUMBERING.sub("", rest.lstrip("-–•*· "))
        words, tail, numbered = self._words(rest)
        if note is not None and not words and place + 1 < len(page.lines):
            words, tail, numbered = self._words(page.lines[place + 1])
        listed = bullet or bool(_DOTS.search(line)) or (_is_page_number(tail) and not numbered)
        kinds, exact = self._kinds(words, after_note=note is not None, amount=_has_amount(tail))
        for kind in kinds:
            yield Heading(kind, line[:_LONGEST], page.number, place, note, listed, exact)
        if note is not None and not kinds and not listed:
            yield Heading("", line[:_LONGEST], page.number, place, note, listed=False, exact=False)

    def _note_number(self, line: str) -> tuple[int | None, str]:
        found = _NOTE_NUMBER.match(line)
        if found is None or found.group(1).casefold() not in self._patterns.note_words:
            return None, line
        return int(found.group(2)), line[found.end() :]

    def _words(self, line: str) -> tuple[list[str], str, bool]:
        """A line's words, what follows them, and whether the note column's heading stood between.

        The words are those before the first number or bracket, in lower case.
        """
        if apart := _LETTERS_APART.match(line):
            line = apart.group().replace(" ", "") + line[apart.end() :]
        end = _HEAD_END.search(line)
        head = line[: end.start()] if end else line
        words = [_plain(word) for word in _WORD.findall(head)]
        numbered = False
        while len(words) > 1 and words[-1] in self._patterns.tail_words:
            numbered |= words.pop() in self._patterns.note_words
        return words, line[end.start() :] if end else "", numbered

    def _kinds(self, words: list[str], *, after_note: bool, amount: bool) -> tuple[tuple[str, ...], bool]:
        """The kinds a line's words name, and whether they name nothing else."""
        if not words or (amount and not after_note):
            return (), False
        whole, _, distance = self._index.find(" ".join(words))
        if whole:
            return whole, distance == 0
        if self._is_prose(words):
            return (), False
        for length in range(len(words) - 1, max(0, len(words) - _EXTRA_WORDS - 1), -1):
            kinds, cue, _ = self._index.find(" ".join(words[:length]))
            if kinds and (after_note or len(cue) >= _LONG_CUE):
                return kinds, False
        for start in range(1, len(words)) if after_note else ():
            kinds, cue, _ = self._index.find(" ".join(words[start:]))
            if kinds and len(cue) >= _LONG_CUE:
                return kinds, False
        return (), False

    def _is_prose(self, words: list[str]) -> bool:
        return any(word in self._patterns.prose_words for word in words)

    def _goes_on(self, lines: tuple[str, ...], place: int) -> bool:
        """Whether a line continues a sentence of the line before it."""
        line = lines[place]
        if not place or not line[0].islower():
            return False
        before = lines[place - 1]
        return len(before) >= _FULL_LINE and before[-1] not in ".:!?"


def _is_noise(line: str) -> bool:
    """Organisation numbers, bare numbers, lines too short or too long, lines of several sentences."""
    if _DOTS.search(line):
        return False
    letters = sum(letter.isalpha() for letter in line)
    return letters < 2 or len(line) > _LONGEST or line.count(".") > _MOST_STOPS or line.endswith((",", ";"))


def _is_page_number(tail: str) -> bool:
    return bool(re.fullmatch(r"\s*\d{1,2}\s*", tail))


def _phrase(text: str) -> str:
    """A cue as it is compared: its words in lower case, one blank between."""
    return " ".join(_plain(word) for word in _WORD.findall(text))


def _plain(word: str) -> str:
    return "".join(letter if letter.isalpha() else WILDCARD for letter in word.casefold())


def _has_amount(tail: str) -> bool:
    """Whether a number other than a date, a year or a note's number follows a heading's words."""
    rest = _DATE.sub(" ", tail)
    return bool(re.search(r"\d{2,}|\d\s+\d", rest))
