"""Numbers of a row: words that stand close enough to be one printed number are joined."""

import re
from dataclasses import dataclass

from watchkeeper.domain.page import Box
from watchkeeper.workloads.annual_reports.readers.layout.printed import is_dash, parse_number
from watchkeeper.workloads.annual_reports.readers.layout.rows import Token, box_of

_HEAD = re.compile(r"[(\-−–‐+]?\d{1,3}")
_TAIL = re.compile(r"\d{3}(?:,\d+)?[)\-−–‐]?")
_OCR_HEAD = re.compile(r"[(\-−–‐+]?\d{1,6}")
_OCR_TAIL = re.compile(r"\d{3}(?:\d{3})?(?:,\d+)?[)\-−–‐]?")
"""OCR runs groups of thousands together, `1648 959`, and parts them again elsewhere."""
_THOUSANDS_GAP_CHARS = 1.4
"""The space between thousands is one space wide, more beside a narrow 1; the next column is further off."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number printed in a row, over tokens `first` up to, not including, `end`."""

    value: int | float
    first: int
    end: int
    box: Box
    text: str
    percent: bool
    dash: bool
    """Printed as a dash, which stands for nothing."""


def close(left: Token, right: Token, width: float) -> bool:
    """Whether two words stand as near as the groups of one number."""
    return right.box.x0 - left.box.x1 < _THOUSANDS_GAP_CHARS * width


@dataclass(frozen=True, slots=True)
class Print:
    """How a page is printed: the usual width of a character, in points, and whether OCR read it."""

    width: float
    ocr: bool = False


def _extent(tokens: list[Token], start: int, end: int, printing: Print) -> int:
    """Where the number that starts at `start` ends."""
    head, tail = (_OCR_HEAD, _OCR_TAIL) if printing.ocr else (_HEAD, _TAIL)
    stop = start + 1
    if is_dash(tokens[start].text) and stop < end:
        stop += 1
    if not head.fullmatch("".join(t.text for t in tokens[start:stop])):
        return stop
    while stop < end and tail.fullmatch(tokens[stop].text.rstrip(".;:")):
        if not close(tokens[stop - 1], tokens[stop], printing.width):
            break
        stop += 1
        if not tokens[stop - 1].text[-1].isdigit():
            break
    return stop


def numbers_of(tokens: list[Token], first: int, end: int, printing: Print) -> list[Number]:
    """The numbers among the tokens of one row, left to right.

    Args:
        tokens: All tokens of the page.
        first: The row's first token.
        end: One past the row's last token.
        printing: How the page is printed.
    """
    found: list[Number] = []
    at = first
    while at < end:
        text = tokens[at].text
        dash = is_dash(text)
        if not (dash or any(c.isdigit() for c in text)):
            at += 1
            continue
        stop = at + 1
        if dash:
            follows = at + 1 < end and tokens[at + 1].text[0].isdigit()
            if follows and close(tokens[at], tokens[at + 1], printing.width * 1.6):
                stop = _extent(tokens, at, end, printing)
        else:
            stop = _extent(tokens, at, end, printing)
        number = _read(tokens, at, stop, end)
        if number:
            found.append(number)
        at = stop
    return found


def _read(tokens: list[Token], first: int, stop: int, end: int) -> Number | None:
    parts = tokens[first:stop]
    text = " ".join(t.text for t in parts)
    box = box_of(parts)
    assert box is not None
    if is_dash(text):
        return Number(0, first, stop, box, text, False, True)
    percent = text.endswith("%") or (stop < end and tokens[stop].text.startswith("%"))
    plain = text.rstrip("%.;:,").strip()
    value = parse_number("".join(plain.split()) if plain[0] in "-−–‐" else plain)
    return None if value is None else Number(value, first, stop, box, text, percent, False)
