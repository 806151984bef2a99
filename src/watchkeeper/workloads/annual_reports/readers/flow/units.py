"""Whether amounts are printed in thousands: said by a row, by the page, or once for the whole report."""

from functools import cached_property

from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.rows import Row

THOUSAND = 1000
LARGEST_IN_THOUSANDS = 8_000_000
"""A page with a larger figure is in kronor: no housing association owns eight billion."""
_OPENING_PAGES = 6
_STATEMENTS = ("income_statement", "balance_sheet")
_SAME_UNIT = (*_STATEMENTS, "cash_flow", "notes")
"""Parts that keep the unit their report's statements are in."""


class Units:
    """The unit of each row of a report."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._thousands = [fold(word) for word in report.words("thousands")]
        self._narrow = [fold(word) for word in report.words("part_words")]
        self._pages: dict[int, bool] = {}
        self._whole: bool | None = None

    def factor(self, row: Row) -> int:
        """1000 for a row in thousands, else 1."""
        if not self._thousands:
            return 1
        if row.labels and self._says(row.label):
            return THOUSAND
        if abs(row.value) > LARGEST_IN_THOUSANDS:
            return 1
        return THOUSAND if self._page(row.page) else 1

    def _says(self, text: str) -> bool:
        keys = {fold(word) for word in text.replace("/", " ").split()}
        whole = fold(text)
        return any(word in keys or (len(word) > 8 and word in whole) for word in self._thousands)

    def _page(self, page: int) -> bool:
        if page not in self._pages:
            self._pages[page] = self._page_says(page)
        return self._pages[page]

    def _page_says(self, page: int) -> bool:
        if page in self._report.pages_in(_SAME_UNIT) and self._statements_say:
            return True
        figures = self._figures(page)
        if not figures or max(figures) > LARGEST_IN_THOUSANDS:
            return False
        return self._own_words_say(page) or self._report_says()

    def _figures(self, page: int) -> list[float]:
        return [abs(row.value) for row in self._report.rows if row.page == page]

    def _own_words_say(self, page: int) -> bool:
        rows = {row.line for row in self._report.rows if row.page == page}
        own = (
            line for line in self._report.lines_of(page) if line.number not in rows and len(line.text) < 60
        )
        return any(self._says(line.text) for line in own)

    @cached_property
    def _statements_say(self) -> bool:
        """Whether one statement says so and none prints a figure too large for it: then all are."""
        pages = self._report.pages_in(_STATEMENTS)
        figures = [figure for page in pages for figure in self._figures(page)]
        if not figures or max(figures) > LARGEST_IN_THOUSANDS:
            return False
        return any(self._own_words_say(page) for page in pages)

    def _report_says(self) -> bool:
        """Whether an opening page says that all amounts are in thousands, not only those of one part."""
        if self._whole is None:
            self._whole = any(
                self._says(line.text) and not any(word in fold(line.text) for word in self._narrow)
                for line in self._report.lines
                if line.page <= _OPENING_PAGES
                and not any(letter.isdigit() for letter in line.text)
                and self._about_amounts(line.text)
            )
        return self._whole

    def _about_amounts(self, text: str) -> bool:
        whole = fold(text)
        return any(fold(word) in whole for word in self._report.words("amount_words"))
