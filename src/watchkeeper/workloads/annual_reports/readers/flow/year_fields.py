"""A year behind a label, in a sentence or in the column of a table."""

import re
from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate, best_of
from watchkeeper.workloads.annual_reports.readers.flow.phrases import holds
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Span

BEHIND, COLUMN = 0.62, 0.74
REACH = 7
"""Words between a label and its year, at most."""
LONGEST_BUILD = 10
"""Years a range covers at most."""
_YEAR = re.compile(r"^(1[5-9]\d{2}|20\d{2})(?:[-–/](1[5-9]\d{2}|20\d{2}))?$")


class YearFields:
    """Finds years."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._wording = report.wording

    def find(self, field: FieldInstructions) -> Candidate | None:
        """The best year for the field."""
        return best_of(self._candidates(field))

    def _candidates(self, field: FieldInstructions) -> Iterator[Candidate]:
        for rank, label in enumerate(field.labels):
            for span in self._wording.find(label):
                if self._avoided_label(span, field):
                    continue
                candidate = self._behind(span, label, field) or self._column(span, label)
                if candidate is None or not self._within(field, candidate):
                    continue
                candidate = candidate.lowered(0.01 * rank, f"label {rank + 1}")
                if field.sections and self._report.sectioned:
                    weight = self._report.section_weight(candidate.page, field.sections)
                    candidate = (
                        candidate.raised(0.4 * weight, "in a section it belongs in")
                        if weight
                        else candidate.lowered(0.5, "outside its sections")
                    )
                yield candidate

    def _avoided_label(self, span: Span, field: FieldInstructions) -> bool:
        words = self._wording.words
        return holds(words[max(0, span.start - 1) : min(span.end + 1, len(words))], field.avoid)

    def _behind(self, span: Span, label: str, field: FieldInstructions) -> Candidate | None:
        words = self._wording.words
        for place in range(span.end, min(span.end + REACH, len(words))):
            if words[place].line > words[span.start].line + 1 or "." in words[place - 1].after:
                return None
            match = _YEAR.match(words[place].text)
            if match is None:
                continue
            between = words[span.end : place]
            if holds(between, field.avoid) or (
                words[place].line != words[span.start].line and self._is_heading(span)
            ):
                return None
            candidate = self._candidate(self._end_year(place, match), place, BEHIND, f"year behind {label!r}")
            if len(between) <= 2:
                candidate = candidate.raised(0.3, "close by")
            if field.cues:
                near = holds(words[max(0, span.start - 5) : span.start], field.cues)
                candidate = (
                    candidate.raised(0.45, "a cue before it")
                    if near
                    else candidate.lowered(0.3, "no cue before it")
                )
            return candidate
        return None

    def _is_heading(self, span: Span) -> bool:
        """Whether the label's line is a heading rather than the first half of a sentence."""
        start, end = self._wording.line_span(self._wording.words[span.start].line)
        return end - start <= 5

    def _end_year(self, place: int, match: re.Match[str]) -> int:
        """The last year of a range such as `2011 - 2012`, else the year itself."""
        words = self._wording.words
        if match[2]:
            return int(match[2])
        after = place + 1
        if after + 1 < len(words) and words[after].text in ("-", "–", "—") and not words[place].after:
            second = _YEAR.match(words[after + 1].text)
            if second is not None and int(match[1]) < int(second[1]) < int(match[1]) + LONGEST_BUILD:
                return int(second[1])
        return int(match[1])

    def _column(self, span: Span, label: str) -> Candidate | None:
        """The year in the row below a table's titles."""
        words = self._wording.words
        line = words[span.start].line
        start, end = self._wording.line_span(line)
        titles = words[start:end]
        if end - start < 2 or "." in words[end - 1].after or line + 1 >= len(self._report.lines):
            return None
        if sum(word.capital for word in titles) < 2 or span.start == start:
            return None
        begin, past = self._wording.line_span(line + 1)
        for place in range(past - 1, begin - 1, -1):
            match = _YEAR.match(words[place].text)
            if match is not None:
                return self._candidate(
                    self._end_year(place, match), place, COLUMN, f"in the column {label!r}"
                )
        return None

    def _candidate(self, year: int, place: int, score: float, rule: str) -> Candidate:
        line = self._report.lines[self._wording.words[place].line]
        return Candidate(value=year, page=line.page, score=score, printed=line.text, rule=rule)

    @staticmethod
    def _within(field: FieldInstructions, candidate: Candidate) -> bool:
        year = candidate.value
        if not isinstance(year, int):
            return False
        return (field.minimum or 0) <= year <= (field.maximum or 9999)
