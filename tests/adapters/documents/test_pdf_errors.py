"""Every file that cannot be read gives one clear error: what, which file, what to do."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from watchkeeper.adapters.documents import read_pdf
from watchkeeper.domain.errors import (
    DocumentEmptyError,
    DocumentEncryptedError,
    DocumentError,
    DocumentNotPdfError,
    DocumentTooLongError,
    DocumentTruncatedError,
)
from watchkeeper.domain.page import PageSource


def printed(path: Path, *, pages: int = 1, encrypt: StandardEncryption | None = None) -> Path:
    canvas = Canvas(str(path), encrypt=encrypt)
    for number in range(1, pages + 1):
        canvas.drawString(72, 700, f"Balansräkning sida {number}")
        canvas.showPage()
    canvas.save()
    return path


def refusal(path: Path, error: type[DocumentError], *, max_pages: int = 1500) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_pdf(path, max_pages=max_pages)
    assert type(caught.value) is error
    assert path.name in caught.value.message
    assert caught.value.action
    return caught.value


def test_a_file_under_a_password_is_refused_as_encrypted(tmp_path: Path) -> None:
    locked = printed(tmp_path / "locked.pdf", encrypt=StandardEncryption("hemligt"))

    assert "password" in refusal(locked, DocumentEncryptedError).message


def test_a_file_that_only_restricts_printing_is_read(tmp_path: Path) -> None:
    restricted = StandardEncryption("", ownerPassword="ägare", canPrint=0)

    document = read_pdf(printed(tmp_path / "restricted.pdf", encrypt=restricted))

    assert "Balansräkning" in document.pages[0].text


@pytest.mark.parametrize("kept", [0.03, 0.3, 0.6, 0.9, 0.99])
def test_a_file_cut_anywhere_is_refused_as_truncated(tmp_path: Path, kept: float) -> None:
    whole = printed(tmp_path / "whole.pdf", pages=20).read_bytes()
    cut = tmp_path / "cut.pdf"
    cut.write_bytes(whole[: int(len(whole) * kept)])

    refusal(cut, DocumentTruncatedError)


def test_a_cut_after_an_earlier_end_mark_is_still_seen(tmp_path: Path) -> None:
    whole = printed(tmp_path / "whole.pdf", pages=3).read_bytes()
    updated = tmp_path / "updated.pdf"
    updated.write_bytes(whole + b"9 0 obj<</Type/Page/Parent 2 0 R")

    refusal(updated, DocumentTruncatedError)


def test_a_file_with_an_end_but_nothing_before_it_is_refused_as_damaged(tmp_path: Path) -> None:
    hollow = tmp_path / "hollow.pdf"
    hollow.write_bytes(b"%PDF-1.7\n" + b"\0" * 5000 + b"\nstartxref\n99999\n%%EOF\n")

    assert "damaged" in refusal(hollow, DocumentTruncatedError).message


def test_bytes_added_after_the_end_do_no_harm(tmp_path: Path) -> None:
    padded = printed(tmp_path / "padded.pdf")
    padded.write_bytes(padded.read_bytes() + b"\n<!-- served in 3 ms -->\n" + b"\0" * 3000)

    assert [page.source for page in read_pdf(padded).pages] == [PageSource.TEXT]


def test_an_empty_file_is_refused_as_empty(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pdf"
    empty.touch()

    assert "0 bytes" in refusal(empty, DocumentEmptyError).message


def test_a_pdf_without_pages_is_refused_as_empty(tmp_path: Path) -> None:
    bare = tmp_path / "bare.pdf"
    with closing(PdfDocument.new()) as nothing:
        nothing.save(bare)

    assert "without a single page" in refusal(bare, DocumentEmptyError).message


def test_more_pages_than_allowed_are_refused_before_they_are_read(tmp_path: Path) -> None:
    long = printed(tmp_path / "long.pdf", pages=21)

    message = refusal(long, DocumentTooLongError, max_pages=20).message
    assert "21" in message
    assert "20" in message
    assert len(read_pdf(long, max_pages=21).pages) == 21


def test_two_thousand_pages_are_more_than_the_default_allows(tmp_path: Path) -> None:
    refusal(printed(tmp_path / "huge.pdf", pages=2000), DocumentTooLongError)


@pytest.mark.parametrize("content", [b"PK\x03\x04 a spreadsheet", b"<html>404</html>", b"\xff\xd8\xff\xe0"])
def test_something_else_under_a_pdf_name_is_refused_as_not_a_pdf(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "other.pdf"
    other.write_bytes(content)

    refusal(other, DocumentNotPdfError)


def test_a_vanished_file_a_folder_and_a_pipe_are_each_refused(tmp_path: Path) -> None:
    folder, pipe = tmp_path / "folder.pdf", tmp_path / "pipe.pdf"
    folder.mkdir()
    os.mkfifo(pipe)

    assert "No such file" in refusal(tmp_path / "gone.pdf", DocumentError).message
    assert "folder" in refusal(folder, DocumentError).message
    assert "regular file" in refusal(pipe, DocumentError).message


@pytest.fixture
def as_nobody() -> Iterator[None]:
    """Root may read every file, so a test about permission runs as a user who may not."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


def test_a_file_one_may_not_read_is_refused(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    private = printed(tmp_path / "private.pdf")
    private.chmod(0)
    request.getfixturevalue("as_nobody")

    assert "permission" in refusal(private, DocumentError).action


def test_a_refusal_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    test_a_file_with_an_end_but_nothing_before_it_is_refused_as_damaged(tmp_path)
    test_a_pdf_without_pages_is_refused_as_empty(tmp_path)

    assert capfd.readouterr() == ("", "")
