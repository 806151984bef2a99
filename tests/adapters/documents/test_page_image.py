"""A page as an image: the size asked for, as a reader sees it, within bounds."""

import io
from pathlib import Path

import pytest
from PIL import Image
from pypdfium2 import PdfDocument
from reportlab.pdfgen.canvas import Canvas

from watchkeeper.adapters.documents import page_sizes, render_page
from watchkeeper.domain.errors import DocumentEmptyError, InvalidInputError, NotFoundError


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.pdf"
    canvas = Canvas(str(path), pagesize=(600, 800))
    for colour in ("red", "blue"):
        canvas.setFillColor(colour)
        canvas.rect(0, 700, 100, 100, stroke=0, fill=1)  # a square in the top left corner
        canvas.showPage()
    canvas.save()
    return path


def image_of(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_a_page_is_drawn_in_colour_at_the_scale_asked_for(report: Path) -> None:
    image = image_of(render_page(report, 2, scale=1.5))

    assert image.size == (900, 1200)
    assert image.getpixel((20, 20)) == (0, 0, 255)
    assert image.getpixel((400, 600)) == (255, 255, 255)


def test_a_turned_page_is_drawn_turned(report: Path) -> None:
    document = PdfDocument(report)
    document[0].set_rotation(90)
    turned = report.with_name("turned.pdf")
    document.save(turned)
    document.close()

    image = image_of(render_page(turned, 1, scale=1))

    assert image.size == (800, 600)
    assert image.getpixel((780, 20)) == (255, 0, 0)


def test_the_sizes_told_are_those_of_the_pages_as_drawn(report: Path) -> None:
    document = PdfDocument(report)
    document[0].set_rotation(90)
    document[1].set_cropbox(0, 0, 300, 400)
    changed = report.with_name("changed.pdf")
    document.save(changed)
    document.close()

    sizes = page_sizes(changed)

    assert [(one.number, one.width, one.height) for one in sizes] == [(1, 800, 600), (2, 300, 400)]
    drawn = [image_of(render_page(changed, one.number, scale=1)).size for one in sizes]
    assert drawn == [(one.width, one.height) for one in sizes]


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_page_that_is_not_there_is_said_so(report: Path, number: int) -> None:
    with pytest.raises(NotFoundError, match=f"no page {number}"):
        render_page(report, number, scale=1)


@pytest.mark.parametrize("scale", [0, -1, 1000])
def test_a_scale_that_cannot_be_drawn_is_refused(report: Path, scale: float) -> None:
    with pytest.raises(InvalidInputError):
        render_page(report, 1, scale=scale)


def test_a_bad_file_gives_the_same_error_as_reading_it(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()

    with pytest.raises(DocumentEmptyError):
        render_page(empty, 1, scale=1)
