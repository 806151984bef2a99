"""Thousands that OCR has run together are parted again: `1648 959` is printed `1 648 959`.

The digit 1 is narrow and a thin space beside it is lost; a speck in a space is read as a full stop
(`19.337 631`). Only a number directly before a group of three digits is touched, and only where
amounts or nothing follow, so that running text (`2022 100 lägenheter`) stays as it is.
"""

import re
from dataclasses import replace

from watchkeeper.adapters.documents.recognised import Line, RecognisedWord
from watchkeeper.domain.page import Word

_RUN_TOGETHER = re.compile(r"([-−–]?\d{1,3})[.,]?(\d{3})")
_GROUP = re.compile(r"\d{3}")
_AMOUNT = re.compile(r"[-−–—\d.,%()]+")
_SPACE = 1.0
"""Widest gap inside an amount, as a share of its height; columns stand two or more apart."""


def regrouped(line: Line) -> Line:
    """The line with its amounts' thousands in words of their own, as printed."""
    words: list[RecognisedWord] = []
    for index, recognised in enumerate(line):
        match = _RUN_TOGETHER.fullmatch(recognised.word.text)
        if match and _goes_on(line, index):
            words.extend(_parted(recognised, match[1], match[2]))
        else:
            words.append(recognised)
    return tuple(words)


def _goes_on(line: Line, index: int) -> bool:
    rest = [recognised.word for recognised in line[index + 1 :]]
    if not rest or not _GROUP.fullmatch(rest[0].text):
        return False
    word = line[index].word
    if rest[0].x0 - word.x1 > _SPACE * (word.bottom - word.top):
        return False
    amounts = sum(_AMOUNT.fullmatch(other.text) is not None for other in rest[1:])
    return 2 * amounts >= len(rest) - 1


def _parted(recognised: RecognisedWord, first: str, second: str) -> list[RecognisedWord]:
    word = recognised.word
    # Digits have one width, and a lost space hardly any.
    cut = word.x0 + (word.x1 - word.x0) * len(first) / (len(first) + len(second))
    return [
        replace(recognised, word=Word(first, word.x0, word.top, cut, word.bottom)),
        replace(recognised, word=Word(second, cut, word.top, word.x1, word.bottom)),
    ]
