"""Pages as images: for a person's screen, for OCR and for vision models."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from PIL import Image

from watchkeeper.adapters.documents.pdf_file import damaged_page, open_pdf
from watchkeeper.domain.errors import InvalidInputError, NotFoundError

POINTS_PER_INCH = 72

_MOST_PIXELS = 60_000_000
"""A sheet of A4 at 600 dpi has 35 million; above this one page would take the memory of a report."""


def render_page(path: Path, number: int, *, scale: float) -> bytes:
    """One page as it is shown, in colour, as a PNG file's bytes.

    The bytes are what the web serves and what a vision model is sent; `scale=1.5` (108 dpi) is
    readable on a screen, `scale=2` (144 dpi) shows small print to a model.

    Args:
        path: The PDF.
        number: 1-based page.
        scale: Pixels a point (1/72 inch); 1 is 72 dpi.

    Raises:
        DocumentError: The file cannot be read; the subclass says why.
        InvalidInputError: The scale is not positive, or the image would be too large.
        NotFoundError: The document has no such page.
    """
    with open_pdf(path) as (document, _):
        image = page_image(document, number, scale=scale, path=path)
    png = io.BytesIO()
    image.save(png, "PNG")
    return png.getvalue()


@dataclass(frozen=True, slots=True)
class PageSize:
    """How large a page is shown, in points (1/72 inch)."""

    number: int
    """1-based."""
    width: float
    height: float


def page_sizes(path: Path) -> tuple[PageSize, ...]:
    """The size of every page as it is shown, turned and cropped: the frame that words' places stand in.

    Raises:
        DocumentError: The file cannot be read; the subclass says why.
    """
    with open_pdf(path) as (document, _):
        sizes = [document.get_page_size(index) for index in range(len(document))]
    return tuple(PageSize(number, width, height) for number, (width, height) in enumerate(sizes, start=1))


def page_image(document: Any, number: int, *, scale: float, path: Path, grey: bool = False) -> Image.Image:
    """One page of an open document as an image; see `render_page`, which opens the file itself.

    Args:
        document: From `open_pdf`.
        number: 1-based page.
        scale: Pixels a point.
        path: The document's file, for messages.
        grey: 256 shades of grey rather than colour.
    """
    if not 1 <= number <= len(document):
        raise NotFoundError(
            f"{path.name} has no page {number}", action=f"ask for a page from 1 to {len(document)}"
        )
    try:
        page = document[number - 1]
    except pdfium.PdfiumError as problem:
        raise damaged_page(path, number) from problem
    try:
        width, height = page.get_size()
        _check_size(width * scale, height * scale, scale)
        bitmap = page.render(scale=scale, grayscale=grey)
        try:
            image: Image.Image = bitmap.to_pil()
            # The bitmap's memory goes back to PDFium below, so the image needs its own.
            return image.copy()
        finally:
            bitmap.close()
    finally:
        page.close()


def _check_size(width: float, height: float, scale: float) -> None:
    if scale <= 0:
        raise InvalidInputError(f"a page cannot be drawn at scale {scale}", action="ask for a scale above 0")
    if width * height > _MOST_PIXELS:
        raise InvalidInputError(
            f"a page of {width:.0f} x {height:.0f} pixels is more than {_MOST_PIXELS:,} pixels",
            action="ask for a smaller scale",
        )
