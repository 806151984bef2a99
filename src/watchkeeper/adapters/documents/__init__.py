"""Documents: reading a PDF's text layer, rendering its pages, and OCR where text is missing."""

from watchkeeper.adapters.documents.pdf_reader import read_pdf
from watchkeeper.adapters.documents.readability import unreadable_pages
from watchkeeper.adapters.documents.rendering import render_page

__all__ = ["read_pdf", "render_page", "unreadable_pages"]
