"""One process that reads reports: everything it needs, built once from plain values."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.adapters.documents import render_page
from watchkeeper.app.end_with_starter import end_with_starter
from watchkeeper.app.settings import Settings
from watchkeeper.domain.errors import DocumentError, StorageFullError, WatchkeeperError
from watchkeeper.gateway.baseline import place_of
from watchkeeper.gateway.call_content import HashedContent
from watchkeeper.gateway.call_path import CallPath
from watchkeeper.gateway.receipts import ReceiptWriter
from watchkeeper.gateway.relay.ledger import Ledger, NoFigures
from watchkeeper.gateway.relay_thread import RelayThread
from watchkeeper.workloads.annual_reports.extraction import WORKLOAD, Extracted, Extraction, Question
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.ocr_choice import ocr_missing, recogniser
from watchkeeper.workloads.annual_reports.readers.model import ModelReader
from watchkeeper.workloads.annual_reports.release_choice import Reading, ReleaseChoice
from watchkeeper.workloads.annual_reports.report_opening import OpenedReport, ReportOpener, sha256_of
from watchkeeper.workloads.annual_reports.result_line import DocumentResult, error_body, in_utf8
from watchkeeper.workloads.annual_reports.roster import agents_by_priority, load_roster
from watchkeeper.workloads.annual_reports.section_cache import SectionCache
from watchkeeper.workloads.annual_reports.worker_log import log_to_file
from watchkeeper.workloads.annual_reports.workload import AnnualReports, name_words, twin_readers

log = logging.getLogger(__name__)

WRITER = "annual-reports"
"""The first part of the names of this workload's receipt files."""
SCREEN_SCALE = 1.5
"""Pixels per point of the page images a vision model is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdReader:
    """A configured target or route that reads every report besides the twins."""

    model: str
    """Its name."""
    timeout_s: float
    sends_images: bool
    settings: Mapping[str, object] = field(repr=False)
    """The platform's settings, plain, without those of workloads; with the providers' keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSetup:
    """What a worker is built from; plain values, for it crosses into another process."""

    data_dir: Path
    run_id: str | None
    ocr: bool
    max_pages: int
    cache_ttl_s: float
    cache_bytes: int
    receipt_file_bytes: int
    content_opted_out: bool = False
    """Whether what models are asked and answer is not kept."""
    third: ThirdReader | None = None
    instructions: Path | None = None
    """A folder of instructions; None for those that ship with the workload."""
    releases: ReleaseChoice | None = None
    """Given, each document is read with the instructions of its release or arm; its receipts say which."""


class DocumentWorker:
    """Reads documents one after the other; not for several threads."""

    def __init__(self, setup: WorkerSetup) -> None:
        self._run_id = setup.run_id
        self._clock = SystemClock()
        self._ids = SystemIds()
        self._setup = setup
        self._receipts = ReceiptWriter(
            setup.data_dir / "receipts", WRITER, clock=self._clock, rotate_bytes=setup.receipt_file_bytes
        )
        self._content = ContentPacks(
            setup.data_dir / "content",
            clock=self._clock,
            opted_out=frozenset({WORKLOAD} if setup.content_opted_out else ()),
        )
        ledger = Ledger(
            receipts=self._receipts,
            content=HashedContent(self._content),
            figures=NoFigures(),
            clock=self._clock,
            ids=self._ids,
        )
        self._calls = CallPath(
            AnnualReports().baseline_engines().values(), ledger, models=_models(setup, ledger)
        )
        self._desks: dict[Path | None, _Desk] = {}
        for folder in _folders(setup):
            self._desks[folder] = self._desk(folder)

    def _desk(self, folder: Path | None) -> "_Desk":
        """What reads by the instructions of a folder."""
        setup, instructions = self._setup, load_instructions(folder)
        opener = ReportOpener(
            cache=SectionCache(
                setup.data_dir / "cache" / "sections",
                self._clock,
                ttl_s=setup.cache_ttl_s,
                max_bytes=setup.cache_bytes,
            ),
            recognise=recogniser() if setup.ocr else None,
            max_pages=setup.max_pages,
            vocabulary=instructions.vocabulary,
        )
        extraction = Extraction(
            self._calls.call,
            readers=twin_readers(),
            instructions=instructions,
            agents=[agent.name for agent in agents_by_priority(load_roster())],
            ignored=name_words(instructions),
            model_reader=_third_reader(setup.third),
        )
        return _Desk(opener, extraction)

    def process(self, path: Path) -> DocumentResult:
        """Everything about one document; a document's failure is a result, not an exception.

        Raises:
            StorageFullError: Receipts cannot be written; no document can be finished any more.
        """
        started_s = self._clock.monotonic()
        releases = self._setup.releases
        reading = None if releases is None else releases.of(path.name)
        desk = self._desks[self._setup.instructions if reading is None else reading.release.folder]
        try:
            result = self._read(path, desk.opener.open(path), extraction=desk.extraction, reading=reading)
        except StorageFullError:
            raise
        except WatchkeeperError as error:
            result = _failed(path, error_body(error))
        except Exception as defect:
            # A mistake of ours on one document must not take the others along; the log has the trace.
            log.exception("reading %s failed", path.name)
            result = _failed(path, _defect_body(path, defect))
        return in_utf8(replace(result, seconds=self._clock.monotonic() - started_s))

    def close(self) -> None:
        """End calls to models and give back what they were lent; close content and receipts."""
        self._calls.close()
        self._content.close()
        self._receipts.close()

    def _read(
        self, path: Path, opened: OpenedReport, *, extraction: Extraction, reading: Reading | None
    ) -> DocumentResult:
        document = opened.document
        release = None if reading is None else reading.release.release_id
        experiment, arm = (None, None) if reading is None else (reading.experiment, reading.arm)
        result = DocumentResult(
            document=document.name,
            path=str(path),
            sha256=document.sha256,
            status="needs_ocr",
            error=_needs_ocr_body(opened),
            pages=len(document.pages),
            sections=opened.sections,
            mode=opened.mode,
            unread_pages=opened.unread_pages,
            cache_hit=opened.cache_hit,
            release=release,
            experiment=experiment,
            arm=arm,
        )
        if opened.needs_ocr:
            return result
        return _with_fields(
            result,
            extraction.extract(
                Question(
                    document=document,
                    sections=opened.sections,
                    run_id=self._run_id,
                    trace_id=self._ids.trace_id(),
                    release=release,
                    experiment=experiment,
                    arm=arm,
                    page_image=partial(render_page, path, scale=SCREEN_SCALE),
                )
            ),
        )


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one set of instructions needs."""

    opener: ReportOpener
    extraction: Extraction


def _folders(setup: WorkerSetup) -> tuple[Path | None, ...]:
    """The sets of instructions that documents may be read with: built before the first is read."""
    releases = setup.releases
    if releases is None:
        return (setup.instructions,)
    return tuple({one.folder: None for one in releases.all()})


_WORKERS: list[DocumentWorker] = []
"""The worker of this process; a process pool can only call plain functions."""


def set_up_process(setup: WorkerSetup) -> None:
    """Build this process's worker; it ends with the process that started it."""
    end_with_starter()
    log_to_file(setup.data_dir, setup.run_id)
    worker = DocumentWorker(setup)
    Finalize(None, worker.close, exitpriority=10)  # a worker process of a pool runs these, and no `atexit`
    _WORKERS.append(worker)


