"""Known Swedish words, their endings and compounds, matched where some letters are unreadable."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from watchkeeper.workloads.annual_reports.yaml_text import parsed

_END = "\0"
_KEPT = 4
"""Readings kept at each place of a word: more never changed a result, fewer lose the second choice."""
_MOST_PARTS = 5
_PART_COST = 1.0
_SHORT_PART_COST = 1.4
"""Added to a compound's part of so few letters that it fits almost anywhere."""
_SHORT_PART = 3
_ENDING_COST = 0.35
_LINK_COST = 0.1
_LINK = "s"
_VOWELS = frozenset("aeiouyåäöé")

Pattern = tuple[tuple[str, ...], ...]
"""A word as read: for each place the strings that may stand there, one where it is legible."""


@dataclass(frozen=True, slots=True)
class Match:
    """A reading of a pattern as a word, an inflected word or a compound."""

    cost: float
    """1.0 for a known word; more for endings and each further part."""
    fills: tuple[str, ...]
    """What stands at each place with more than one possibility, left to right."""


@dataclass(frozen=True, slots=True)
class RepairWords:
    """The word list as it stands in the file."""

    letters: tuple[str, ...]
    ligatures: tuple[str, ...]
    endings: tuple[str, ...]
    """After any letter."""
    vowel_endings: tuple[str, ...]
    """After a vowel."""
    words: tuple[str, ...]


@lru_cache(maxsize=1)
def load_repair_words() -> RepairWords:
    """The word list that ships with the workload."""
    data = parsed(files(__package__).joinpath("repair_words.yaml").read_text(encoding="utf-8"))
    return RepairWords(
        letters=tuple(data["letters"]),
        ligatures=tuple(data["ligatures"]),
        endings=tuple(sorted(set(data["endings"].split()))),
        vowel_endings=tuple(sorted(set(data["vowel_endings"].split()))),
        words=tuple(
            sorted(
                {word for part in ("words", "short_words", "names_and_places") for word in data[part].split()}
            )
        ),
    )


class Lexicon:
    """Words to match damaged ones against, and how letters follow each other in them."""

    def __init__(self, words: Iterable[str], endings: Iterable[str], vowel_endings: Iterable[str]) -> None:
        """Take the words, any case, and the endings that may follow any letter or a vowel."""
        self._words: dict[str, object] = {}
        known = {word.casefold() for word in words}
        for word in known:
            _insert(self._words, word)
        self._endings: dict[str, object] = {}
        self._vowel_endings: dict[str, object] = {}
        for ending in endings:
            _insert(self._endings, ending)
        for ending in (*endings, *vowel_endings):
            _insert(self._vowel_endings, ending)
        self._cache: dict[Pattern, tuple[Match, ...]] = {}
        self._trigrams, self._bigrams = _letter_counts(known)

    def knows(self, word: str) -> bool:
        """Whether a legible word is a known one, inflected or compound."""
        return bool(self.matches(tuple((letter,) for letter in word.casefold())))

    def matches(self, pattern: Pattern) -> tuple[Match, ...]:
        """The readings of a pattern, cheapest first, each filling the gaps differently."""
        if pattern not in self._cache:
            self._cache[pattern] = self._search(pattern)
        return self._cache[pattern]

    def likelihood(self, word: str) -> float:
        """The mean natural logarithm of a letter's chance after the two before it; higher is likelier."""
        text = f"^^{word.casefold()}$"
        total = 0.0
        for at in range(2, len(text)):
            pair = text[at - 2 : at]
            total += math.log((self._trigrams[pair + text[at]] + 0.1) / (self._bigrams[pair] + 3.5))
        return total / (len(text) - 2)

    def _search(self, pattern: Pattern) -> tuple[Match, ...]:
        best: dict[int, list[tuple[float, tuple[str, ...], int]]] = {len(pattern): [(0.0, (), 0)]}
        for start in range(len(pattern) - 1, -1, -1):
            best[start] = self._from(pattern, start, best)
        found: dict[tuple[str, ...], float] = {}
        for cost, fills, _ in best[0]:
            found[fills] = min(cost, found.get(fills, math.inf))
        return tuple(sorted((Match(cost, fills) for fills, cost in found.items()), key=lambda m: m.cost))

    def _from(
        self, pattern: Pattern, start: int, best: Mapping[int, list[tuple[float, tuple[str, ...], int]]]
    ) -> list[tuple[float, tuple[str, ...], int]]:
        """The cheapest ways to read the pattern from a place on, where a new part begins."""
        ways: dict[tuple[str, ...], tuple[float, tuple[str, ...], int]] = {}
        length = len(pattern)
        steps = [
            (end, fills, self._part_cost(end - start, whole=start == 0 and end == length), 1)
            for end, fills in _walk(self._words, pattern, start)
        ]
        if start:
            after_vowel = any(option[-1] in _VOWELS for option in pattern[start - 1])
            endings = self._vowel_endings if after_vowel else self._endings
            steps += [
                (end, fills, _ENDING_COST, 0)
                for end, fills in _walk(endings, pattern, start)
                if end == length
            ]
            if pattern[start] == (_LINK,):
                steps.append((start + 1, (), _LINK_COST, 0))
        for end, fills, cost, parts in steps:
            for rest_cost, rest_fills, rest_parts in best.get(end, ()):
                way = (cost + rest_cost, fills + rest_fills, parts + rest_parts)
                if way[2] <= _MOST_PARTS and way[0] < ways.get(way[1], (math.inf,))[0]:
                    ways[way[1]] = way
        return sorted(ways.values())[:_KEPT]

    def _part_cost(self, length: int, *, whole: bool) -> float:
        return _PART_COST + (_SHORT_PART_COST if length <= _SHORT_PART and not whole else 0.0)


def _insert(trie: dict[str, object], word: str) -> None:
    node = trie
    for letter in word:
        below = node.setdefault(letter, {})
        assert isinstance(below, dict)
        node = below
    node[_END] = True


def _walk(trie: dict[str, object], pattern: Pattern, start: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Where words of a trie that begin at a place of the pattern end, and how they fill its gaps."""
    stack: list[tuple[dict[str, object], int, tuple[str, ...]]] = [(trie, start, ())]
    while stack:
        node, at, fills = stack.pop()
        if _END in node and at > start:
            yield at, fills
        if at == len(pattern):
            continue
        options = pattern[at]
        for option in options:
            below = _descend(node, option)
            if below is not None:
                stack.append((below, at + 1, (*fills, option) if len(options) > 1 else fills))


def _descend(node: dict[str, object], text: str) -> dict[str, object] | None:
    for letter in text:
        below = node.get(letter)
        if not isinstance(below, dict):
            return None
        node = below
    return node


def _letter_counts(words: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    trigrams: Counter[str] = Counter()
    bigrams: Counter[str] = Counter()
    for word in words:
        text = f"^^{word}$"
        for at in range(2, len(text)):
            trigrams[text[at - 2 : at + 1]] += 1
            bigrams[text[at - 2 : at]] += 1
    return trigrams, bigrams
