"""A printed line as label and numeric tail: `Byggnader Not 8,12 666 670 761 670 174 119`."""

import re
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.readers.flow.figures import (
    Token,
    is_decimal,
    is_note_list,
    number_token,
)

_DATE = re.compile(r"^\(?[-–]?\d{4}-\d{2}-\d{2}[,)]?$")
_HUNDREDTHS = re.compile(r"(?<=\d \d{3}),\d{2}(?!\d)")
_SPACES = re.compile(r"[\u00a0\u2007\u2009\u202f]")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: its words, the figures at its end, and whether notes are referred to."""

    label: str
    tokens: tuple[Token, ...]
    note_given: bool
    """A note word or a list of notes stands between label and figures."""
    figures: str
    """The figures as printed."""


def clean(text: str) -> str:
    """The text with every kind of space as a plain one."""
    return " ".join(_SPACES.sub(" ", text).split())


def read_line(text: str, *, note_words: frozenset[str], units: frozenset[str]) -> Line:
    """A line cut into label and figures; a line that ends in no figure is all label.

    Args:
        text: The line, spaces cleaned.
        note_words: Folded words that stand before a note number.
        units: Folded words that may follow an amount.
    """
    words = _HUNDREDTHS.sub("", text).split(" ") if text else []
    end = _without_specks(words)
    while end and (words[end - 1].casefold().strip(".*") in units or _DATE.match(words[end - 1])):
        end -= 1
    start = end
    while start and number_token(words[start - 1], 0) is not None:
        start -= 1
    if start == end:
        return Line(text, (), False, "")
    label_end = start
    if (
        label_end
        and words[label_end - 1].casefold().strip(".:") in note_words
        and not is_decimal(words[start])
    ):
        tokens = _tokens(words[start + 1 : end]) or _tokens(words[start:end])
        return Line(" ".join(words[: label_end - 1]), tokens, True, " ".join(words[start:end]))
    given = False
    while label_end and is_note_list(words[label_end - 1]) and len(words[label_end - 1]) <= 8:
        given = True
        label_end -= 1
    if given and words[start - 1].endswith((",", "&")) and len(words[start]) <= 2 and end - start > 1:
        start += 1
    while label_end and words[label_end - 1].casefold().strip(".:") in note_words:
        given = True
        label_end -= 1
    return Line(" ".join(words[:label_end]), _tokens(words[start:end]), given, " ".join(words[start:end]))


def _without_specks(words: list[str]) -> int:
    """Where a line ends without the one or two short scraps a scan leaves behind figures."""
    end = len(words)
    for scraps in (1, 2):
        body = words[: end - scraps]
        if len(body) < 4 or len(words[end - scraps]) > 2 or number_token(words[end - scraps], 0) is not None:
            continue
        if words[end - scraps].casefold() not in _KEPT and all(number_token(word, 0) for word in body[-2:]):
            return end - scraps
    return end


_KEPT = {"%"}


def _tokens(words: list[str]) -> tuple[Token, ...]:
    return tuple(token for word in words if (token := number_token(word, 0)) is not None)


def middle_cut(text: str) -> int | None:
    """Where a second row begins on a line that glues two: after the first run of figures, before words.

    Returns:
        The index of the first letter after the run, or None when the line holds one row at most.
    """
    for match in _GLUED.finditer(text):
        groups = match["run"].split()
        if len(groups) >= 2 and any(len(group) == 3 for group in groups[1:]):
            return match.end("run") + 1
    return None


_GLUED = re.compile(
    r"[^\W\d][^\d]*? (?P<run>(?:[-−–]?\d{1,3})(?: [-−–]?\d{1,3}){1,9}) (?=[^\W\d_]{3}|[!\"#$&'] ?\w)"
)
