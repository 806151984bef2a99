"""Words with places laid out as lines, so that parts of a word broken apart come together again."""

from collections.abc import Sequence
from dataclasses import dataclass

from watchkeeper.domain.page import Word
from watchkeeper.workloads.annual_reports.repair.restorer import Edit

_TOUCHING = 0.16
"""A gap under this share of the line's height is none."""
_ONE_BLANK = 1.25
"""A gap up to this share of the line's height may be one lost letter."""
_SAME_LINE = 0.5
"""Words overlapping by this share of the lower one's height stand on one line."""


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A page's words as one text: a blank or a break between neighbours, tabs between the rest."""

    text: str
    order: tuple[int, ...]
    """The words' places in the page's tuple, in the order of the text."""
    starts: tuple[int, ...]
    """Where each of them starts in the text."""


def lay_out(words: Sequence[Word]) -> LaidOut:
    """Lay a page's words out line by line, left to right."""
    parts: list[str] = []
    order: list[int] = []
    starts: list[int] = []
    length = 0
    for line in _lines(words):
        for at, index in enumerate(line):
            between = "\t" if at == 0 else _between(words[line[at - 1]], words[index])
            starts.append(length + len(between))
            order.append(index)
            parts += [between, words[index].text]
            length += len(between) + len(words[index].text)
    return LaidOut("".join(parts), tuple(order), tuple(starts))


def _lines(words: Sequence[Word]) -> list[list[int]]:
    """The words' indices by line, top to bottom."""
    lines: list[list[int]] = []
    for index in sorted(range(len(words)), key=lambda i: (words[i].bottom, words[i].x0)):
        word = words[index]
        for line in reversed(lines[-3:]):
            first = words[line[0]]
            shared = min(first.bottom, word.bottom) - max(first.top, word.top)
            if shared >= _SAME_LINE * max(min(first.bottom - first.top, word.bottom - word.top), 0.1):
                line.append(index)
                break
        else:
            lines.append([index])
    return [sorted(line, key=lambda i: words[i].x0) for line in lines]


def _between(left: Word, right: Word) -> str:
    height = max(left.bottom - left.top, right.bottom - right.top, 1.0)
    gap = right.x0 - left.x1
    if gap < _TOUCHING * height:
        return "\n"
    return " " if gap <= _ONE_BLANK * height else "\t"


def apply_to_words(words: Sequence[Word], laid: LaidOut, edits: Sequence[Edit]) -> tuple[Word, ...]:
    """The page's words with the edits made; parts of one word become one, around them all."""
    rewritten: dict[int, Word] = {}
    gone: set[int] = set()
    texts = {index: words[index].text for index in laid.order}
    # From the end, so that what stands before keeps its place in the text.
    for edit in reversed(edits):
        covered = [
            at
            for at, start in enumerate(laid.starts)
            if start < edit.end and start + len(words[laid.order[at]].text) > edit.start
        ]
        first, last = laid.order[covered[0]], laid.order[covered[-1]]
        head = texts[first][: edit.start - laid.starts[covered[0]]]
        tail = texts[last][edit.end - laid.starts[covered[-1]] :]
        texts[first] = head + edit.text + tail
        whole = [rewritten.get(i, words[i]) for i in (laid.order[at] for at in covered)]
        rewritten[first] = Word(
            texts[first],
            min(w.x0 for w in whole),
            min(w.top for w in whole),
            max(w.x1 for w in whole),
            max(w.bottom for w in whole),
        )
        gone.update(laid.order[at] for at in covered[1:])
    return tuple(rewritten.get(i, word) for i, word in enumerate(words) if i not in gone)
