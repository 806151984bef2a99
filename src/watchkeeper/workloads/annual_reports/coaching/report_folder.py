"""A folder of labelled reports, opened for coaching."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.settings import Settings
from watchkeeper.domain.errors import DocumentError, InvalidInputError
from watchkeeper.workloads.annual_reports.coaching.exam import LabelledReport
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.ocr_choice import recogniser
from watchkeeper.workloads.annual_reports.report_opening import ReportOpener
from watchkeeper.workloads.annual_reports.scoring import Labels
from watchkeeper.workloads.annual_reports.section_cache import SectionCache
from watchkeeper.workloads.annual_reports.worker_setup import (
    BYTES_A_MB,
    SECONDS_AN_HOUR,
    own_settings,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFolder:
    """What a folder holds for coaching."""

    reports: Sequence[LabelledReport]
    unread: tuple[str, ...]
    """Labelled reports that cannot be read here, with the reason; they teach nothing and count nowhere."""
    unlabelled: tuple[str, ...]
    missing: tuple[str, ...]
    """Names the labels have and the folder has not."""


def report_opener(settings: Settings, data_dir: Path) -> ReportOpener:
    """What opens reports, sharing the section cache with `wk run`."""
    own = own_settings(settings)
    return ReportOpener(
        cache=SectionCache(
            data_dir / "cache" / "sections",
            SystemClock(),
            ttl_s=own.section_cache_ttl_h * SECONDS_AN_HOUR,
            max_bytes=own.section_cache_mb * BYTES_A_MB,
        ),
        recognise=recogniser() if own.ocr == "auto" else None,
        max_pages=own.max_pages,
        vocabulary=load_instructions().vocabulary,
    )


def open_folder(files: Sequence[Path], labels: Labels, opener: ReportOpener) -> ReportFolder:
    """The labelled reports among some files.

    Raises:
        InvalidInputError: None of them is labelled and readable.
    """
    reports, unread = [], []
    for path in files:
        if path.name not in labels:
            continue
        try:
            opened = opener.open(path)
        except DocumentError as failure:
            unread.append(f"{path.name}: {failure.message}")
            continue
        if opened.needs_ocr:
            unread.append(f"{path.name}: a scan, and no OCR is installed")
            continue
        reports.append(
            LabelledReport(document=opened.document, sections=opened.sections, truths=labels[path.name])
        )
    if not reports:
        raise InvalidInputError(
            f"none of {len(files)} reports is labelled and readable",
            action="the labels name files as they stand in the folder",
        )
    names = {path.name for path in files}
    return ReportFolder(
        reports=reports,
        unread=tuple(unread),
        unlabelled=tuple(sorted(name for name in names if name not in labels)),
        missing=tuple(sorted(name for name in labels if name not in names)),
    )
