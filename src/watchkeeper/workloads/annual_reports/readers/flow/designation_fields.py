"""A property's designation: a block's name and number, behind a label or below one in a table."""

import re
from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate, best_of
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Span, Word

BEHIND, BELOW = 0.78, 0.8
_NUMBER = re.compile(r"^\d{1,3}(?::\d{1,3})?$")
_LONGEST = 3
_REACH = 14


class DesignationFields:
    """Finds designations in a report."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._wording = report.wording
        self._joiners = report.folded["list_joiners"]
        lists = ("not_names", "months", "units", "square_metres", "town_words", "note_words")
        self._stops = frozenset[str]().union(*(report.folded[name] for name in lists))

    def find(self, field: FieldInstructions) -> Candidate | None:
        """The designation best labelled."""
        return best_of(self._candidates(field))

    def _candidates(self, field: FieldInstructions) -> Iterator[Candidate]:
        for rank, label in enumerate(field.labels):
            for span in self._wording.find(label):
                found = self._from(span.end, span)
                if found is None:
                    continue
                start, end = found
                yield self._candidate((start, end), span, (label, rank), field)

    def _candidate(
        self, place: tuple[int, int], span: Span, named: tuple[str, int], field: FieldInstructions
    ) -> Candidate:
        label, rank = named
        start, end = place
        words = self._wording.words
        line = self._report.lines[words[start].line]
        below = words[start].line != words[span.start].line
        score = (BELOW if below else BEHIND) * (1.0 - 0.035 * rank) * (1.0 if start - span.end <= 3 or below else 0.9)
        candidate = Candidate(
            value=self._wording.text(start, end).rstrip("."),
            page=line.page,
            score=score,
            printed=line.text,
            rule=f"name and number {'below' if below else 'behind'} {label!r}",
        )
        if field.sections and self._report.sectioned:
            if self._report.section_weight(candidate.page, field.sections):
                candidate = candidate.raised(0.3, "in a section it belongs in")
            else:
                candidate = candidate.lowered(0.5, "outside its sections")
        repeated = self._printed_elsewhere(start, end)
        return candidate.raised(0.35, "printed elsewhere too") if repeated else candidate

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
        return follower.key in self._stops and follower.key not in self._joiners and not follower.capital and (
            follower.key in self._report.folded["months"]
            or follower.key in self._report.folded["units"]
            or follower.key in self._report.folded["square_metres"]
        )

    def _listed(self, end: int) -> int:
        """Where a list of designations ends: `A 1, A 2 och B 3`."""
        words = self._wording.words
        while end < len(words):
            begin = end
            joined = bool(set(words[end - 1].after) & set(",;"))
            if words[begin].key in self._joiners:
                begin += 1
                joined = True
            following = self._designation(begin) if joined and begin < len(words) else 0
            if not following:
                return end
            end = following
        return end
