"""Sheets of paper: text and tables set from the top down, page by page, as a PDF."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from watchkeeper.workloads.annual_reports.samples.vocabulary import Style

MARGIN_PT = 64
LINE_PT = 15
SIZE_PT = 10
BOTTOM_PT = 80
AMOUNT_RIGHT_PT = (430, 520)
"""Right edges of the two year columns, from the left."""
NOTE_PT = 320
BOLD = {"Helvetica": "Helvetica-Bold", "Times-Roman": "Times-Bold"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an amount table; None leaves a cell empty."""

    label: str
    now: int | None = None
    before: int | None = None
    note: int | None = None
    bold: bool = False


class Sheets:
    """A report being set; `page` is the 1-based page the next line lands on."""

    def __init__(self, style: Style, header: Sequence[str]) -> None:
        self._style = style
        self._header = header
        self._buffer = io.BytesIO()
        # `invariant` leaves times and random ids out: the same seed gives the same bytes.
        self._canvas = Canvas(self._buffer, pagesize=A4, invariant=True)
        self._y = 0.0
        self.page = 0

    def new_page(self, *, header: bool = True) -> None:
        """Begin a page."""
        if self.page:
            self._canvas.showPage()
        self.page += 1
        self._y = A4[1] - MARGIN_PT
        if header:
            for text in (*self._header, f"Sida {self.page}"):
                self.line(text, size=8)
            self._y -= LINE_PT

    def line(self, text: str, *, size: int = SIZE_PT, bold: bool = False, x: float = MARGIN_PT) -> int:
        """One line; the page it landed on."""
        self._room()
        self._draw(x, text, size=size, bold=bold)
        self._y -= max(LINE_PT, size * 1.5)
        return self.page

    def heading(self, text: str, *, size: int = 14) -> int:
        """A heading with space around it."""
        self._y -= LINE_PT / 2
        shown = text.upper() if self._style.upper_headings else text
        return self.line(shown, size=size, bold=True)

    def paragraph(self, text: str) -> int:
        """Running text, wrapped; the page it began on."""
        began, current = self.page, ""
        for word in text.split():
            longer = f"{current} {word}".strip()
            if stringWidth(longer, self._style.font, SIZE_PT) > A4[0] - 2 * MARGIN_PT:
                self.line(current)
                current = word
            else:
                current = longer
        self.line(current)
        self._y -= LINE_PT / 3
        return began

    def cells(self, *cells: str, at: Sequence[float] = (MARGIN_PT, 280, 420)) -> int:
        """One row of a text table."""
        self._room()
        for x, cell in zip(at, cells, strict=False):
            self._draw(x, cell)
        self._y -= LINE_PT
        return self.page

    def year_header(self, title: str, now: str, before: str, *, note: bool = True) -> None:
        """The head of an amount table: what it is, and what its columns stand for."""
        self._room()
        self._draw(MARGIN_PT, title, bold=True)
        if note:
            self._draw(NOTE_PT, "Not", bold=True)
        for right, text in zip(AMOUNT_RIGHT_PT, (now, before), strict=True):
            self._draw_right(right, text, bold=True)
        self._y -= LINE_PT * 1.3

    def row(self, row: Row) -> int:
        """One row of an amount table."""
        self._room()
        self._draw(MARGIN_PT, row.label, bold=row.bold)
        if row.note is not None:
            self._draw(NOTE_PT, self._style.note.format(n=row.note))
        for right, amount in zip(AMOUNT_RIGHT_PT, (row.now, row.before), strict=True):
            if amount is not None:
                self._draw_right(right, self.amount(amount), bold=row.bold)
        self._y -= LINE_PT
        return self.page

    def amount(self, sek: int) -> str:
        """An amount as this style prints it."""
        units = abs(sek) // (1000 if self._style.unit == "tkr" else 1)
        digits = f"{units:,}".replace(",", self._style.group)
        if sek >= 0:
            return digits
        return f"({digits})" if self._style.minus == "()" else f"{self._style.minus}{digits}"

    def space(self, lines: float = 1) -> None:
        """Leave lines empty."""
        self._y -= lines * LINE_PT

    def finish(self) -> bytes:
        """The PDF."""
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    def _room(self) -> None:
        if self._y < BOTTOM_PT:
            self.new_page()

    def _font(self, size: int, *, bold: bool) -> None:
        self._canvas.setFont(BOLD[self._style.font] if bold else self._style.font, size)

    def _draw(self, x: float, text: str, *, size: int = SIZE_PT, bold: bool = False) -> None:
        self._font(size, bold=bold)
        self._canvas.drawString(x, self._y, text)

    def _draw_right(self, x: float, text: str, *, bold: bool = False) -> None:
        self._font(SIZE_PT, bold=bold)
        self._canvas.drawRightString(x, self._y, text)
