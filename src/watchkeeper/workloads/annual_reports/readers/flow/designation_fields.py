"""A property's designation: a block's name and number, behind a label or below one in a table."""

import re
from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate, best_of
from watchkeeper.workloads.annual_reports.readers.flow.phrases import holds
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Span, Word

BEHIND, TABLE = 0.72, 0.86
_NUMBER = re.compile(r"^\d{1,3}(?::\d{1,3})?$")
_SPECK = re.compile(r"(?<=[,;] )\w (?=\w{2})")
_LONGEST = 3
_GROUP_DIGITS = 3
"""Digits of a group of an amount, which goes on where a designation's number ends."""
_REACH = 14


class DesignationFields:
    """Finds designations in a report."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._wording = report.wording
        self._joiners = report.folded["and_words"]
        lists = ("not_names", "months", "units", "square_metres", "town_words", "note_words", "sum_words")
        self._stops = frozenset[str]().union(*(report.folded[name] for name in lists))
        self._stops |= report.folded["association_forms"] | self._towns()

    def _towns(self) -> frozenset[str]:
        """The places the report calls a town: they may precede a designation but are no part of it."""
        words = self._wording.words
        before = {
            words[span.start - 1].key
            for label in self._report.words("town_words")
            for span in self._wording.find(label)
            if span.start
            and words[span.start - 1].capital
            and words[span.start].text.casefold().startswith(label)
        }
        return frozenset(before | {key.removesuffix("s") for key in before})

    def find(self, field: FieldInstructions) -> Candidate | None:
        """The designation best labelled."""
        return best_of(self._candidates(field))

    def _candidates(self, field: FieldInstructions) -> Iterator[Candidate]:
        for rank, label in enumerate(field.labels):
            for span in self._wording.find(label):
                found = self._from(span.end, span)
                if found is not None and not self._avoided(span, found, field):
                    yield self._candidate(found, span, (label, rank), field)

    def _avoided(self, span: Span, found: tuple[int, int], field: FieldInstructions) -> bool:
        words = self._wording.words
        line_start, _ = self._wording.line_span(words[span.start].line)
        _, line_end = self._wording.line_span(words[found[1] - 1].line)
        return holds(words[max(line_start, span.start - 8) : min(line_end, found[1] + 2)], field.avoid)

    def _candidate(
        self, place: tuple[int, int], span: Span, named: tuple[str, int], field: FieldInstructions
    ) -> Candidate:
        label, rank = named
        start, end = place
        words = self._wording.words
        line = self._report.lines[words[start].line]
        below = words[start].line != words[span.start].line
        table = below and self._is_header(span) and self._begins_line(start)
        score = TABLE - 0.005 * rank if table else BEHIND * (1.0 - 0.03 * rank)
        if start - span.end > 3 and not table:
            score *= 0.88
        candidate = Candidate(
            value=_SPECK.sub("", self._wording.text(start, end)).rstrip("."),
            page=line.page,
            score=score,
            printed=line.text,
            rule=f"name and number {'in the column' if table else 'behind'} {label!r}",
        )
        line_start, _ = self._wording.line_span(words[span.start].line)
        if field.cues and holds(words[max(line_start, span.start - 6) : start], field.cues):
            candidate = candidate.raised(0.25, "a cue before it")
        if field.sections and self._report.sectioned:
            if self._report.section_weight(candidate.page, field.sections):
                candidate = candidate.raised(0.3, "in a section it belongs in")
            else:
                candidate = candidate.lowered(0.5, "outside its sections")
        repeated = self._printed_elsewhere(start, end)
        return candidate.raised(0.35, "printed elsewhere too") if repeated else candidate

    def _is_header(self, span: Span) -> bool:
        """Whether a label stands among a table's titles."""
        start, end = self._wording.line_span(self._wording.words[span.start].line)
        words = self._wording.words[start:end]
        capitals = sum(word.capital for word in words)
        return start == span.start and capitals * 2 >= len(words) and not set(words[-1].after) & set(".:")

    def _begins_line(self, place: int) -> bool:
        return self._wording.line_span(self._wording.words[place].line)[0] == place

    def _printed_elsewhere(self, start: int, end: int) -> bool:
        words = self._wording.words
        first = self._wording.text(start, min(end, start + 2))
        return sum(span.start != start for span in self._wording.find(first)) > 0 and words[start].capital

    def _from(self, place: int, span: Span) -> tuple[int, int] | None:
        """The first designation after a label, with others listed after it."""
        words = self._wording.words
        last_line = words[span.start].line + 1
        begin = place
        while begin < len(words) and begin - place < _REACH and words[begin].line <= last_line:
            if begin > place and self._ends_sentence(words[begin - 1]):
                return None
            end = self._designation(begin)
            if end:
                return begin, self._listed(end)
            begin += 1
        return None

    @staticmethod
    def _ends_sentence(word: Word) -> bool:
        return "." in word.after and len(word.text) > 3 and not word.text[0].isdigit()

    def _designation(self, begin: int) -> int:
        """Where a designation that begins at a word ends; 0 when none does."""
        words = self._wording.words
        for length in range(1, _LONGEST + 1):
            number = begin + length
            if number >= len(words):
                return 0
            word = words[number - 1]
            if not (word.capital and word.text.replace("-", "").isalpha() and len(word.text) > 1):
                return 0
            if word.key in self._stops or word.after:
                return 0
            if _NUMBER.match(words[number].text) and not words[number].before:
                return 0 if self._counts(number) else number + 1
        return 0

    def _counts(self, number: int) -> bool:
        """Whether a number counts something or is part of a date rather than of a name."""
        follower = self._wording.words[number + 1] if number + 1 < len(self._wording.words) else None
        if follower is None or self._wording.words[number].after:
            return False
        if follower.text.isdecimal() and len(follower.text) == _GROUP_DIGITS and not follower.before:
            return True
        return (
            follower.key in self._stops
            and follower.key not in self._joiners
            and not follower.capital
            and (
                follower.key in self._report.folded["months"]
                or follower.key in self._report.folded["units"]
                or follower.key in self._report.folded["square_metres"]
            )
        )

    def _speck(self, place: int) -> int:
        """1 where a scan left a lone letter at a line's end, else 0."""
        words = self._wording.words
        lone = len(words[place].text) == 1 and words[place].text.isalpha()
        return int(lone and place + 1 < len(words) and words[place + 1].line != words[place].line)

    def _listed(self, end: int) -> int:
        """Where a list of designations ends: `A 1, A 2 och B 3`."""
        words = self._wording.words
        while end < len(words):
            begin = end + self._speck(end)
            joined = bool(set(words[end - 1].after) & set(",;"))
            if begin < len(words) and words[begin].key in self._joiners:
                begin += 1
                joined = True
            following = self._designation(begin) if joined and begin < len(words) else 0
            if not following and joined and begin < len(words) and _NUMBER.match(words[begin].text):
                following = 0 if self._counts(begin) else begin + 1
            if not following:
                return end
            end = following
        return end
