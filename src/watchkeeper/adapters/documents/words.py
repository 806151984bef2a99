"""Words with their places, joined from PDFium's characters."""

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium_c

from watchkeeper.adapters.documents.placement import ToShown
from watchkeeper.domain.page import Box, Word

_WIDE_GAP = 0.6
"""Gap that splits a word, as a share of its tallest character's height.

A printed space is about 0.4 of a capital's height and letters of one word stand under 0.3 apart;
PDFium writes most gaps as spaces itself, so this only parts columns it has run together.
"""

_SMALLEST_HEIGHT = 4.0
"""Points; a word that begins with a dash or a full stop must not split at the next letter."""

_DIRECTLY_ON = 0.25
"""Gap up to which a word goes on across a line end, as a share of its height.

PDFium ends the line inside `769600-1234` when the text is drawn in two pieces. Tight boxes leave
up to 0.22 between a minus sign and the digit 1; a printed space is wider.
"""

_LINE_END = frozenset("\r\n")
_LINE_END_HYPHEN = 0x02
_LOST = "\ufffe"


def words_of(text_page: Any, place: ToShown) -> tuple[Word, ...]:
    """The page's words in PDFium's order, split at spaces and at wide gaps.

    A hyphen at a line's end stays with the word's first half, as printed; a character without a
    mapping to Unicode is U+FFFE, as it is in PDFium's text.

    Args:
        text_page: An open pypdfium2 text page.
        place: How its boxes are placed on the page as shown.
    """
    words: list[Word] = []
    text = ""
    around: Box | None = None
    line_ended = False
    for character, box in _characters(text_page, place):
        if character in _LINE_END:
            line_ended = True
            continue
        ends = box is None or (
            around is not None and (_is_apart(around, box) or (line_ended and not _goes_on(around, box)))
        )
        if ends and around is not None:
            words.append(Word(text, around.x0, around.top, around.x1, around.bottom))
            text, around = "", None
        if box is not None:
            text += character
            around = box if around is None else _joined(around, box)
            line_ended = False
    if around is not None:
        words.append(Word(text, around.x0, around.top, around.x1, around.bottom))
    return tuple(words)


def _characters(text_page: Any, place: ToShown) -> Iterator[tuple[str, Box | None]]:
    """Each character with its box; a space, or anything without a place, has None."""
    raw = text_page.raw
    unicode_at, box_at = pdfium_c.FPDFText_GetUnicode, pdfium_c.FPDFText_GetCharBox
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    at = tuple(ctypes.byref(side) for side in (left, right, bottom, top))
    high = 0
    for index in range(text_page.count_chars()):
        code = unicode_at(raw, index)
        if 0xD800 <= code <= 0xDBFF:  # the first half of a pair; its box comes with the second
            high = code
            continue
        character = _character(code, high)
        high = 0
        if character.isspace() or not box_at(raw, index, *at):
            yield character, None
            continue
        box = place(left.value, bottom.value, right.value, top.value)
        if code == _LINE_END_HYPHEN and pdfium_c.FPDFText_IsHyphen(raw, index) == 1:
            yield "-", box
            yield "\n", None  # PDFium leaves this line end out
        else:
            yield character, box


def _character(code: int, high: int) -> str:
    if high and 0xDC00 <= code <= 0xDFFF:
        return chr(0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00))
    # Half a pair cannot be written as UTF-8, and no store takes a NUL in text.
    if code == 0 or 0xD800 <= code <= 0xDFFF:
        return _LOST
    return chr(code)


def _is_apart(around: Box, box: Box) -> bool:
    """Whether the next character stands too far from the word so far to belong to it."""
    height = max(around.bottom - around.top, box.bottom - box.top, _SMALLEST_HEIGHT)
    across = max(box.x0 - around.x1, around.x0 - box.x1)
    down = max(box.top - around.bottom, around.top - box.bottom)
    # Text set vertically goes on below or above, so the gap is taken in either direction; marks
    # such as a comma or an apostrophe stand clear of the middle of the line, hence the allowance.
    return across > _WIDE_GAP * height or down > _WIDE_GAP * height


def _goes_on(around: Box, box: Box) -> bool:
    """Whether the next character stands right behind the word, on its line."""
    height = max(around.bottom - around.top, box.bottom - box.top, _SMALLEST_HEIGHT)
    middle = (box.top + box.bottom) / 2
    on_line = around.top <= middle <= around.bottom or box.top <= around.bottom - height / 2 <= box.bottom
    return on_line and abs(box.x0 - around.x1) <= _DIRECTLY_ON * height


def _joined(one: Box, other: Box) -> Box:
    return Box(
        min(one.x0, other.x0),
        min(one.top, other.top),
        max(one.x1, other.x1),
        max(one.bottom, other.bottom),
    )
