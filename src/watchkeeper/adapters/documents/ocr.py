"""OCR: scanned pages get words and text like any other page, or a clear error."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PIL import Image

from watchkeeper.adapters.documents.digit_groups import regrouped
from watchkeeper.adapters.documents.page_image import POINTS_PER_INCH, page_image
from watchkeeper.adapters.documents.pdf_file import open_pdf
from watchkeeper.adapters.documents.readability import unreadable_pages
from watchkeeper.adapters.documents.recognised import Line, mean_confidence, recognised_lines, slope_of
from watchkeeper.adapters.documents.tesseract import SWEDISH, require_ocr, turn_needed, word_table
from watchkeeper.adapters.documents.text_lines import straightened, text_of
from watchkeeper.domain.errors import DocumentChangedError, OcrFailedError
from watchkeeper.domain.page import Page, PagedDocument, PageSource, Word

_DPI = 300
"""What Tesseract's models were trained near; 200 and 400 read as many amounts of the three scanned
reports this was measured on, 200 loses more letters."""

_PAGE_TIMEOUT_S = 60.0
"""A dense page takes 1 to 3 s of one core; this leaves room for a crowded machine."""

_UPSIDE_DOWN_CONFIDENCE = 70.0
"""Of 100: the 54 upright pages of those reports read with a mean of 83 to 95, turned ones with 13 to 68."""


class OcrEngine(Protocol):
    """What reads scanned pages."""

    def recognise(self, document: PagedDocument, path: Path) -> PagedDocument:
        """The document with its unreadable pages read; see `TesseractOcr.recognise`."""
        ...


class TesseractOcr:
    """Tesseract on one core, a page at a time."""

    def __init__(
        self, *, language: str = SWEDISH, dpi: int = _DPI, page_timeout_s: float = _PAGE_TIMEOUT_S
    ) -> None:
        self._language = language
        self._dpi = dpi
        self._page_timeout_s = page_timeout_s

    def recognise(self, document: PagedDocument, path: Path) -> PagedDocument:
        """Read the document's pages that have no readable text; all others stay as they are.

        Args:
            document: From `read_pdf`.
            path: Its file, unchanged since.

        Returns:
            The document with those pages' words and text and `PageSource.OCR`; one that is blank
            has neither. Words of a page scanned askew are levelled (see `text_lines.straightened`).

        Raises:
            OcrUnavailableError: Tesseract or its language is missing and a page needs it.
            OcrFailedError: A page failed or took too long.
            DocumentChangedError: The file has other bytes than the document.
            DocumentError: The file can no longer be read.
        """
        missing = frozenset(unreadable_pages(document))
        if not missing:
            return document
        require_ocr(self._language)
        pages = tuple(
            self._recognised(page, document, path) if page.number in missing else page
            for page in document.pages
        )
        return replace(document, pages=pages)

    def _recognised(self, page: Page, document: PagedDocument, path: Path) -> Page:
        image = self._drawn(page, document, path)
        try:
            lines, turn = self._lines(image)
        except OcrFailedError as problem:
            raise OcrFailedError(
                f"page {page.number} of {path.name}: {problem.message}", action=problem.action
            ) from problem
        width = page.height if turn in {90, 270} else page.width
        lines = straightened(lines, slope=slope_of(lines), middle=width / 2)
        words = tuple(_turned_back(part.word, turn, page) for line in lines for part in line)
        return replace(page, words=words, text=text_of(lines), source=PageSource.OCR)

    def _drawn(self, page: Page, document: PagedDocument, path: Path) -> Image.Image:
        # Opened for each page, so that PDFium's lock is free while Tesseract works.
        with open_pdf(path) as (opened, sha256):
            if sha256 != document.sha256:
                raise DocumentChangedError(
                    f"{path.name} has changed since it was read", action="read the document again"
                )
            scale = self._dpi / POINTS_PER_INCH
            return page_image(opened, page.number, scale=scale, path=path, grey=True)

    def _lines(self, image: Image.Image) -> tuple[list[Line], int]:
        """The page's lines as it stands upright, and by how many degrees it was turned for that."""
        lines = self._read(image)
        confidence = mean_confidence(lines)
        if confidence >= _UPSIDE_DOWN_CONFIDENCE:
            return lines, 0
        turn = turn_needed(image, dpi=self._dpi, timeout_s=self._page_timeout_s)
        if turn:
            turned = self._read(image.rotate(-turn, expand=True))
            if mean_confidence(turned) > confidence:
                return turned, turn
        return lines, 0

    def _read(self, image: Image.Image) -> list[Line]:
        table = word_table(image, language=self._language, dpi=self._dpi, timeout_s=self._page_timeout_s)
        lines = recognised_lines(table, points_per_pixel=POINTS_PER_INCH / self._dpi)
        return [regrouped(line) for line in lines]


def ocr_pages(document: PagedDocument, path: Path, *, engine: OcrEngine | None = None) -> PagedDocument:
    """Read a document's unreadable pages, by default with Tesseract in Swedish.

    Raises:
        OcrUnavailableError: The engine is missing and a page needs it.
        DocumentError: A page could not be read; the subclass says why.
    """
    return (engine or TesseractOcr()).recognise(document, path)


def _turned_back(word: Word, turn: int, page: Page) -> Word:
    """A word of the page turned upright, in its place on the page as it is shown.

    Args:
        word: On the upright page.
        turn: Degrees clockwise by which the page was turned.
        page: As shown.
    """
    if turn == 90:
        return Word(word.text, word.top, page.height - word.x1, word.bottom, page.height - word.x0)
    if turn == 180:
        return Word(
            word.text,
            page.width - word.x1,
            page.height - word.bottom,
            page.width - word.x0,
            page.height - word.top,
        )
    if turn == 270:
        return Word(word.text, page.width - word.bottom, word.x0, page.width - word.top, word.x1)
    return word
