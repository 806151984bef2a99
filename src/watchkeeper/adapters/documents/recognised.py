"""What OCR saw on a page: words in the engine's lines, read from its table."""

from dataclasses import dataclass
from statistics import median

from watchkeeper.domain.page import Word

_WORD_LEVEL = "5"
_DOUBTFUL = 40.0
"""Confidence, of 100; real short words of the scanned reports this was measured on are above 60."""

_RULES = frozenset("|¦_~\\")
"""What is left of a table's printed rules."""

_LONG_LINE = 150.0
"""Points; over less, a pixel's rounding would pass for a slope."""
_ENOUGH_LINES = 4


@dataclass(frozen=True, slots=True)
class RecognisedWord:
    """A word with the engine's confidence, 0 to 100."""

    word: Word
    confidence: float


Line = tuple[RecognisedWord, ...]


def recognised_lines(table: str, *, points_per_pixel: float) -> list[Line]:
    """The engine's lines, in its reading order, with places in points.

    Args:
        table: Tab-separated, as Tesseract prints it: level, page, block, paragraph, line, word,
            left, top, width, height (pixels), confidence, text.
        points_per_pixel: From the image's pixels to the page's points.
    """
    lines: dict[tuple[str, ...], list[RecognisedWord]] = {}
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) != 12 or cells[0] != _WORD_LEVEL or not cells[11].strip():
            continue
        left, top, width, height = (int(cell) * points_per_pixel for cell in cells[6:10])
        word = Word(cells[11].strip(), left, top, left + width, top + height)
        recognised = RecognisedWord(word, float(cells[10]))
        if not _is_speck(recognised):
            lines.setdefault(tuple(cells[2:5]), []).append(recognised)
    return [tuple(line) for line in lines.values()]


def mean_confidence(lines: list[Line]) -> float:
    """How sure the engine was, 0 to 100, weighed by the words' lengths; 0 without words."""
    seen = [(word.confidence, len(word.word.text)) for line in lines for word in line]
    length = sum(size for _, size in seen)
    return sum(confidence * size for confidence, size in seen) / length if length else 0.0


def slope_of(lines: list[Line]) -> float:
    """How much lines fall to the right (points down per point across), from words' lower edges.

    Words with a letter below the line differ from their neighbours, hence the medians: within a
    line between its outer thirds, then over all long lines. 0.0 when no line is long enough.
    """
    slopes = []
    for line in lines:
        words = [recognised.word for recognised in line]
        third = len(words) // 3
        if third == 0:
            continue
        first, last = words[:third], words[-third:]
        run = median(w.x0 for w in last) - median(w.x0 for w in first)
        if run > _LONG_LINE:
            slopes.append((median(w.bottom for w in last) - median(w.bottom for w in first)) / run)
    return median(slopes) if len(slopes) >= _ENOUGH_LINES else 0.0


def _is_speck(recognised: RecognisedWord) -> bool:
    """Whether it is more likely dirt, a rule or a scribble than a printed word."""
    text = recognised.word.text
    if set(text) <= _RULES:
        return True
    if recognised.confidence >= _DOUBTFUL or len(text) > 2:
        return False
    # A doubtful digit or dash may be an amount; two doubtful letters beside a signature are not.
    return not any(character.isdigit() or character in "-–—" for character in text)
