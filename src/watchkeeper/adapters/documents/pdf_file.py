"""Opening a PDF: every file that cannot be read gives one clear error saying what to do about it."""

import errno
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from watchkeeper.domain.errors import (
    DocumentEmptyError,
    DocumentEncryptedError,
    DocumentError,
    DocumentNotPdfError,
    DocumentTooLongError,
    DocumentTruncatedError,
)

PDFIUM_LOCK = threading.RLock()
"""PDFium keeps global state and is not thread-safe: hold this around every call into it."""

_HEADER_WITHIN_BYTES = 1024
"""Readers accept junk before `%PDF-` up to here (PDF reference 1.7, appendix H, note 13)."""

_ENCRYPTED = (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY)
_NO_REASON = (pdfium_c.FPDF_ERR_SUCCESS, pdfium_c.FPDF_ERR_FILE)


@contextmanager
def open_pdf(path: Path) -> Iterator[tuple[Any, str]]:
    """Open a PDF and hold PDFium's lock until it is closed.

    The file is read once, so that what is hashed is what is parsed, and a file that vanishes
    meanwhile changes nothing.

    Yields:
        The open document (pypdfium2's, which carries no types) and the sha256 of the file's bytes.

    Raises:
        DocumentError: The subclass says why; the message names the file.
    """
    content = _content(path)
    _check_ends(content, path)
    with PDFIUM_LOCK:
        document = _opened(content, path)
        try:
            if len(document) == 0:
                raise _without_pages(path)
            yield document, hashlib.sha256(content).hexdigest()
        finally:
            document.close()


def check_length(pages: int, *, max_pages: int, path: Path) -> None:
    """Refuse a document with more pages than allowed.

    Raises:
        DocumentTooLongError: It has more than `max_pages`.
    """
    if pages > max_pages:
        raise DocumentTooLongError(
            f"{path.name} has {pages} pages, more than the {max_pages} allowed",
            action="split the document, or raise `workloads.annual-reports.max_pages`",
        )


def damaged_page(path: Path, number: int) -> DocumentTruncatedError:
    """The error for a page that PDFium cannot load."""
    return DocumentTruncatedError(
        f"page {number} of {path.name} is damaged and cannot be read",
        action="fetch or export the document again",
    )


def _content(path: Path) -> bytes:
    try:
        # Opening a pipe or a device would wait for ever or never end.
        if path.exists() and not path.is_file():
            kind = "a folder" if path.is_dir() else "not a regular file"
            raise DocumentError(f"{path} is {kind}, not a document", action="name a PDF file")
        content = path.read_bytes()
    except OSError as problem:
        raise DocumentError(
            f"{path} cannot be read: {problem.strerror or problem}", action=_remedy(problem)
        ) from problem
    if not content:
        raise DocumentEmptyError(f"{path.name} is empty (0 bytes)", action="fetch the document again")
    return content


def _remedy(problem: OSError) -> str:
    if problem.errno in (errno.EACCES, errno.EPERM):
        return "give the user who runs this permission to read the file"
    if problem.errno == errno.ENOENT:
        return "check the path; the file may have been moved or deleted"
    return "check the disk and the path, then try again"


def _check_ends(content: bytes, path: Path) -> None:
    if b"%PDF-" not in content[:_HEADER_WITHIN_BYTES]:
        raise DocumentNotPdfError(
            f"{path.name} is not a PDF: it does not begin with %PDF-",
            action="convert the document to PDF, or check that the download is the document itself",
        )
    # PDFium rebuilds a cut file's index and then serves the pages that are left, so a cut must be
    # seen here. A linearized file has a first end mark near its start, hence the look at what
    # follows the last one; anything but further objects (a mail footer, padding) is harmless.
    end = content.rfind(b"%%EOF")
    cut = b"startxref" not in content[-_HEADER_WITHIN_BYTES:] if end < 0 else b" obj" in content[end:]
    if cut:
        raise DocumentTruncatedError(
            f"{path.name} ends before the document does: its end mark is missing",
            action="fetch the document again; the copy is incomplete",
        )


def _opened(content: bytes, path: Path) -> Any:
    # PDFium keeps the reason of an earlier refusal when it refuses a document of no pages, the one
    # refusal it gives no reason for. Failing to open a file without a name first leaves FILE there,
    # a reason that bytes in memory never have.
    pdfium_c.FPDF_LoadDocument(b"", None)
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as problem:
        if problem.err_code in _ENCRYPTED:
            raise DocumentEncryptedError(
                f"{path.name} is protected by a password",
                action="save a copy without the password and use that",
            ) from problem
        if problem.err_code in _NO_REASON:
            raise _without_pages(path) from problem
        raise DocumentTruncatedError(
            f"{path.name} is damaged: it begins as a PDF, but its index of objects cannot be read",
            action="fetch or export the document again",
        ) from problem


def _without_pages(path: Path) -> DocumentEmptyError:
    return DocumentEmptyError(
        f"{path.name} is a PDF without a single page", action="fetch or export the document again"
    )
