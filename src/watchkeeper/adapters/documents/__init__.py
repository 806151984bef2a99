"""Documents: reading a PDF's text layer, rendering its pages, and OCR where text is missing."""

from watchkeeper.adapters.documents.ocr import OcrEngine, TesseractOcr, ocr_pages
from watchkeeper.adapters.documents.page_image import PageSize, page_sizes, render_page
from watchkeeper.adapters.documents.pdf_reader import read_pdf
from watchkeeper.adapters.documents.readability import unreadable_pages
from watchkeeper.adapters.documents.tesseract import ocr_available

__all__ = [
    "ADAPTER_VERSION",
    "OcrEngine",
    "PageSize",
    "TesseractOcr",
    "ocr_available",
    "ocr_pages",
    "page_sizes",
    "read_pdf",
    "render_page",
    "unreadable_pages",
]

ADAPTER_VERSION = "1"
"""Raised whenever `read_pdf` or OCR may give other words or text for a file; caches are keyed by it."""
