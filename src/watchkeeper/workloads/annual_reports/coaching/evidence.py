"""Where in a report a known value stands, and which words stand around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from watchkeeper.domain.page import PagedDocument

_NUMBER = re.compile(r"[-−–(]?\s?\d{1,3}(?:[ \u00a0\u202f.]\d{3})+\)?|[-−–]?\d+(?:,\d+)?")
_LETTERS = re.compile(r"[^\W\d_]")
_SPACES = re.compile(r"\s+")
_EDGES = " \t:;,.*•·–-_|()"
THOUSAND = 1000
MOST_DIGITS = 15
"""A longer number stands in no report, and is not compared exactly as a float."""
FEWEST_DIGITS = 5
"""A shorter amount in thousands stands in too many places to be told by its digits."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a value stands, with the text beside and above it."""

    page: int
    line: int
    """Counted from 0 within the page."""
    before: str
    """What stands before it on its line, numbers cut off."""
    after: str
    above: tuple[str, ...]
    """Lines above it that begin with words, nearest first, cut before their first number."""
    below: tuple[str, ...]
    factor: int = 1
    """1000 where it is printed in thousands."""
    negative: bool = False
    """Whether it is printed with the other sign."""


@lru_cache(maxsize=4096)
def lines_of(document: PagedDocument) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The lines of each page, by page number, their spaces folded."""
    return tuple(
        (page.number, tuple(_SPACES.sub(" ", line).strip() for line in page.text.split("\n")))
        for page in document.pages
    )


def words_before_number(line: str) -> str:
    """A line up to its first number, without the punctuation around it."""
    for match in re.finditer(r"\d", line):
        return line[: match.start()].strip(_EDGES)
    return line.strip(_EDGES)


def places_of(value: object, document: PagedDocument) -> Iterator[Place]:
    """Every place a value stands: a number in kronor or thousands, a text as it is written."""
    if isinstance(value, bool) or value is None:
        return
    for page, lines in lines_of(document):
        for number, line in enumerate(lines):
            for start, end, factor, negative in _spans(value, line):
                yield Place(
                    page=page,
                    line=number,
                    before=_trimmed(line[:start]),
                    after=words_before_number(line[end:]),
                    above=tuple(_worded(reversed(lines[max(0, number - 30) : number]))),
                    below=tuple(_worded(lines[number + 1 : number + 6])),
                    factor=factor,
                    negative=negative,
                )


def _spans(value: object, line: str) -> Iterator[tuple[int, int, int, bool]]:
    if isinstance(value, int | float):
        if not abs(value) < 10**MOST_DIGITS:
            return
        for match in _NUMBER.finditer(line):
            printed = _number(match.group())
            if printed is None:
                continue
            for factor in (1, THOUSAND) if abs(value) >= 10**FEWEST_DIGITS else (1,):
                if abs(abs(printed) * factor - abs(value)) < factor:
                    yield match.start(), match.end(), factor, (printed < 0) != (value < 0)
        return
    wanted = _SPACES.sub(" ", str(value)).casefold()
    at = line.casefold().find(wanted)
    if wanted and at >= 0:
        yield at, at + len(wanted), 1, False


def _number(text: str) -> float | None:
    digits = re.sub(r"[^\d,]", "", text).replace(",", ".")
    try:
        number = float(digits)
    except ValueError:
        return None
    return -number if text.lstrip()[:1] in "-−–(" else number


def _trimmed(text: str) -> str:
    """The text before a value without what ends in figures: note numbers, other columns."""
    parts = re.split(r"\d[\d\s\u00a0.,/%-]*", text)
    worded = [part.strip(_EDGES) for part in parts if _LETTERS.search(part)]
    return worded[0] if len(worded) == 1 else (worded[-1] if worded else "")


def _worded(lines: Sequence[str] | Iterator[str]) -> Iterator[str]:
    for line in lines:
        text = words_before_number(line)
        if len(text) > 2 and _LETTERS.search(text):
            yield text
