"""Restores the words of one page: which runs belong together and which letters the signs stand for."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.repair.lexicon import Lexicon, Match, Pattern
from watchkeeper.workloads.annual_reports.repair.runs import Gap, Run, edges_touch, is_sign, runs_of
from watchkeeper.workloads.annual_reports.repair.votes import LOST, Votes

_WIDEST = 7
"""Runs joined at most: PDFium has been seen to break one word into six."""
_KNOWN_COST = 3.4
"""A compound dearer than this is no proof of a word."""
_CLEAR = 0.5
"""The next reading must cost so much more for the first to count as certain."""
_UNKNOWN = 2.2
_UNKNOWN_NAME = 1.2
_UNKNOWN_WITH_SIGN = 2.6
_GUESSED = 2.0
_MATCHED = 0.4
_LONG_WORD = 8
_LONG_WORD_GAIN = 0.3
_JOIN = 0.15
_EDGE_LOST = 0.6
_WORD_WEIGHT = 0.8
_CHANCE_WEIGHT = 0.3
_RAREST = -3.0
"""Natural logarithm: a second font on the page may use the same sign for another letter."""
_CLEAR_GUESS = 0.7
"""Natural logarithm: the best guess must be twice as likely as the next."""
_MOST_GUESSED = 3
_LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Edit:
    """A piece of a page's text and what it says."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A way to read some neighbouring runs as one word."""

    cost: float
    width: int
    """How many runs it covers."""
    text: str | None
    """None when the run stays as it is."""
    signs: tuple[tuple[str, str], ...] = ()
    """Each sign (`LOST` for a blank) with the letters it is read as; empty unless certain."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """What the unreadable places may hold."""

    options: Mapping[str, tuple[str, ...]]
    """By sign, `LOST` among them; a sign that is absent stands for itself."""
    default: tuple[str, ...] = ()
    """For signs not in `options`."""

    def of(self, sign: str) -> tuple[str, ...]:
        """The strings that may stand where the sign stands."""
        return self.options.get(sign, self.default)


class Restorer:
    """Restores pages with what is known of a layer's damage so far."""

    def __init__(self, lexicon: Lexicon, gaps: Gaps, votes: Votes | None) -> None:
        """Take the words, the possibilities, and the votes of an earlier pass, if there was one."""
        self._lexicon = lexicon
        self._gaps = gaps
        self._votes = votes
        self._costs: dict[tuple[str, bool], float] = {}

    def edits(self, page: int, text: str) -> Iterator[tuple[Edit, Reading]]:
        """The places of a page's text to change, in order, none overlapping."""
        runs = runs_of(text)
        best: list[tuple[float, Reading | None]] = [(math.inf, None) for _ in runs]
        best.append((0.0, None))
        for at in range(len(runs) - 1, -1, -1):
            for reading in self._readings(page, runs, at):
                cost = reading.cost + best[at + reading.width][0]
                if cost < best[at][0]:
                    best[at] = (cost, reading)
        at = 0
        while at < len(runs):
            chosen = best[at][1]
            assert chosen is not None
            if chosen.text is not None:
                yield Edit(runs[at].start, runs[at + chosen.width - 1].end, chosen.text), chosen
            at += chosen.width

    def _readings(self, page: int, runs: Sequence[Run], at: int) -> Iterator[Reading]:
        run = runs[at]
        as_it_is = self._as_it_is(run)
        yield Reading(as_it_is, 1, None)
        if run.frozen:
            return
        if as_it_is > 0:
            yield from self._of_window(page, runs, at, 1)
        for width in range(2, min(_WIDEST, len(runs) - at) + 1):
            if not self._may_join(runs[at + width - 2], runs[at + width - 1]):
                return
            yield from self._of_window(page, runs, at, width)

    def _as_it_is(self, run: Run) -> float:
        key = (run.text, run.frozen)
        if key not in self._costs:
            self._costs[key] = self._cost_unchanged(run)
        return self._costs[key]

    def _cost_unchanged(self, run: Run) -> float:
        letters = run.text.strip("!\"?*'")
        if run.frozen or not any(letter.isalpha() for letter in letters):
            return (
                0.0 if run.frozen or not any(self._gaps.of(sign) for sign in run.text) else _UNKNOWN_WITH_SIGN
            )
        if any(is_sign(letter) and self._gaps.of(letter) for letter in letters):
            return _UNKNOWN_WITH_SIGN
        if self._knows(letters):
            edge = run.text != letters and any(self._gaps.of(c) for c in run.text if is_sign(c))
            return 1.5 if edge else 0.0
        return _UNKNOWN_NAME if letters[0].isupper() and len(letters) > 1 else _UNKNOWN

    def _knows(self, word: str) -> bool:
        matches = self._lexicon.matches(tuple((letter,) for letter in word.casefold()))
        return bool(matches) and matches[0].cost <= _KNOWN_COST

    def _may_join(self, left: Run, right: Run) -> bool:
        if right.frozen or left.frozen or right.gap is Gap.APART:
            return False
        if right.gap is Gap.BREAK and edges_touch(left, right):
            return True
        # Two known words side by side are two words.
        return bool(self._gaps.of(LOST)) and self._as_it_is(left) + self._as_it_is(right) > 0

    def _of_window(self, page: int, runs: Sequence[Run], at: int, width: int) -> Iterator[Reading]:
        """Readings of runs joined into one word, perhaps with a letter lost at an edge."""
        window = runs[at : at + width]
        after = runs[at + width].gap if at + width < len(runs) else Gap.APART
        for lead, trail in self._edges(window, after):
            places = self._places(window, lead, trail)
            if not any(len(options) > 1 or place for place, options in places):
                continue
            reading = self._matched(page, window, places, edges=lead + trail)
            if reading is not None:
                yield reading
        if width == 1:
            yield from self._guessed(page, window)

    def _edges(self, window: Sequence[Run], after: Gap) -> Iterator[tuple[int, int]]:
        yield 0, 0
        if self._gaps.of(LOST):
            if window[0].text[0].islower() and window[0].after_blank:
                yield 1, 0
            if window[-1].text[-1].islower() and after is not Gap.APART and len(window) == 1:
                yield 0, 1

    def _places(self, window: Sequence[Run], lead: int, trail: int) -> list[tuple[str, tuple[str, ...]]]:
        """Each place of the word with its sign ('' for a legible letter) and what may stand there."""
        lost = (LOST, self._gaps.of(LOST))
        places = [lost] * lead
        for at, run in enumerate(window):
            if at and not (run.gap is Gap.BREAK and edges_touch(window[at - 1], run)):
                places.append(lost)
            for character in run.text:
                options = self._gaps.of(character) if is_sign(character) else ()
                places.append((character, options) if options else ("", (character.casefold(),)))
        return places + [lost] * trail

    def _matched(
        self, page: int, window: Sequence[Run], places: list[tuple[str, tuple[str, ...]]], *, edges: int
    ) -> Reading | None:
        pattern: Pattern = tuple(options for _, options in places)
        signs = [sign for sign, options in places if len(options) > 1]
        single = [(sign, options[0]) for sign, options in places if sign and len(options) == 1]
        ranked = sorted(
            (self._cost(page, signs, match, edges), match.fills)
            for match in self._lexicon.matches(pattern)
            if match.cost <= _KNOWN_COST
        )
        if not ranked:
            return None
        cost, fills = ranked[0]
        clear = len(ranked) == 1 or ranked[1][0] - cost >= _CLEAR
        filled = _filled(places, fills)
        gain = _LONG_WORD_GAIN if len(window) > 1 and len(filled) >= _LONG_WORD else 0.0
        text = self._cased(page, window, places, filled)
        said = (*zip(signs, fills, strict=True), *single) if clear else ()
        return Reading(cost + _JOIN * (len(window) - 1) - gain, len(window), text, tuple(said))

    def _cost(self, page: int, signs: Sequence[str], match: Match, edges: int) -> float:
        cost = _MATCHED + _WORD_WEIGHT * (match.cost - 1.0) + _EDGE_LOST * edges
        if self._votes is not None:
            chances = (self._votes.chance(page, s, f) for s, f in zip(signs, match.fills, strict=True))
            cost -= _CHANCE_WEIGHT * sum(max(chance, _RAREST) for chance in chances)
        return cost

    def _guessed(self, page: int, window: Sequence[Run]) -> Iterator[Reading]:
        """A word that is in no list, such as a name, by the signs' usual meaning and the letters around."""
        places = self._places(window, 0, 0)
        signs = [sign for sign, options in places if sign and options]
        letters = sum(not sign for sign, _ in places)
        if self._votes is None or not signs or len(signs) > _MOST_GUESSED or letters < _LEAST_LETTERS:
            return
        if is_sign(window[0].text[-1]) and len(signs) == 1 and self._knows(window[0].text[:-1]):
            return
        ranked = []
        for fills in itertools.product(*(options for sign, options in places if sign)):
            word = "".join(_filled(places, fills, every=True))
            chances = sum(self._votes.chance(page, s, f) for s, f in zip(signs, fills, strict=True))
            ranked.append((chances + self._lexicon.likelihood(word) * (len(word) + 1), fills))
        ranked.sort(reverse=True)
        if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _CLEAR_GUESS:
            return
        filled = _filled(places, ranked[0][1], every=True)
        yield Reading(_GUESSED, 1, self._cased(page, window, places, filled))

    def _cased(
        self,
        page: int,
        window: Sequence[Run],
        places: Sequence[tuple[str, tuple[str, ...]]],
        filled: Sequence[str],
    ) -> str:
        """The word with its printed capitals, and capitals where the lost letters need them."""
        printed = iter("".join(run.text for run in window))
        originals = [next(printed) if sign != LOST else LOST for sign, _ in places]
        legible = [letter for letter, (sign, _) in zip(originals, places, strict=True) if not sign]
        capitals = len(legible) > 1 and all(letter.isupper() for letter in legible)
        out = []
        for at, (sign, _) in enumerate(places):
            if not sign:
                out.append(originals[at])
            elif capitals or (at == 0 and self._is_capital(page, window[0], sign)):
                out.append(filled[at].upper() if capitals else filled[at].capitalize())
            else:
                out.append(filled[at])
        return "".join(out)

    def _is_capital(self, page: int, run: Run, sign: str) -> bool:
        if sign == LOST:
            return False
        if self._votes is not None and not self._votes.is_small_letter(page, sign):
            return True
        return run.opens


def _filled(
    places: Sequence[tuple[str, tuple[str, ...]]], fills: Sequence[str], *, every: bool = False
) -> list[str]:
    """The letters of each place, gaps filled in order; `every` counts places with one choice as gaps."""
    rest = iter(fills)
    filled = []
    for sign, options in places:
        gap = bool(sign) if every else len(options) > 1
        filled.append(next(rest) if gap else options[0])
    return filled
