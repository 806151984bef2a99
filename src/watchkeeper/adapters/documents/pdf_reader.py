"""A PDF's pages as words with places and as text in reading order."""

from pathlib import Path
from typing import Any

import pypdfium2 as pdfium

from watchkeeper.adapters.documents.pdf_file import check_length, damaged_page, open_pdf
from watchkeeper.adapters.documents.placement import shown_boxes
from watchkeeper.adapters.documents.readability import is_readable, is_stamped_scan
from watchkeeper.adapters.documents.words import words_of
from watchkeeper.domain.page import Page, PagedDocument, PageSource


def read_pdf(path: Path, *, max_pages: int = 1500) -> PagedDocument:
    """Read a PDF's text layer.

    PDFium is not thread-safe, so reading holds a lock for the whole process; documents are read in
    parallel by processes, not by threads. Odd characters (such as U+FFFE for a lost one) stay in
    as PDFium gives them.

    Args:
        path: The file.
        max_pages: A longer document is refused before its pages are read.

    Returns:
        All pages; one without readable text has `PageSource.NONE` (see `readability`).

    Raises:
        DocumentError: The file cannot be read; the subclass says why.
    """
    with open_pdf(path) as (document, sha256):
        check_length(len(document), max_pages=max_pages, path=path)
        pages = tuple(_read_page(document, number, path) for number in range(1, len(document) + 1))
    return PagedDocument(name=path.name, sha256=sha256, pages=pages)


def _read_page(document: Any, number: int, path: Path) -> Page:
    try:
        page = document[number - 1]
    except pdfium.PdfiumError as problem:
        raise damaged_page(path, number) from problem
    # Handles are closed page by page: a text page holds some 300 bytes a character.
    try:
        text_page = page.get_textpage()
        try:
            return _page_of(page, text_page, number)
        finally:
            text_page.close()
    except pdfium.PdfiumError as problem:
        raise damaged_page(path, number) from problem
    finally:
        page.close()


def _page_of(page: Any, text_page: Any, number: int) -> Page:
    width, height = page.get_size()
    text = text_page.get_text_range().replace("\r\n", "\n").replace("\x00", "\ufffe")
    if not is_readable(text):
        return Page(number, width, height, (), "", PageSource.NONE)
    words = words_of(text_page, shown_boxes(page))
    # A stamp's own words are kept: they may be all there is when no OCR is installed.
    source = PageSource.NONE if is_stamped_scan(page, text) else PageSource.TEXT
    return Page(number, width, height, words, text, source)