def process_in_worker(path: Path) -> DocumentResult:
    """Read a document with this process's worker."""
    return _WORKERS[-1].process(path)


def _failed(path: Path, error: Mapping[str, object]) -> DocumentResult:
    """The result of a document that could not be read; by its hash, if it has one, it is of the corpus."""
    try:
        sha256 = sha256_of(path)
    except DocumentError:
        sha256 = None
    return DocumentResult(document=path.name, path=str(path), sha256=sha256, status="error", error=error)


def _with_fields(result: DocumentResult, extracted: Extracted) -> DocumentResult:
    answers = extracted.answers
    failed = {name: one.error for name, one in answers.items() if one.error}
    every_reader_failed = all(name in failed and not one.readings for name, one in answers.items())
    return replace(
        result,
        status="error" if every_reader_failed else "ok",
        error=_no_reader_body(result.document, failed) if every_reader_failed else None,
        decisions={} if every_reader_failed else extracted.decisions,
        readings={name: one.readings for name, one in answers.items()},
        reader_ms={name: one.milliseconds for name, one in answers.items()},
        reader_errors=failed,
        receipts=extracted.receipts,
        checks=extracted.checks,
    )


def _needs_ocr_body(opened: OpenedReport) -> dict[str, object]:
    pages, unread = len(opened.document.pages), len(opened.unread_pages)
    return {
        "code": "needs_ocr",
        "message": f"{opened.document.name} is a scan: {unread} of {pages} pages have no text",
        "action": ocr_missing() or "set `workloads.annual-reports.ocr: auto` and run it again",
    }


def _no_reader_body(document: str, failed: Mapping[str, str]) -> dict[str, object]:
    told = "; ".join(f"{name}: {error}" for name, error in failed.items())
    return {
        "code": "no_reader_worked",
        "message": f"no reader could read {document} ({told})",
        "action": "look at `wk receipts errors`",
    }


def _defect_body(path: Path, defect: Exception) -> dict[str, object]:
    return {
        "code": "internal_error",
        "message": f"reading {path.name} failed with {place_of(defect)}",
        "action": "report it with the document's hash; other documents are not affected",
    }


def _models(setup: WorkerSetup, ledger: Ledger) -> RelayThread | None:
    """The way to configured models; None where no call will need one."""
    if setup.third is None:
        return None
    # Loaded here: prices, budgets and their database cost more than reading a short report.
    from watchkeeper.app.gateway.call_path_wiring import RelayPlace, relay_thread

    settings = Settings.model_validate(setup.third.settings)
    return relay_thread(settings, RelayPlace(data_dir=setup.data_dir, name=WRITER, ledger=ledger))


def _third_reader(third: ThirdReader | None) -> ModelReader | None:
    if third is None:
        return None
    return ModelReader(target=third.model, sends_images=third.sends_images, timeout_s=third.timeout_s)
