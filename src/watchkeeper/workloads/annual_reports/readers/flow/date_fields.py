"""Dates: behind a label, the end of a period, or the last day a table's columns stand for."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate, best_of
from watchkeeper.workloads.annual_reports.readers.flow.dates import YEAR, dates_in, months_by_name
from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.wording import Span

BEHIND, COLUMN = 0.72, 0.75
_PERIOD = 70
"""Letters within which a period's two dates stand."""


class DateFields:
    """Finds dates."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._wording = report.wording
        self._months = months_by_name(report.words("months"))
        self._columns = self._column_days()

    def _column_days(self) -> Counter[date]:
        """The current year's last day of each table that prints days, with how many tables have it."""
        return Counter(
            header.days[header.current]
            for page in self._report.pages
            for header in self._report.headers_of(page)
            if len(header.days) == len(header.years)
        )

    def find(self, field: FieldInstructions) -> Candidate | None:
        """The best date for the field."""
        behind = list(self._behind(field))
        words = [fold(word) for word in self._report.words("date_column_words")]
        if any(word in fold(label) for word in words for label in field.labels):
            return self._with_columns(behind, field)
        return best_of(behind)

    def _with_columns(self, behind: list[Candidate], field: FieldInstructions) -> Candidate | None:
        """A period's end as printed behind its label, held against the columns of the statements."""
        column = self._column(field)
        ends = Counter(candidate.value for candidate in behind)
        best = max(behind, key=lambda one: (ends[one.value], one.score), default=None)
        if best is None or column is None:
            return best or column
        if best.value == column.value:
            return best.raised(0.85, "the columns of the statements end the same day")
        return (
            best
            if best.score >= column.score and ends[best.value] > 2
            else column.lowered(0.15, "a label says otherwise")
        )

    def _column(self, field: FieldInstructions) -> Candidate | None:
        if not self._columns:
            return None
        day, count = max(self._columns.items(), key=lambda item: (item[1], item[0]))
        pages = [
            page
            for page in self._report.pages
            if any(day in header.days for header in self._report.headers_of(page))
        ]
        page = next((one for one in pages if self._report.section_weight(one, field.sections)), pages[0])
        candidate = Candidate(
            value=day.isoformat(),
            page=page,
            score=COLUMN,
            printed=day.isoformat(),
            rule=f"the latest column of {count} table(s) ends this day",
        )
        return candidate.raised(0.6, "several tables agree") if count >= 3 else candidate

    def _behind(self, field: FieldInstructions) -> Iterator[Candidate]:
        for label in field.labels:
            for span in self._wording.find(label):
                candidate = self._after(span, label)
                if candidate is not None:
                    yield candidate

    def _after(self, span: Span, label: str) -> Candidate | None:
        words = self._wording.words
        line = self._report.lines[words[span.start].line]
        end = min(span.end + 12, len(words))
        text = self._wording.text(span.end, end)
        found = [item for item in dates_in(text, self._months) if item.start < _PERIOD]
        sentence = text.split(". ")[0]
        found = [
            item
            for item in found
            if item.end <= len(sentence) + 1 and item.start <= 25 + 30 * (item is not found[0])
        ]
        if not found:
            return None
        day = max(item.day for item in found[:2])
        score = BEHIND if len(found) > 1 else BEHIND - 0.08
        year_only = YEAR.match(text)
        if year_only is not None and not found:
            return None
        return Candidate(
            value=day.isoformat(),
            page=line.page,
            score=score,
            printed=text[:_PERIOD],
            rule=f"{'end of the period' if len(found) > 1 else 'date'} behind {label!r}",
        )
