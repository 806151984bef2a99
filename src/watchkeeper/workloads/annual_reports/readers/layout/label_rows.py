"""Rows whose label is an instructed one, and how well it fits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.readers.layout.folding import fold, wear
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.stream import Match

_TOLD_WHOLE = 0.97
"""A label covering this share of the row's own words is the row's label."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A row (or two, for a label over two lines) with an instructed label at its start."""

    page: PageView
    label: str
    row: int
    last_row: int
    end: int
    """One past the label's last token."""
    coverage: float
    """0 to 1: how much of the row's own words the label is."""
    quality: float
    """How well the letters fit."""
    opens: bool
    """The label starts the row."""

    @property
    def whole(self) -> bool:
        """The label is all the row says."""
        return self.opens and self.coverage >= _TOLD_WHOLE


def own_words(report: ReportView, page: PageView, row: int) -> tuple[int, int]:
    """The tokens of a row's label, without a note's word, its number beside it, and stray marks."""
    first, end = page.rows[row].first, page.label_end(row)
    notes = {fold(w) for w in report.words("note_words")}
    numbered = end - first > 2 and page.tokens[end - 1].text[:1].isdigit()
    if numbered and fold(page.tokens[end - 2].text) in notes:
        end -= 2
    while end > first and (fold(page.tokens[end - 1].text) in notes or not fold(page.tokens[end - 1].text)):
        end -= 1
    while first < end and (
        not fold(page.tokens[first].text)
        or (len(page.tokens[first].text) == 1 and page.tokens[first].cell != page.tokens[first + 1].cell)
    ):
        first += 1
        if first + 1 >= end:
            break
    return first, end


def _length(page: PageView, first: int, end: int, *, worn: bool) -> int:
    text = "".join(fold(t.text) for t in page.tokens[first:end])
    return len(wear(text) if worn else text)


def _rows_apart(page: PageView, match: Match) -> int:
    return page.tokens[match.end - 1].row - page.tokens[match.first].row


def label_rows(report: ReportView, page: PageView, label: str) -> Iterator[LabelRow]:
    """The rows of a page that carry a label.

    Args:
        report: The report the page belongs to.
        page: The page to look on.
        label: As instructed.
    """
    plain = [m for m in report.find(page, label) if _rows_apart(page, m) <= 1]
    for match in [*plain, *page.find_down_edge(label)]:
        row, last = page.tokens[match.first].row, page.tokens[match.end - 1].row
        first, end = own_words(report, page, row)
        if last == row and match.first >= max(end, first + 1):
            continue
        if last != row and end - first == 1 and says_sum(report, page, row) and page.numbers(row):
            continue  # a sum called no more than that, and the next block's heading below it
        own = _length(page, first, end, worn=match.quality < 0.9)
        if last != row:
            below_first, below_end = own_words(report, page, last)
            own += _length(page, below_first, below_end, worn=match.quality < 0.9)
        told = _length(page, match.first, match.end, worn=match.quality < 0.9)
        yield LabelRow(
            page,
            label,
            row,
            last,
            match.end,
            min(1.0, told / max(own, 1)),
            match.quality,
            match.first <= first,
        )


def starts_row(report: ReportView, page: PageView, labels: Sequence[str], row: int) -> LabelRow | None:
    """The label that a row is, or nearly is: of several that begin it, the one that says most of it."""
    found = (
        one for label in labels for one in label_rows(report, page, label) if one.row == row and one.opens
    )
    return max(found, key=lambda one: one.coverage, default=None)


def says_sum(report: ReportView, page: PageView, row: int) -> bool:
    """Whether a row begins with a word for a sum."""
    return fold(page.tokens[page.rows[row].first].text) in {fold(w) for w in report.words("sum_words")}
