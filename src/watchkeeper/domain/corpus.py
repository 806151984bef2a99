"""The corpus: the documents a workload knows, each numbered and known by its hash (GF-70)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DocumentStatus(StrEnum):
    """What has become of a document so far."""

    NEW = "new"
    OK = "ok"
    NEEDS_OCR = "needs_ocr"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusDocument:
    """One document of the corpus; the same bytes are one document, whatever the file is called."""

    workload: str
    number: int
    """1-based, in the order of adding; never given twice in a workload."""
    name: str
    sha256: str
    path: str
    """Where the file stood when it was added."""
    pages: int | None
    """None until it has been opened."""
    status: DocumentStatus
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A document about to join the corpus; its number is given by the store."""

    workload: str
    name: str
    """The file's name, without its folder."""
    sha256: str
    path: str
    pages: int | None = None
    """None until it has been opened."""
    status: DocumentStatus = DocumentStatus.NEW
    added_at: datetime


@dataclass(frozen=True, slots=True)
class AddedDocument:
    """What became of a document that was to join the corpus."""

    document: CorpusDocument
    is_new: bool
    """False when the same bytes were there already; their document is kept as it stands."""
