"""Reading-order text from OCR's lines, with each table row on one line of its own."""

from dataclasses import replace

from watchkeeper.adapters.documents.recognised import Line, RecognisedWord
from watchkeeper.domain.page import Word

_SAME_ROW = 0.5
"""Share of the lower line's height that two lines must have in common to be one row."""

_AMOUNT_SHARE = 0.5


def straightened(lines: list[Line], *, slope: float, middle: float) -> list[Line]:
    """The lines with their words moved up or down until lines run level.

    Readers find rows by height, and a page scanned one degree askew falls by ten points across.
    The page is levelled around its middle, so words move by half of that at most.

    Args:
        lines: From `recognised_lines`.
        slope: From `slope_of`.
        middle: The page's half width, in points.
    """
    return [tuple(_levelled(word, slope, middle) for word in line) for line in lines]


def text_of(lines: list[Line]) -> str:
    """The page's text in reading order, a newline after each line.

    The engine puts the columns of a wide table into blocks of their own; a label then stands far
    from its amounts. A line of amounts is therefore put behind the text to its left on its row.
    Running text side by side stays apart, as the engine ordered it.
    """
    rows: list[list[Line]] = []
    for line in lines:
        row = next((row for row in reversed(rows) if _belongs(line, row)), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    return "".join(_printed(row) for row in rows)


def _levelled(recognised: RecognisedWord, slope: float, middle: float) -> RecognisedWord:
    word = recognised.word
    down = slope * ((word.x0 + word.x1) / 2 - middle)
    return replace(
        recognised,
        word=Word(word.text, word.x0, word.top - down, word.x1, word.bottom - down),
    )


def _belongs(line: Line, row: list[Line]) -> bool:
    if not (_is_amounts(line) or all(_is_amounts(part) for part in row)):
        return False
    top, bottom, x0, x1 = _extent(line)
    for part in row:
        part_top, part_bottom, part_x0, part_x1 = _extent(part)
        if min(x1, part_x1) > max(x0, part_x0):
            return False
        common = min(bottom, part_bottom) - max(top, part_top)
        if common < _SAME_ROW * min(bottom - top, part_bottom - part_top):
            return False
    return True


def _is_amounts(line: Line) -> bool:
    text = "".join(recognised.word.text for recognised in line)
    letters = sum(character.isalpha() for character in text)
    # Signs and dashes count as amounts: a dash in a column of figures stands for zero.
    return letters <= _AMOUNT_SHARE * len(text)


def _extent(line: Line) -> tuple[float, float, float, float]:
    words = [recognised.word for recognised in line]
    # The middle half of the heights: one word read across two lines must not join them.
    tops, bottoms = sorted(word.top for word in words), sorted(word.bottom for word in words)
    middle = len(words) // 2
    return tops[middle], bottoms[middle], min(word.x0 for word in words), max(word.x1 for word in words)


def _printed(row: list[Line]) -> str:
    words = sorted((part for line in row for part in line), key=lambda part: part.word.x0)
    return " ".join(part.word.text for part in words) + "\n"
