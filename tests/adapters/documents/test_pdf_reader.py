"""What a readable PDF gives: words where they are printed, text in reading order, and its hash."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from pypdfium2 import PdfDocument
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from watchkeeper.adapters.documents import read_pdf, unreadable_pages
from watchkeeper.domain.page import Page, PageSource, Word

WIDTH, HEIGHT = 595.0, 842.0


def drawn(path: Path, *draw: Callable[[Canvas], object]) -> Path:
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    for page in draw:
        page(canvas)
        canvas.showPage()
    canvas.save()
    return path


def read_page(path: Path, draw: Callable[[Canvas], object]) -> Page:
    return read_pdf(drawn(path, draw)).pages[0]


def word(page: Page, text: str) -> Word:
    (found,) = [word for word in page.words if word.text == text]
    return found


def table(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 10)
    canvas.drawString(72, 700, "Summa tillgångar")
    canvas.drawRightString(420, 700, "301 339 818")
    canvas.drawRightString(520, 700, "298 000 111")


def test_words_stand_where_they_are_printed_from_the_top_left(tmp_path: Path) -> None:
    page = read_page(tmp_path / "a.pdf", table)

    summa = word(page, "Summa")
    assert summa.x0 == pytest.approx(72, abs=1)
    assert summa.bottom == pytest.approx(HEIGHT - 700, abs=1)
    assert summa.top == pytest.approx(HEIGHT - 700 - 7.2, abs=1)
    assert word(page, "818").x1 == pytest.approx(420, abs=1)
    assert (page.number, page.width, page.height) == (1, WIDTH, HEIGHT)


def test_text_keeps_a_row_together_and_ends_lines_with_a_newline(tmp_path: Path) -> None:
    def two_rows(canvas: Canvas) -> None:
        table(canvas)
        canvas.drawString(72, 680, "Eget kapital")

    text = read_page(tmp_path / "a.pdf", two_rows).text

    assert text.splitlines() == ["Summa tillgångar 301 339 818 298 000 111", "Eget kapital"]
    assert "\r" not in text


def test_columns_drawn_without_a_space_never_become_one_word(tmp_path: Path) -> None:
    def columns(canvas: Canvas) -> None:
        text = canvas.beginText(72, 700)
        text.setFont("Helvetica", 10)
        for amount in ("4711", "1234", "99"):
            text.textOut(amount)
            text.moveCursor(60, 0)
        canvas.drawText(text)

    page = read_page(tmp_path / "a.pdf", columns)

    assert [word.text for word in page.words] == ["4711", "1234", "99"]


def test_a_number_drawn_in_two_touching_pieces_is_one_word(tmp_path: Path) -> None:
    def pieces(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(72, 700, "769600")
        canvas.drawString(72 + canvas.stringWidth("769600", "Helvetica", 10), 700, "-1234")

    assert [word.text for word in read_page(tmp_path / "a.pdf", pieces).words] == ["769600-1234"]


def test_lines_close_together_are_never_joined(tmp_path: Path) -> None:
    def tight(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for line in range(5):
            canvas.drawString(72, 700 - 8 * line, f"{line}000")

    page = read_page(tmp_path / "a.pdf", tight)

    assert [word.text for word in page.words] == ["0000", "1000", "2000", "3000", "4000"]


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_page_gives_the_places_as_a_reader_sees_them(tmp_path: Path, degrees: int) -> None:
    path = drawn(tmp_path / "flat.pdf", lambda canvas: canvas.drawString(100, 742, "Hörn"))
    turned = tmp_path / "turned.pdf"
    document = PdfDocument(path)
    document[0].set_rotation(degrees)
    document.save(turned)
    document.close()

    page = read_pdf(turned).pages[0]

    corner = word(page, "Hörn")
    centre = ((corner.x0 + corner.x1) / 2, (corner.top + corner.bottom) / 2)
    # The word's middle is (113, 96) from the top left of the page before it is turned clockwise.
    expected = {0: (113, 96), 90: (HEIGHT - 96, 113), 180: (WIDTH - 113, HEIGHT - 96), 270: (96, WIDTH - 113)}
    assert centre == pytest.approx(expected[degrees], abs=4)
    assert page.width == (HEIGHT if degrees in (90, 270) else WIDTH)


def test_a_crop_box_moves_the_origin_to_what_is_shown(tmp_path: Path) -> None:
    path = drawn(tmp_path / "whole.pdf", lambda canvas: canvas.drawString(100, 700, "Beskuren"))
    cropped = tmp_path / "cropped.pdf"
    document = PdfDocument(path)
    document[0].set_cropbox(50, 100, 550, 800)
    document.save(cropped)
    document.close()

    page = read_pdf(cropped).pages[0]

    assert (page.width, page.height) == (500, 700)
    assert word(page, "Beskuren").x0 == pytest.approx(50, abs=1.5)
    assert word(page, "Beskuren").bottom == pytest.approx(100, abs=1.5)


def test_a_document_is_known_by_its_name_and_the_hash_of_its_bytes(tmp_path: Path) -> None:
    path = drawn(tmp_path / "Årsredovisning.pdf", table)

    document = read_pdf(path)

    assert document.name == "Årsredovisning.pdf"
    assert document.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def scan(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("L", (200, 280), 230)), 0, 0, WIDTH, HEIGHT)


def stamped_scan(canvas: Canvas) -> None:
    scan(canvas)
    canvas.drawString(20, 20, "Signerat 2024-05-05 med transaktion 0922211555")


def cover_with_a_photo(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (200, 200), "green")), 0, 200, WIDTH, 500)
    canvas.drawString(72, 760, "Årsredovisning 2023")


def test_pages_without_readable_text_are_named(tmp_path: Path) -> None:
    path = drawn(tmp_path / "mixed.pdf", table, scan, stamped_scan, cover_with_a_photo, lambda _: None)

    document = read_pdf(path)

    text, none = PageSource.TEXT, PageSource.NONE
    assert [page.source for page in document.pages] == [text, none, none, text, none]
    assert unreadable_pages(document) == (2, 3, 5)


def test_a_text_layer_of_control_characters_is_not_text(tmp_path: Path) -> None:
    path = drawn(tmp_path / "clean.pdf", lambda canvas: canvas.drawString(72, 700, "AAAA BBB"))
    junk = tmp_path / "junk.pdf"
    # A font whose mapping to characters gives only control characters, as some scanners write.
    junk.write_bytes(with_junk_mapping(path))

    page = read_pdf(junk).pages[0]

    assert page.source is PageSource.NONE
    assert (page.words, page.text) == ((), "")


def with_junk_mapping(path: Path) -> bytes:
    mapping = (
        b"/CIDInit /ProcSet findresource begin begincmap\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n"
        b"1 beginbfrange <41> <5A> <0001> endbfrange\n"
        b"endcmap end"
    )
    content = path.read_bytes().replace(b"/Type /Font", b"/ToUnicode 90 0 R /Type /Font", 1)
    body = content[: content.rindex(b"xref\n0")]
    stream = b"90 0 obj\n<</Length %d>>\nstream\n%s\nendstream\nendobj\n" % (len(mapping), mapping)
    root = content[content.index(b"/Root") :].split(b"R", 2)[1] + b"R"
    return body + stream + b"trailer\n<</Root" + root[3:] + b">>\nstartxref\n0\n%%EOF\n"


def test_threads_take_turns_and_read_the_same(tmp_path: Path) -> None:
    path = drawn(tmp_path / "a.pdf", *[table] * 5)
    alone = read_pdf(path)
    together: list[object] = []

    threads = [threading.Thread(target=lambda: together.append(read_pdf(path))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert together == [alone] * 4


def test_reading_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    read_pdf(drawn(tmp_path / "a.pdf", table, scan))

    assert capfd.readouterr() == ("", "")
