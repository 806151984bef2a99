"""Sheets of paper: text and tables set from the top down, page by page, as a PDF."""

import io
from collections.abc import Callable, Sequence

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from watchkeeper.workloads.annual_reports.samples.template import Look

MARGIN_PT = 64
BOTTOM_PT = 80
FOOTER_PT = 52
SMALL_PT = 8
BOLD = {"Helvetica": "Helvetica-Bold", "Times-Roman": "Times-Bold", "Vera": "VeraBd"}
BUNDLED = {"Vera": "Vera.ttf", "VeraBd": "VeraBd.ttf"}
"""Fonts that come with the PDF library; they know thin spaces and the true minus sign."""
LIGATURES = {"ffi": "\N{LATIN SMALL LIGATURE FI}", "fi": "\N{LATIN SMALL LIGATURE FI}"}


class Sheets:
    """A report being set; `page` is the 1-based page the next line lands on."""

    def __init__(self, look: Look, furniture: Callable[[str, int], str]) -> None:
        """Begin a report.

        Args:
            look: Paper, font and the lines that stand on every page.
            furniture: Makes such a line of a page from its pattern and the page's number.
        """
        for name, file in BUNDLED.items():
            if name not in getRegisteredFontNames():
                registerFont(TTFont(name, file))
        self._look = look
        self._furniture = furniture
        self._buffer = io.BytesIO()
        self.width, self.height = landscape(A4) if look.landscape else A4
        # `invariant` leaves times and random ids out: the same seed gives the same bytes.
        self._canvas = Canvas(self._buffer, pagesize=(self.width, self.height), invariant=True)
        self.y = 0.0
        self.page = 0

    @property
    def _line_pt(self) -> float:
        return self._look.size * 1.5

    def new_page(self, *, plain: bool = False) -> None:
        """Begin a page; a plain one has neither header nor footer."""
        if self.page:
            self._canvas.showPage()
        self.page += 1
        self.y = self.height - MARGIN_PT
        if plain:
            return
        for pattern in self._look.header:
            self.line(self._furniture(pattern, self.page), size=SMALL_PT)
        self.y -= self._line_pt if self._look.header else 0
        for at, pattern in enumerate(self._look.footer):
            text = self._furniture(pattern, self.page)
            self._draw(MARGIN_PT, text, size=SMALL_PT, y=FOOTER_PT - at * SMALL_PT * 1.4)

    def line(self, text: str, *, size: float | None = None, bold: bool = False, x: float = MARGIN_PT) -> int:
        """One line; the page it landed on."""
        self._room()
        self._draw(x, text, size=size, bold=bold)
        self.y -= max(self._line_pt, (size or 0) * 1.5)
        return self.page

    def heading(self, text: str, *, size: float = 14) -> int:
        """A heading with space around it."""
        self.y -= self._line_pt / 2
        shown = text.upper() if self._look.upper_headings else text
        return self.line(shown, size=size, bold=True)

    def paragraph(self, text: str, *, x: float = MARGIN_PT, width: float | None = None) -> int:
        """Running text, wrapped; the page it began on."""
        began, current = self.page, ""
        limit = width or self.width - 2 * MARGIN_PT
        for word in text.split(" "):
            longer = f"{current} {word}".strip()
            if stringWidth(longer, self._look.font, self._look.size) > limit:
                self.line(current, x=x)
                current = word
            else:
                current = longer
        self.line(current, x=x)
        self.y -= self._line_pt / 3
        return began

    def cells(self, cells: Sequence[str], at: Sequence[float], *, bold: bool = False) -> int:
        """One row of a text table; a cell may have several lines."""
        self._room()
        deep = 1
        for x, cell in zip(at, cells, strict=False):
            for down, text in enumerate(cell.split("\n")):
                self._draw(x, text, bold=bold, y=self.y - down * self._line_pt)
                deep = max(deep, down + 1)
        self.y -= self._line_pt * deep
        return self.page

    def table_row(
        self, label: str, note: str, amounts: Sequence[str], *, bold: bool = False, split: str = "last"
    ) -> int:
        """One row of an amount table; beside a label of several lines the amounts stand on one.

        Args:
            label: What the amounts are; empty for a subtotal without a label.
            note: What stands in the column of notes.
            amounts: One for each column of the look.
            bold: Whether the row is set in bold.
            split: `first` or `last`, the label's line the amounts stand on.
        """
        self._room()
        lines = label.split("\n")
        on = 0 if split == "first" else len(lines) - 1
        for down, text in enumerate(lines):
            self._draw(MARGIN_PT, text, bold=bold)
            if down == on:
                self._draw(self._look.note_at, note, bold=bold)
                for right, amount in zip(self._look.amounts_at, amounts, strict=False):
                    for below, part in enumerate(amount.split("\n")):
                        self._draw_right(right, part, bold=bold, y=self.y - below * self._line_pt)
            if down < len(lines) - 1:
                self.y -= self._line_pt
        self.y -= self._line_pt * max(1, *(len(amount.split("\n")) for amount in (*amounts, "")))
        return self.page

    def space(self, lines: float = 1) -> None:
        """Leave lines empty."""
        self.y -= lines * self._line_pt

    def finish(self) -> bytes:
        """The PDF."""
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    def _room(self) -> None:
        if self.y < BOTTOM_PT:
            self.new_page()

    def _shown(self, text: str) -> str:
        if not self._look.ligatures:
            return text
        for letters, one in LIGATURES.items():
            text = text.replace(letters, one if letters == "fi" else f"f{one}")
        return text

    def _draw(
        self, x: float, text: str, *, size: float | None = None, bold: bool = False, y: float | None = None
    ) -> None:
        if not text:
            return
        self._canvas.setFont(BOLD[self._look.font] if bold else self._look.font, size or self._look.size)
        self._canvas.drawString(x, self.y if y is None else y, self._shown(text))

    def _draw_right(self, x: float, text: str, *, bold: bool, y: float) -> None:
        font = BOLD[self._look.font] if bold else self._look.font
        self._draw(x - stringWidth(text, font, self._look.size), text, bold=bold, y=y)
