"""Whether scanned pages can be recognised here, and by what."""

from watchkeeper.adapters.documents import TesseractOcr, ocr_available
from watchkeeper.workloads.annual_reports.report_opening import Recognise


def recogniser() -> Recognise | None:
    """What recognises pages; None when it is not installed, so that scans are told as `needs_ocr`."""
    return TesseractOcr().recognise if ocr_available() is None else None


def ocr_missing() -> str | None:
    """What to install so that scans can be read; None when all is there."""
    return ocr_available()
