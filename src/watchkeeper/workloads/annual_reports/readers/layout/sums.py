"""Which rows of a column are sums of the rows above them, found by adding up."""

from dataclasses import dataclass
from functools import lru_cache

from watchkeeper.workloads.annual_reports.readers.layout.columns import ColumnAmount, current_amount
from watchkeeper.workloads.annual_reports.readers.layout.folding import fold
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView

_ROUNDING = 2
"""Sums of rounded rows may be off by this much, in the printed unit."""
_MOST_PARTS = 30


@dataclass(frozen=True, slots=True)
class SumRow:
    """A row that adds up: the rows it is the sum of, subtotals standing for theirs."""

    row: int
    parts: tuple[int, ...]


class ColumnSums:
    """The current year's column of each page: its amounts, and which of them are sums."""

    def __init__(self, report: ReportView) -> None:
        self._report = report
        self._amounts: dict[tuple[int, int], ColumnAmount | None] = {}
        self._sums: dict[int, dict[int, SumRow]] = {}

    def amount(self, page: PageView, row: int) -> ColumnAmount | None:
        """The row's amount of the current year."""
        key = (page.number, row)
        if key not in self._amounts:
            self._amounts[key] = current_amount(self._report, page, row)
        return self._amounts[key]

    def sum_at(self, page: PageView, row: int) -> SumRow | None:
        """What the row is the sum of; None when it does not add up."""
        if page.number not in self._sums:
            self._sums[page.number] = self._find(page)
        return self._sums[page.number].get(row)

    def _find(self, page: PageView) -> dict[int, SumRow]:
        found: dict[int, SumRow] = {}
        open_rows: list[tuple[int, int]] = []
        header = None
        for row in range(len(page.rows)):
            if page.header_above(row) is not header:
                header = page.header_above(row)
                open_rows.clear()
            amount = self.amount(page, row)
            if amount is None or not isinstance(amount.number.value, int):
                continue
            value = amount.number.value
            taken = _suffix(tuple(v for _, v in open_rows[-_MOST_PARTS:]), value)
            if taken > 1 or (taken == 1 and self._may_repeat(page, row)):
                found[row] = SumRow(row, tuple(r for r, _ in open_rows[-taken:]))
                del open_rows[-taken:]
            open_rows.append((row, value))
        return found

    def _may_repeat(self, page: PageView, row: int) -> bool:
        """Whether a row may be the sum of one row: it says that it adds up, or has no label."""
        first, end = page.rows[row].first, page.label_end(row)
        words = {fold(w) for w in self._report.words("sum_words")}
        return first >= end or fold(page.tokens[first].text) in words


@lru_cache(maxsize=4096)
def _suffix(values: tuple[int, ...], total: int) -> int:
    """How many of the last values add up to the total; the longest fit, 0 for none."""
    running, fits = 0, 0
    for count, value in enumerate(reversed(values), start=1):
        running += value
        slack = 0 if count == 1 else _ROUNDING
        if abs(running - total) <= slack and (total or count == 1):
            fits = count
    return fits
