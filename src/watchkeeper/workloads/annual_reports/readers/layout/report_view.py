"""A report prepared for reading: its pages, sections, currency unit and financial year."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from watchkeeper.domain.page import PagedDocument
from watchkeeper.workloads.annual_reports.instructions import InstructionSet
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.stream import Match
from watchkeeper.workloads.annual_reports.reading import Section

_THOUSAND = 1000
_TITLE_WORDS = 12
"""A longer row is a sentence about something, not a table's statement of its unit."""
_ABOVE_HEADER = 4
_RUNNING_SHARE = 0.3
"""A row on this share of the pages is a running header or footer."""
_HEADER_ROWS = 14
"""A page states its own unit at the top, within this many rows."""


class ReportView:
    """One report as this reader sees it."""

    def __init__(
        self, document: PagedDocument, sections: Sequence[Section], instructions: InstructionSet
    ) -> None:
        self.words = instructions.words
        self.pages = [PageView(page) for page in document.pages if page.words]
        self._sections = list(sections)

    def find(self, page: PageView, label: str) -> list[Match]:
        """Where a label stands on a page; through damaged letters where it does not stand whole."""
        return page.find(label, worn=True)

    def has_any(self, page: PageView, labels: Sequence[str], row: int, last: int | None = None) -> bool:
        """Whether one of the labels stands in the rows `row` to `last`."""
        first, end = page.rows[row].first, page.rows[row if last is None else last].end
        return self.any_between(page, labels, first, end)

    def any_between(self, page: PageView, labels: Sequence[str], first: int, end: int) -> bool:
        """Whether one of the labels stands among the tokens `first` up to `end`."""
        return any(m.first >= first and m.end <= end for label in labels for m in self.find(page, label))

    def pages_for(self, kinds: Sequence[str]) -> list[tuple[PageView, int | None]]:
        """Every page with the rank of its first wanted section; None outside all of them.

        Pages of the preferred section come first; a report in which no wanted section was found
        gives all pages with rank None.
        """
        ranked: dict[int, int] = {}
        for rank, kind in enumerate(kinds):
            for section in self._sections:
                if section.kind == kind:
                    for number in range(section.first_page, section.last_page + 1):
                        ranked.setdefault(number, rank)
        pairs = [(page, ranked.get(page.number)) for page in self.pages]
        return sorted(pairs, key=lambda p: (p[1] is None, p[1] or 0, p[0].number))

    def has_section(self, kinds: Sequence[str]) -> bool:
        """Whether one of these sections was found."""
        return any(section.kind in kinds for section in self._sections)

    @cached_property
    def _running(self) -> frozenset[str]:
        """Rows printed on many pages, digits aside: headers and footers."""
        counts: Counter[str] = Counter()
        for page in self.pages:
            counts.update({_undigited(page.row_text(row.index)) for row in page.rows})
        least = max(3, round(len(self.pages) * _RUNNING_SHARE))
        return frozenset(text for text, count in counts.items() if count >= least and text)

    def is_running(self, page: PageView, row: int) -> bool:
        """Whether a row is a running header or footer."""
        return _undigited(page.row_text(row)) in self._running

    @cached_property
    def period_end(self) -> str | None:
        """The end of the financial year, from the columns' headers: an ISO date or a year."""
        years: Counter[int] = Counter()
        dates: Counter[str] = Counter()
        for page in self.pages:
            for header in page.headers:
                newest = max(header.periods, key=lambda p: p.end)
                years[newest.year] += 1
                dates[newest.end] += 1
        if not years:
            return None
        year = max(years, key=lambda y: (years[y], y))
        full = [d for d in dates if len(d) > 4 and int(d[:4]) == year]
        return max(full, key=lambda d: dates[d], default=str(year))

    @cached_property
    def year(self) -> int | None:
        """The year the financial year ends in."""
        return int(self.period_end[:4]) if self.period_end else None

    @cached_property
    def _report_unit(self) -> int:
        """1000 when a sentence says that the report's amounts are in thousands."""
        for page in self.pages:
            for word in self.words("thousands"):
                for match in page.find(word):
                    row = page.tokens[match.first].row
                    whole = self.has_any(page, self.words("amount_words"), row)
                    if whole and not (page.numbers(row) or self._of_a_part(page, row)):
                        return _THOUSAND
        return 1

    def _of_a_part(self, page: PageView, row: int) -> bool:
        """Whether a sentence on the unit is about one table only, or stands at one."""
        return self.has_any(page, self.words("part_words"), max(0, row - 2), row)

    def unit(self, page: PageView, row: int) -> int:
        """What an amount in this row is multiplied by: 1000 for thousands, as row, page or report says."""
        if self._says(page, "thousands", row, row):
            return _THOUSAND
        header = page.header_above(row)
        first = max(0, header.row - _ABOVE_HEADER) if header else 0
        top = max(0, min(header.row if header else _HEADER_ROWS, len(page.rows)) - 1)
        if self._says(page, "thousands", first, top):
            return _THOUSAND
        if self._says(page, "units", first, top):
            return 1
        return self._report_unit

    def _says(self, page: PageView, list_name: str, first: int, last: int) -> bool:
        said = {
            page.tokens[m.first].row
            for word in self.words(list_name)
            for m in page.find(word)
            if m.quality == 1.0
        }
        return any(
            first <= row <= last and page.rows[row].end - page.rows[row].first <= _TITLE_WORDS for row in said
        )


def _undigited(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalpha())
