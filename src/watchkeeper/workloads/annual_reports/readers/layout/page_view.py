"""A page prepared for reading: rows, cells, numbers, column headers and a searchable stream of words."""

from dataclasses import dataclass
from functools import cached_property

from watchkeeper.domain.page import Page, PageSource
from watchkeeper.workloads.annual_reports.readers.layout.numbers import Number, Print, numbers_of
from watchkeeper.workloads.annual_reports.readers.layout.periods import Header, headers_of
from watchkeeper.workloads.annual_reports.readers.layout.rows import Row, char_width, rows_of
from watchkeeper.workloads.annual_reports.readers.layout.stream import Match, Stream

_PAST_ROWS = 2
"""A label may go on this many rows down, past the first of two rows of column heads."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Words side by side without a wide gap: tokens `first` up to, not including, `end`."""

    first: int
    end: int
    x0: float
    x1: float
    text: str


class PageView:
    """One page as this reader sees it; everything follows from the places of its words."""

    def __init__(self, page: Page) -> None:
        self.number = page.number
        self.width = page.width
        self.height = page.height
        self.ocr = page.source is PageSource.OCR
        self.char = char_width(page)
        self.tokens, self.rows = rows_of(page, self.char)
        self._found: dict[tuple[str, bool], list[Match]] = {}
        self._down_edge: dict[str, list[Match]] = {}
        self._numbers: dict[int, list[Number]] = {}
        self._cells: dict[int, list[Cell]] = {}

    @cached_property
    def stream(self) -> Stream:
        """The page's words in row order."""
        return Stream(self.tokens)

    @cached_property
    def headers(self) -> list[Header]:
        """The column headers of the page."""
        return headers_of(self.tokens, self.rows, self.char)

    def find(self, label: str, *, worn: bool = False) -> list[Match]:
        """Where a label stands on the page; found once, remembered."""
        key = (label, worn)
        if key not in self._found:
            self._found[key] = self.stream.find(label, worn=worn)
        return self._found[key]

    @cached_property
    def _edge(self) -> tuple[list[int], Stream]:
        """The words of the cells at the page's left edge, by their place in the page's tokens."""
        lefts = [self.tokens[row.first].box.x0 for row in self.rows]
        edge = min((x for x in lefts if sum(abs(x - y) < self.char for y in lefts) >= 3), default=0.0)
        places = [
            i
            for row, left in zip(self.rows, lefts, strict=True)
            if abs(left - edge) < 2 * self.char
            for i in range(self.cells(row.index)[0].first, self.cells(row.index)[0].end)
        ]
        return places, Stream([self.tokens[i] for i in places])

    def find_down_edge(self, label: str) -> list[Match]:
        """Where a label goes on in the next cell down the left edge.

        Amounts in the first of its lines, or a row of column heads between them, stand in other cells.
        """
        if label in self._down_edge:
            return self._down_edge[label]
        places, stream = self._edge
        found = self._down_edge[label] = []
        for match in stream.find(label, worn=True):
            first, last = places[match.first], places[match.end - 1]
            if 1 <= self.tokens[last].row - self.tokens[first].row <= _PAST_ROWS:
                found.append(Match(first, last + 1, match.quality))
        return found

    def numbers(self, row: int) -> list[Number]:
        """The numbers of a row, left to right."""
        if row not in self._numbers:
            at = self.rows[row]
            self._numbers[row] = numbers_of(self.tokens, at.first, at.end, Print(self.char, self.ocr))
        return self._numbers[row]

    def cells(self, row: int) -> list[Cell]:
        """The cells of a row, left to right."""
        if row not in self._cells:
            self._cells[row] = self._split(self.rows[row])
        return self._cells[row]

    def _split(self, row: Row) -> list[Cell]:
        cells: list[Cell] = []
        at = row.first
        while at < row.end:
            stop = at + 1
            while stop < row.end and self.tokens[stop].cell == self.tokens[at].cell:
                stop += 1
            x0, x1 = self.tokens[at].box.x0, max(t.box.x1 for t in self.tokens[at:stop])
            cells.append(Cell(at, stop, x0, x1, self.text(at, stop)))
            at = stop
        return cells

    def text(self, first: int, end: int) -> str:
        """Tokens as printed, a space between words."""
        return " ".join(t.text for t in self.tokens[first:end])

    def row_text(self, row: int) -> str:
        """A whole row as printed."""
        return self.text(self.rows[row].first, self.rows[row].end)

    def header_above(self, row: int) -> Header | None:
        """The nearest column header above a row."""
        above = [h for h in self.headers if h.row <= row]
        return above[-1] if above else None

    def label_end(self, row: int) -> int:
        """One past the last token of a row's label: the words before its first amount or note number."""
        at = self.rows[row]
        for number in self.numbers(row):
            starts_cell = number.first == at.first or (
                self.tokens[number.first - 1].cell != self.tokens[number.first].cell
            )
            if starts_cell or number.end == at.end:
                return number.first
        return at.end
