"""A page's text as runs of letters and of signs that may stand for letters."""

import re
from dataclasses import dataclass
from enum import Enum

_ODD = (
    r"!\"#$%&*+<=>?@\[\\\]^`{|}~"
    r"\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u20ac-\u303f"  # symbols
    r"\x01-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufff0-\uffff"  # controls, private and no characters
)
"""Signs a broken font shows in a letter's place; the rest of punctuation belongs between words."""
_WHOLE = re.compile(rf"(?:[^\W\d_]|[{_ODD}])+")
_SIGN = re.compile(rf"[{_ODD}]")
SIGN_IN_WORD = re.compile(rf"[^\W\d_][{_ODD}]+[^\W\d_]")
"""A sign between two letters: rare in sound text, the mark of a broken layer."""


class Gap(Enum):
    """What stands between a run and the one before it."""

    APART = "apart"
    """Something that parts words for certain."""
    BLANK = "blank"
    """A blank or two: one may be a letter that was lost."""
    BREAK = "break"
    """A line break, or places that touch: it may have come into the middle of a word."""


@dataclass(frozen=True, slots=True)
class Run:
    """Letters and signs without a blank between."""

    text: str
    start: int
    gap: Gap
    """Before it."""
    opens: bool
    """Whether it begins a line or a sentence, where a capital is due."""
    frozen: bool
    """Whether it touches a digit: such a run is left as it is."""
    after_blank: bool
    """Whether a blank or a line break stands right before it, so that a first letter may be lost."""

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.start + len(self.text)


def is_sign(character: str) -> bool:
    """Whether a character may be a letter read wrongly."""
    return bool(_SIGN.match(character))


def runs_of(text: str) -> tuple[Run, ...]:
    """The runs of a page's text, in order."""
    runs: list[Run] = []
    end = 0
    for found in _WHOLE.finditer(text):
        between = text[end : found.start()]
        before = text[found.start() - 1 : found.start()]
        after = text[found.end() : found.end() + 1]
        opens = not runs or "\n" in between or "\t" in between or any(stop in between for stop in ".:?*•")
        frozen = before.isdigit() or after.isdigit()
        blank = not before or before.isspace()
        runs.append(Run(found.group(), found.start(), _gap(between), opens, frozen, blank))
        end = found.end()
    return tuple(runs)


def _gap(between: str) -> Gap:
    if between in (" ", "  ", "\u00a0"):  # two: a lost letter at a word's edge and the blank beside it
        return Gap.BLANK
    if between and not between.strip(" \n") and between.count("\n") == 1:
        return Gap.BREAK
    return Gap.APART


def edges_touch(left: Run, right: Run) -> bool:
    """Whether two runs meet at a sign, so that nothing need be lost between them."""
    return is_sign(left.text[-1]) or is_sign(right.text[0])
