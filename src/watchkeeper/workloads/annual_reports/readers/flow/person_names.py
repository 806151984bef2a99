"""Persons' names in running text: capitalised words that are no role, title, firm or heading."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

from watchkeeper.workloads.annual_reports.readers.flow.lettering import distance_within, fold
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Word

LONGEST = 6
"""Words a name has at most."""
_TWO_NAMES = 4
"""Words that may be two names."""
_LEGAL_LETTERS = 3
"""Letters of a legal form in short, such as AB, KB, HB."""
_ENDING = 3
_NAME = re.compile(r"^[^\W\d_]+(?:[-'’´.][^\W\d_]+)*\.?$")
_BREAKS = set(",;:.()|/–•*")


@dataclass(frozen=True, slots=True)
class NameRun:
    """Neighbouring words that look like one or more names."""

    start: int
    end: int


class PersonNames:
    """Tells names from other words of a report."""

    def __init__(self, report: Report) -> None:
        self._wording = report.wording
        self._particles = report.folded["name_particles"]
        lists = ("not_names", "person_roles", "person_titles", "months", "firm_words", "firm_endings",
                 "association_forms", "known_audit_firms", "town_words")  # fmt: skip
        self._stops = {
            key
            for name in lists
            for phrase in report.words(name)
            for part in phrase.split()
            if (key := fold(part))
        }
        for agent in report.instructions.agents.values():
            for field in agent.fields.values():
                if field.kind in ("person", "people", "firm"):
                    self._stops |= {fold(part) for label in field.labels for part in label.split()}
        self._roles = {
            fold(part)
            for name in ("person_roles", "person_titles")
            for phrase in report.words(name)
            for part in phrase.split()
        }
        self._legal = report.folded["firm_endings"]
        self._verdicts: dict[str, bool] = {}

    @property
    def known(self) -> bool:
        """Whether there is any word list to tell names by; without one nothing is a name."""
        return bool(self._stops)

    def is_role(self, word: Word) -> bool:
        """Whether a word is, or begins with, a word for a role or title."""
        return (
            any(word.key.startswith(role) for role in self._roles if len(role) > 3) or word.key in self._roles
        )

    def is_name(self, word: Word) -> bool:
        """Whether a word may be part of a name."""
        if not word.capital or not _NAME.match(word.text):
            return False
        if word.text not in self._verdicts:
            self._verdicts[word.text] = not self._stopped(word.key)
        return self._verdicts[word.text]

    def _stopped(self, key: str) -> bool:
        if key in self._stops:
            return True
        return any(key[:-cut] in self._stops for cut in range(1, _ENDING + 1) if len(key) - cut >= 5)

    def runs(self, start: int, end: int) -> Iterator[NameRun]:
        """The runs of name words between two places, broken at punctuation and at line ends."""
        words = self._wording.words
        begin = None
        for place in range(start, end + 1):
            inside = place < end and (
                self.is_name(words[place])
                or (begin is not None and words[place].key in self._particles and not words[place].capital)
            )
            if inside and begin is None:
                begin = place
            stop = not inside or self._breaks(place, start, end)
            if begin is not None and stop:
                past = place + 1 if inside else place
                past = self._without_particles(begin, past)
                if past - begin >= 2 and not self._names_firm(begin, past, end):
                    yield NameRun(begin, past)
                begin = None

    def _names_firm(self, begin: int, past: int, end: int) -> bool:
        """Whether a legal form right behind two or three words makes them a firm's name."""
        words = self._wording.words
        if past >= end or past - begin >= _TWO_NAMES or words[past].line != words[past - 1].line:
            return False
        legal = words[past].capital and words[past].key in self._legal
        return legal and not words[past - 1].after and len(words[past].text) <= _LEGAL_LETTERS

    def _breaks(self, place: int, start: int, end: int) -> bool:
        words = self._wording.words
        if place + 1 >= end or place < start:
            return True
        word, follower = words[place], words[place + 1]
        initial = len(word.text) == 1 and word.after == "."
        return (
            (bool(set(word.after) & _BREAKS) and not initial)
            or bool(set(follower.before) & _BREAKS)
            or follower.line != word.line
        )

    def _without_particles(self, begin: int, past: int) -> int:
        while past > begin and self._wording.words[past - 1].key in self._particles:
            past -= 1
        return past

    def only_names(self, line: int) -> bool:
        """Whether a line is nothing but names."""
        start, end = self._wording.line_span(line)
        words = self._wording.words[start:end]
        return len(words) >= 2 and all(
            self.is_name(word) or (word.key in self._particles and not word.capital) for word in words
        )

    @cached_property
    def alone(self) -> Counter[tuple[str, ...]]:
        """Names of two to four words that stand by themselves somewhere, with how often."""
        counts: Counter[tuple[str, ...]] = Counter()
        for run in self.runs(0, len(self._wording.words)):
            if run.end - run.start <= 4:
                counts[self.keys(run)] += 1
        return counts

    def keys(self, run: NameRun) -> tuple[str, ...]:
        """A run's folded words."""
        return tuple(word.key for word in self._wording.words[run.start : run.end])

    def parted(self, run: NameRun, parts: int) -> list[NameRun]:
        """A run of several names, as on signature pages of two columns, cut into names.

        Args:
            run: The words.
            parts: How many roles stand below; at least so many names are expected.
        """
        length = run.end - run.start
        known = self._cut_by_known(run)
        if known is not None and len(known) >= parts:
            return known
        if parts <= 1 and (length <= 3 or (length == _TWO_NAMES and not self._halves_known(run))):
            return [run]
        count = max(parts, 2 if length >= 4 else 1)
        return self._even_cut(run, count) or [run]

    def _halves_known(self, run: NameRun) -> bool:
        """Whether either half of four name words stands alone elsewhere, so that they are two names."""
        keys = self.keys(run)
        return self.alone[keys[:2]] > 0 or self.alone[keys[2:]] > 0

    def _even_cut(self, run: NameRun, count: int) -> list[NameRun] | None:
        """The run cut into names of about one length, none of which ends on an initial or a particle."""
        length, best = run.end - run.start, None
        for marks in combinations(range(2, length - 1), count - 1):
            bounds = [run.start, *(run.start + mark for mark in marks), run.end]
            parts = [NameRun(first, past) for first, past in pairwise(bounds)]
            if any(part.end - part.start < 2 or not self._ends_name(part.end - 1) for part in parts):
                continue
            uneven = sum(abs(part.end - part.start - length / count) for part in parts)
            uneven -= sum(self.alone[self.keys(part)] > 0 for part in parts)
            if best is None or uneven < best[0]:
                best = (uneven, parts)
        return best[1] if best else None

    def _ends_name(self, place: int) -> bool:
        word = self._wording.words[place]
        return len(word.text) > 1 and word.key not in self._particles

    def _cut_by_known(self, run: NameRun) -> list[NameRun] | None:
        """The run cut into names that stand by themselves elsewhere; None when it cannot be."""
        keys = self.keys(run)
        best: list[list[int] | None] = [[0], *([None] * len(keys))]
        for end in range(2, len(keys) + 1):
            for start in range(max(0, end - 5), end - 1):
                before = best[start]
                if before is not None and self._stands_alone(keys[start:end]):
                    best[end] = [*before, end]
                    break
        marks = best[len(keys)]
        if marks is None or len(marks) < 3:
            return None
        return [NameRun(run.start + a, run.start + b) for a, b in pairwise(marks)]

    def _stands_alone(self, keys: tuple[str, ...]) -> bool:
        if self.alone[keys] > 0:
            return True
        return any(other[0] == keys[0] and other[-1] == keys[-1] for other in self.alone)

    def text(self, run: NameRun) -> str:
        """A name as it is written: capitals throughout are undone, stray case kept."""
        parts = [word.text for word in self._wording.words[run.start : run.end]]
        if all(part.isupper() for part in parts if len(part) > 1):
            parts = ["-".join(piece.capitalize() for piece in part.split("-")) for part in parts]
        return " ".join(parts)


def same_person(left: str, right: str) -> bool:
    """Whether two printed names are one person's: same first and last name, a letter amiss at most."""
    ours, theirs = [fold(part) for part in left.split()], [fold(part) for part in right.split()]
    if not ours or not theirs:
        return False
    if set(ours) <= set(theirs) or set(theirs) <= set(ours):
        return True
    return distance_within(ours[0], theirs[0], 1) and distance_within(ours[-1], theirs[-1], 1)
