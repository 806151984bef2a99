"""Errors of documents that cannot be read."""

from watchkeeper.domain.errors.table import ErrorTier, WatchkeeperError


class DocumentError(WatchkeeperError):
    """A document cannot be read; its subclasses say why."""

    code = "document_unreadable"
    tier = ErrorTier.LOW
    status = 400


class DocumentEncryptedError(DocumentError):
    """The document is protected by a password."""

    code = "document_encrypted"


class DocumentEmptyError(DocumentError):
    """The file has no bytes, or the document has no pages."""

    code = "document_empty"


class DocumentTruncatedError(DocumentError):
    """The file ends before the document does."""

    code = "document_truncated"


class DocumentNotPdfError(DocumentError):
    """The file is something else than a PDF."""

    code = "document_not_pdf"


class DocumentTooLongError(DocumentError):
    """The document has more pages than the setting allows."""

    code = "document_too_long"


class DocumentChangedError(DocumentError):
    """The file's bytes are no longer those that were read."""

    code = "document_changed"


class OcrFailedError(DocumentError):
    """OCR could not read a page: it failed, or did not end in time."""

    code = "ocr_failed"


class OcrUnavailableError(WatchkeeperError):
    """OCR was asked for, but its engine or its language is not installed."""

    code = "ocr_unavailable"
    status = 503
