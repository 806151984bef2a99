"""A page as a picture."""

import io
from pathlib import Path

import pypdfium2 as pdfium

from watchkeeper.adapters.documents.pdf_file import damaged_page, open_pdf
from watchkeeper.domain.errors import NotFoundError


def render_page(path: Path, number: int, *, scale: float, greyscale: bool = False) -> bytes:
    """A page of a PDF as a PNG picture.

    Args:
        path: The PDF.
        number: 1-based.
        scale: Pixels per point (1/72 inch): 300 dpi are 300 / 72.
        greyscale: Whether colour is left out.

    Raises:
        DocumentError: The file or the page cannot be read; the subclass says why.
        NotFoundError: The document has no such page.
    """
    with open_pdf(path) as (document, _):
        if not 1 <= number <= len(document):
            raise NotFoundError(
                f"{path.name} has no page {number}", action=f"ask for a page from 1 to {len(document)}"
            )
        try:
            page = document[number - 1]
        except pdfium.PdfiumError as failure:
            raise damaged_page(path, number) from failure
        try:
            image = page.render(scale=scale, grayscale=greyscale).to_pil()
        finally:
            page.close()
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()
