"""From a file to a report: the cache by content and mode, scans told apart, files that cannot be read."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from watchkeeper.domain.errors import DocumentEmptyError, DocumentError
from watchkeeper.domain.page import PagedDocument, PageSource
from watchkeeper.testing.clock import MovedClock
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.report_opening import Recognise, ReportOpener, sha256_of
from watchkeeper.workloads.annual_reports.samples.book import make_sample
from watchkeeper.workloads.annual_reports.section_cache import SectionCache


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return make_sample(3).pdf


@pytest.fixture(scope="module")
def scan() -> bytes:
    return make_sample(3, scanned=True).pdf


def opener(folder: Path, *, recognise: Recognise | None = None, max_pages: int = 1500) -> ReportOpener:
    cache = SectionCache(folder / "cache", MovedClock())
    vocabulary = load_instructions().vocabulary
    return ReportOpener(cache=cache, recognise=recognise, max_pages=max_pages, vocabulary=vocabulary)


def test_the_second_opening_comes_from_the_cache_and_is_the_same(tmp_path: Path, pdf: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf)
    first, second = opener(tmp_path).open(path), opener(tmp_path).open(path)
    assert (first.cache_hit, second.cache_hit) == (False, True)
    assert replace(second, cache_hit=False) == first
    assert (first.mode, first.needs_ocr, first.unread_pages) == ("text", False, ())
    assert {section.kind for section in first.sections} >= {"balance_sheet", "income_statement"}


def test_the_same_bytes_under_another_name_keep_their_own_name(tmp_path: Path, pdf: bytes) -> None:
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(pdf)
    opener(tmp_path).open(tmp_path / "a.pdf")
    again = opener(tmp_path).open(tmp_path / "b.pdf")
    assert (again.cache_hit, again.document.name) == (True, "b.pdf")


def test_a_scan_without_ocr_needs_it_and_is_not_taken_for_one_that_had_it(
    tmp_path: Path, scan: bytes
) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(scan)
    unread = opener(tmp_path).open(path)
    assert unread.needs_ocr
    assert len(unread.unread_pages) == len(unread.document.pages)

    def recognise(document: PagedDocument, _: Path) -> PagedDocument:
        told = "Balansräkning\nSumma tillgångar 301 339 818\n" * 5
        pages = tuple(replace(page, text=told, source=PageSource.OCR) for page in document.pages)
        return replace(document, pages=pages)

    read = opener(tmp_path, recognise=recognise).open(path)
    assert (read.cache_hit, read.needs_ocr, read.mode) == (False, False, "ocr")


def test_a_hash_is_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"some bytes")
    assert sha256_of(tmp_path / "a.pdf") == hashlib.sha256(b"some bytes").hexdigest()


@pytest.mark.parametrize("name", ["missing.pdf", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        opener(tmp_path).open(tmp_path / name)


def test_what_cannot_be_opened_is_not_cached(tmp_path: Path, pdf: bytes) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"")
    for _ in range(2):
        with pytest.raises(DocumentEmptyError):
            opener(tmp_path).open(path)
    path.write_bytes(pdf)
    assert not opener(tmp_path).open(path).cache_hit
