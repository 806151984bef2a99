"""From a file to a report that readers can read: pages, OCR where needed, repair, sections, cache."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from watchkeeper.adapters.documents import read_pdf, unreadable_pages
from watchkeeper.domain.errors import DocumentError
from watchkeeper.domain.page import PagedDocument
from watchkeeper.workloads.annual_reports.reading import Section
from watchkeeper.workloads.annual_reports.repair import repair
from watchkeeper.workloads.annual_reports.section_cache import CachedReport, SectionCache, cache_key
from watchkeeper.workloads.annual_reports.sections import sectionize

Recognise = Callable[[PagedDocument, Path], PagedDocument]
"""Puts the pages without text through OCR."""

READABLE_SHARE = 0.5
"""A report with fewer readable pages than this share is a scan: its fields cannot be judged missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedReport:
    """A report ready to be read."""

    document: PagedDocument
    sections: tuple[Section, ...]
    mode: str
    """`text`, or `ocr` when pages were recognised."""
    unread_pages: tuple[int, ...]
    """1-based pages that stay without text."""
    cache_hit: bool

    @property
    def needs_ocr(self) -> bool:
        """Whether too little can be read to tell what the report states."""
        pages = len(self.document.pages)
        return pages - len(self.unread_pages) < READABLE_SHARE * pages


class ReportOpener:
    """Opens reports, remembering what was costly."""

    def __init__(
        self,
        *,
        cache: SectionCache,
        recognise: Recognise | None,
        max_pages: int,
        vocabulary: Mapping[str, tuple[str, ...]],
    ) -> None:
        """Join what opening needs; without `recognise`, scanned pages stay unread."""
        self._cache = cache
        self._recognise = recognise
        self._max_pages = max_pages
        self._vocabulary = vocabulary
        words = json.dumps({name: list(found) for name, found in sorted(vocabulary.items())})
        self._vocabulary_sha256 = hashlib.sha256(words.encode()).hexdigest()[:16]

    def open(self, path: Path) -> OpenedReport:
        """The report of a file.

        Raises:
            DocumentError: The file cannot be read; the subclass says why.
        """
        mode: Literal["text", "ocr"] = "ocr" if self._recognise else "text"
        key = cache_key(sha256_of(path), mode, vocabulary=self._vocabulary_sha256)
        cached = self._cache.get(key)
        if cached is not None:
            return _opened(path, cached, hit=True)
        document = read_pdf(path, max_pages=self._max_pages)
        if self._recognise is not None and unreadable_pages(document):
            document = self._recognise(document, path)
        document = repair(document, self._vocabulary)
        report = CachedReport(document=document, sections=sectionize(document))
        self._cache.put(key, report)
        return _opened(path, report, hit=False)


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes.

    Raises:
        DocumentError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as failure:
        raise DocumentError(
            f"{path.name} cannot be read: {failure.strerror}", action="check the path and its permissions"
        ) from failure


def _opened(path: Path, report: CachedReport, *, hit: bool) -> OpenedReport:
    document = report.document
    if document.name != path.name:
        document = PagedDocument(name=path.name, sha256=document.sha256, pages=document.pages)
    recognised = any(page.source == "ocr" for page in document.pages)
    return OpenedReport(
        document=document,
        sections=report.sections,
        mode="ocr" if recognised else "text",
        unread_pages=unreadable_pages(document),
        cache_hit=hit,
    )
