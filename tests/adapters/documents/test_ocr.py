"""Scanned pages come back with words and text, or with an error that says what to install."""

import io
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from watchkeeper.adapters.documents import (
    TesseractOcr,
    ocr_available,
    ocr_pages,
    read_pdf,
    render_page,
    unreadable_pages,
)
from watchkeeper.domain.errors import DocumentChangedError, OcrFailedError, OcrUnavailableError
from watchkeeper.domain.page import PageSource

WIDTH, HEIGHT = 595.0, 842.0

needs_tesseract = pytest.mark.skipif(
    ocr_available() is not None, reason=f"OCR cannot run here: {ocr_available()}"
)


def balance_sheet(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 11)
    canvas.drawString(72, 760, "Balansräkning för Bostadsrättsföreningen Björken")
    rows = [
        ("Byggnader och mark", "298 400 000", "301 200 000"),
        ("Kassa och bank", "2 939 818", "1 648 959"),
        ("Summa tillgångar", "301 339 818", "302 848 959"),
        ("Summa eget kapital", "210 115 301", "209 876 543"),
    ]
    for row, (label, current, prior) in enumerate(rows):
        canvas.drawString(72, 700 - 22 * row, label)
        canvas.drawRightString(400, 700 - 22 * row, current)
        canvas.drawRightString(520, 700 - 22 * row, prior)


def printed(path: Path, draw: Callable[[Canvas], object]) -> Path:
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    draw(canvas)
    canvas.save()
    return path


def scanned(tmp_path: Path, *, turned: float = 0) -> Path:
    """A text page, then the same page as a scan turned counter-clockwise."""
    original = printed(tmp_path / "original.pdf", balance_sheet)
    image = Image.open(io.BytesIO(render_page(original, 1, scale=200 / 72))).convert("L")
    image = image.rotate(turned, expand=turned % 90 == 0, fillcolor=255)

    canvas = Canvas(str(tmp_path / "scan.pdf"), pagesize=(WIDTH, HEIGHT))
    balance_sheet(canvas)
    canvas.showPage()
    size = (HEIGHT, WIDTH) if turned in {90, 270} else (WIDTH, HEIGHT)
    canvas.setPageSize(size)
    canvas.drawImage(ImageReader(image), 0, 0, *size)
    canvas.save()
    return tmp_path / "scan.pdf"


@pytest.mark.slow
@needs_tesseract
def test_a_scanned_page_reads_like_the_page_it_was_scanned_from(tmp_path: Path) -> None:
    path = scanned(tmp_path)
    document = read_pdf(path)
    assert unreadable_pages(document) == (2,)

    text_page, scan = ocr_pages(document, path).pages

    assert text_page == document.pages[0]
    assert scan.source is PageSource.OCR
    assert "Summa tillgångar 301 339 818 302 848 959" in scan.text.splitlines()
    assert "Kassa och bank 2 939 818 1 648 959" in scan.text.splitlines()
    places = {word.text: word for word in text_page.words}
    found = {word.text: word for word in scan.words}
    for text in ("Balansräkning", "Byggnader", "301"):
        for side in ("x0", "top", "x1", "bottom"):
            assert getattr(found[text], side) == pytest.approx(getattr(places[text], side), abs=2.5)


@pytest.mark.slow
@needs_tesseract
def test_a_page_scanned_a_little_askew_keeps_its_rows(tmp_path: Path) -> None:
    path = scanned(tmp_path, turned=1.0)

    scan = ocr_pages(read_pdf(path), path).pages[1]

    assert "Summa tillgångar 301 339 818 302 848 959" in scan.text.splitlines()


@needs_tesseract
@pytest.mark.slow
@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_scanned_sideways_is_read_upright_and_its_words_stay_in_their_places(
    tmp_path: Path, turned: int
) -> None:
    path = scanned(tmp_path, turned=turned)

    scan = ocr_pages(read_pdf(path), path).pages[1]

    assert "Summa tillgångar 301 339 818 302 848 959" in scan.text.splitlines()
    (heading,) = [word for word in scan.words if word.text == "Balansräkning"]
    # Upright, the heading begins at 72 from the left and ends 82 from the top.
    if turned == 90:
        assert (heading.bottom, heading.x1) == pytest.approx((WIDTH - 72, 82), abs=4)
    elif turned == 180:
        assert (heading.x1, heading.top) == pytest.approx((WIDTH - 72, HEIGHT - 82), abs=4)
    else:
        assert (heading.top, heading.x0) == pytest.approx((72, HEIGHT - 82), abs=4)


@pytest.mark.slow
@needs_tesseract
def test_a_blank_page_is_read_and_found_blank(tmp_path: Path) -> None:
    path = printed(tmp_path / "blank.pdf", lambda canvas: canvas.showPage())

    (page,) = ocr_pages(read_pdf(path), path).pages

    assert (page.source, page.words, page.text) == (PageSource.OCR, (), "")


@needs_tesseract
def test_a_page_that_takes_too_long_is_named(tmp_path: Path) -> None:
    path = scanned(tmp_path)

    with pytest.raises(OcrFailedError, match=r"page 2 of scan.pdf: .*0.001 s"):
        TesseractOcr(page_timeout_s=0.001).recognise(read_pdf(path), path)


@needs_tesseract
def test_a_file_changed_since_it_was_read_is_refused(tmp_path: Path) -> None:
    path = scanned(tmp_path)
    document = read_pdf(path)
    path.write_bytes(path.read_bytes() + b"\n")

    with pytest.raises(DocumentChangedError, match=r"scan.pdf has changed"):
        ocr_pages(document, path)


@needs_tesseract
def test_a_missing_language_is_said_with_the_package_that_brings_it(tmp_path: Path) -> None:
    path = scanned(tmp_path)

    with pytest.raises(OcrUnavailableError) as refusal:
        TesseractOcr(language="tlh").recognise(read_pdf(path), path)

    assert "no language 'tlh'" in refusal.value.message
    assert refusal.value.action == "install the package tesseract-ocr-tlh"


def test_without_tesseract_a_scan_is_refused_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = scanned(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert "tesseract-ocr-swe" in str(ocr_available())
    with pytest.raises(OcrUnavailableError, match="not installed") as refusal:
        ocr_pages(read_pdf(path), path)
    assert "tesseract-ocr-swe" in refusal.value.action


def test_without_tesseract_a_report_that_needs_no_ocr_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = printed(tmp_path / "text.pdf", balance_sheet)
    monkeypatch.setenv("PATH", str(tmp_path))
    document = read_pdf(path)

    assert ocr_pages(document, path) == document


def test_a_tesseract_that_fails_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "tesseract"
    broken.write_text(
        '#!/bin/sh\n[ "$1" = --list-langs ] && echo swe && exit 0\necho "no memory left" >&2\nexit 3\n'
    )
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    path = scanned(tmp_path)

    with pytest.raises(OcrFailedError, match=r"page 2 of scan.pdf: .*code 3: no memory left"):
        ocr_pages(read_pdf(path), path)
