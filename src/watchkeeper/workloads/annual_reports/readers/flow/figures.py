"""Amounts in a run of digit groups: where one figure ends and the next begins.

Text in reading order prints `15 774 707 720 953` for note 15, 774 707 and 720 953. All ways to cut such
a run are listed with a cost each; sums of the table decide later where the cost alone does not.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

MINUS_SIGNS = "-−–—"
_DIGITS = re.compile(r"^(?P<open>\(?)(?P<minus>[-−–—+]?)(?P<digits>\d+)(?P<close>\)?)(?P<after>[-−–—]?)\*?$")
_DOTTED = re.compile(r"^(?P<lead>\(?[-−–—]?)(?P<digits>\d{1,3}(?:[.']\d{3})+)(?P<tail>\)?)$")
_NOTE_LIST = re.compile(r"^\d{1,2}(?:[,&+/.-]\d{1,2})*[,&]?$")
_DECIMAL = re.compile(r"^\(?[-−–]?\d+[,.]\d+\)?%?$|^[-−–]?\d+%$")
MOST_DIGITS = 10
"""No amount of such a report has more."""
NOTE_LIMIT = 60
"""No report of this kind has more notes."""


@dataclass(frozen=True, slots=True)
class Token:
    """One printed token of a row's numeric tail."""

    text: str
    digits: str
    """Empty for a lone dash."""
    negative: bool
    signed: bool
    """Whether it opens with a sign or parenthesis, so that it can only begin a figure."""
    segment: int
    """The printed line it stands on, counted within the row; a figure never spans two."""


@dataclass(frozen=True, slots=True)
class Split:
    """One way to cut a run: its figures in column order, its note reference, and what speaks against it."""

    amounts: tuple[int, ...]
    note: int | None
    cost: float


@dataclass(frozen=True, slots=True)
class RunContext:
    """What the table says about its runs."""

    columns: int
    """How many figures a row has."""
    noted: bool
    """Whether the table has a column of note numbers."""
    last_note: int
    """The highest note number referred to above; 0 when there is none."""
    sum_row: bool
    """Whether the row is a sum, which refers to no note."""


def number_token(text: str, segment: int) -> Token | None:
    """The token of a printed digit group or dash, or None when the text is something else."""
    text = text.lstrip("<>+*'’‘|")
    if not text:
        return None
    if text in MINUS_SIGNS:
        return Token(text, "", True, True, segment)
    dotted = _DOTTED.match(text)
    if dotted:
        lead = dotted["lead"]
        digits = re.sub(r"\D", "", dotted["digits"])
        return Token(text, digits, bool(lead), True, segment)
    match = _DIGITS.match(text)
    if match is None or len(match["digits"]) > 12:
        return None
    negative = match["minus"] in ("-", "−", "–", "—") and bool(match["minus"])
    negative = negative or bool(match["open"] and match["close"]) or bool(match["after"])
    signed = bool(match["minus"] or match["open"])
    return Token(text, match["digits"], negative or bool(match["open"]), signed, segment)


def is_note_list(text: str) -> bool:
    """Whether the text refers to notes as `8,12`, `3,` or `4&5` do."""
    return bool(_NOTE_LIST.match(text)) and not text.isdigit()


def is_decimal(text: str) -> bool:
    """Whether the text is a decimal figure or a percentage."""
    return bool(_DECIMAL.match(text))


def splits(tokens: tuple[Token, ...], context: RunContext, *, limit: int = 8) -> tuple[Split, ...]:
    """The ways to cut a run into the table's number of figures, cheapest first."""
    found: dict[tuple[int | None, tuple[int, ...]], float] = {}
    starts: list[tuple[int, int | None]] = [(0, None)]
    first = tokens[0] if tokens else None
    if first is not None and first.digits and not first.signed and 1 <= int(first.digits) <= NOTE_LIMIT:
        starts.append((1, int(first.digits)))
    for start, note in starts:
        for amounts, glued in _cuts(tokens, start, context.columns):
            cost = _cost(amounts, note, context) + glued
            key = (note, amounts)
            if key not in found or cost < found[key]:
                found[key] = cost
    ranked = sorted(found.items(), key=lambda item: item[1])[:limit]
    return tuple(Split(amounts, note, cost) for (note, amounts), cost in ranked)


def _cuts(tokens: tuple[Token, ...], start: int, columns: int) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every way to read exactly `columns` figures from `tokens[start:]`, with a cost for odd printing."""
    if columns == 0:
        if start == len(tokens):
            yield (), 0.0
        return
    for end, value, cost in _figure_ends(tokens, start):
        if len(tokens) - end < columns - 1:
            break
        for rest, more in _cuts(tokens, end, columns - 1):
            yield (value, *rest), cost + more


def _figure_ends(tokens: tuple[Token, ...], start: int) -> Iterator[tuple[int, int, float]]:
    """The figures that can begin at a token: where each ends, its value, its cost."""
    if start >= len(tokens):
        return
    first = tokens[start]
    if not first.digits:
        yield start + 1, 0, 0.0
        if start + 1 < len(tokens) and tokens[start + 1].digits and not tokens[start + 1].signed:
            for end, value, cost in _figure_ends(tokens, start + 1):
                yield end, -value, cost
        return
    if len(first.digits) > 1 and first.digits[0] == "0":
        return
    digits, negative = first.digits, first.negative
    cost = 0.5 if 3 < len(digits) < 7 and not first.signed else 0.0
    yield start + 1, -int(digits) if negative else int(digits), 0.0 if len(digits) != 4 else 0.1
    if digits == "0":
        return
    end = start + 1
    while end < len(tokens):
        follower = tokens[end]
        if len(follower.digits) != 3 or follower.signed or follower.segment != first.segment:
            return
        digits += follower.digits
        if len(digits) > MOST_DIGITS:
            return
        negative = negative or follower.negative
        end += 1
        yield end, -int(digits) if negative else int(digits), cost


def _groups(value: int) -> int:
    """How many groups of three digits a figure is printed in."""
    return (len(str(abs(value))) + 2) // 3


def _cost(amounts: tuple[int, ...], note: int | None, context: RunContext) -> float:
    """How little a cut looks like a row of the table: unlike magnitudes, an odd note number."""
    cost = 0.0
    for left, right in pairwise(amounts):
        if left and right:
            cost += 0.8 * abs(math.log10(abs(left) / abs(right)))
            cost += 0.1 * ((left < 0) != (right < 0))
            cost += 0.3 * abs(_groups(left) - _groups(right))
        elif left or right:
            cost += 0.5
    if note is not None:
        cost += 0.3 if context.noted else 2.0
        cost += 1.5 * (note < context.last_note) + 1.0 * context.sum_row
        cost -= 0.3 * (context.noted and context.last_note <= note <= context.last_note + 1)
    return cost
