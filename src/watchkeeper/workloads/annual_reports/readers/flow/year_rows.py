"""Rows of an overview over several years, as parallel lists: from text alone, by counting the years."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate
from watchkeeper.workloads.annual_reports.readers.flow.columns import Header
from watchkeeper.workloads.annual_reports.readers.flow.figures import MINUS_SIGNS
from watchkeeper.workloads.annual_reports.readers.flow.phrases import holds
from watchkeeper.workloads.annual_reports.readers.flow.quantities import plain
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.rows import Row
from watchkeeper.workloads.annual_reports.readers.flow.units import THOUSAND, Units
from watchkeeper.workloads.annual_reports.readers.flow.wording import words_of_line

SCORE = 0.62
HEADS = "heads"
"""A field with this hint is the years themselves of the table its labels stand in."""
_FIGURE = re.compile(r"^[(]?[-–−]?\d{1,5}(?:[,.]\d{1,2})?[)]?%?$")
_LINES = 3
"""Lines on which a broken label's values may stand."""


@dataclass(frozen=True, slots=True)
class _Told:
    """The label a row was found by, how far down its list it is, how well it fits, and what is asked for."""

    label: str
    rank: int
    fit: float
    heads: bool


class YearRows:
    """Finds values by year."""

    def __init__(self, report: Report, units: Units) -> None:
        self._report = report
        self._units = units

    def find(self, field: FieldInstructions) -> Iterator[Candidate]:
        """Every row whose figures are as many as the years above it, newest first."""
        pages = self._report.pages_in(field.sections)
        heads = HEADS in field.hints
        for rank, label in enumerate(field.labels):
            for found in self._report.row_labels.find(label):
                row = self._report.rows[found.index]
                header = self._header(row.page, row.line)
                if header is None or (pages and row.page not in pages) or self._avoided(row.label, field):
                    continue
                amounts = row.options[0].amounts
                short = len(header.years) - len(amounts)
                if short == 0 or (short > 0 and header.current == 0 and row.clear and len(amounts) > 2):
                    values = self._dashed(row, list(amounts), self._factor(row, field, header))
                    told = _Told(label, rank, found.fit * (0.7 if short else 1.0), heads)
                    yield self._made((row.page, row.line), values + [None] * short, header, told)
            yield from self._printed_small(label, rank, field, pages)

    def _printed_small(
        self, label: str, rank: int, field: FieldInstructions, pages: set[int]
    ) -> Iterator[Candidate]:
        """Rows of small figures, with decimals or without, each one word."""
        wording = self._report.wording
        heads = HEADS in field.hints
        for span in wording.find(label):
            first = wording.words[span.start].line
            line = self._report.lines[first]
            header = self._header(line.page, line.number)
            opens = span.start - wording.line_span(first)[0] <= 1
            if header is None or not opens or (pages and line.page not in pages):
                continue
            for at in range(first, min(first + _LINES, len(self._report.lines))):
                text = self._report.lines[at].text
                if self._avoided(text, field):
                    break
                figures = _tail(text)
                if not figures:
                    continue
                if len(figures) == len(header.years) and self._report.lines[at].page == line.page:
                    factor = self._factor_of(text, field, header, line.page)
                    small: list[object] = [None if f is None else plain(f * factor) for f in figures]
                    covers = (span.end - span.start) / max(1, len(words_of_line(text, 0)) - len(figures))
                    fit = (0.9 if at == first else 0.8) * (0.9 + 0.1 * min(1.0, covers))
                    yield self._made((line.page, line.number), small, header, _Told(label, rank, fit, heads))
                break

    def _made(self, at: tuple[int, int], values: list[object], header: Header, told: _Told) -> Candidate:
        page, line = at
        ordered = sorted(zip(header.years, values, strict=True), key=lambda pair: -pair[0])
        return Candidate(
            value=[year for year, _ in ordered] if told.heads else [value for _, value in ordered],
            page=page,
            score=SCORE * told.fit * (1.0 - 0.03 * min(told.rank, 10)),
            printed=self._report.lines[self._report.place(page, header.line if told.heads else line)].text,
            rule=f"the {'years above' if told.heads else 'figures of'} the row {told.label!r}",
        ).raised(0.1 * min(4, len(values)), f"{len(values)} years, as many as the head has")

    def _header(self, page: int, line: int) -> Header | None:
        above = [header for header in self._report.headers_of(page) if header.line < line]
        return above[-1] if above else None

    def _factor(self, row: Row, field: FieldInstructions, header: Header) -> int:
        if field.unit != "report":
            return 1
        return THOUSAND if self._in_thousands(header, row.page) else self._units.factor(row)

    def _factor_of(self, text: str, field: FieldInstructions, header: Header, page: int) -> int:
        if field.unit != "report":
            return 1
        thousands = self._report.folded["thousands"]
        own = any(word.key in thousands for word in words_of_line(text.replace("/", " "), 0))
        return THOUSAND if own or self._in_thousands(header, page) else 1

    def _in_thousands(self, header: Header, page: int) -> bool:
        """Whether the table's head, or the title right above it, says so."""
        thousands = self._report.folded["thousands"]
        at = self._report.place(page, header.line)
        return any(
            word.key in thousands
            for line in self._report.lines[max(0, at - 2) : at + 1]
            for word in words_of_line(line.text.replace("/", " "), 0)
        )

    def _dashed(self, row: Row, amounts: list[int], factor: int) -> list[object]:
        """The amounts, None where only a dash is printed."""
        count = len(amounts)
        last = row.printed.split()[-count:]
        lone = [word in MINUS_SIGNS for word in last]
        values: list[object] = [amount * factor for amount in amounts]
        for place in range(count - 1, -1, -1):
            if not lone[place] or amounts[place]:
                break
            values[place] = None
        return values

    @staticmethod
    def _avoided(text: str, field: FieldInstructions) -> bool:
        return holds(words_of_line(text, 0), field.avoid)


def _tail(text: str) -> list[float | None]:
    """The figures a line ends in, each one word; None for a dash."""
    found: list[float | None] = []
    for word in reversed(text.split()):
        if word in MINUS_SIGNS:
            found.insert(0, None)
        elif _FIGURE.match(word):
            digits = word.strip("()%").replace(",", ".").replace("–", "-").replace("−", "-")
            found.insert(0, float(digits))
        else:
            break
    return found if any(figure is not None for figure in found) else []
