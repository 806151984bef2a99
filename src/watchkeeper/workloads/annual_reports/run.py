"""A run over documents: an id first, a line per finished document, everything found again by the id."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from watchkeeper.app.batch_admission import require_batch_admission
from watchkeeper.app.client import ApiClient
from watchkeeper.app.run_beginning import begin_run
from watchkeeper.app.run_delivery import Delivery
from watchkeeper.batch.progress import Progress
from watchkeeper.batch.worker_pool import Lost, WorkerPool
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import InvalidInputError, WatchkeeperError
from watchkeeper.domain.utf8 import utf8_text
from watchkeeper.files.line_file import LineFile
from watchkeeper.workloads.annual_reports.acceptance import Acceptance, AcceptanceTally
from watchkeeper.workloads.annual_reports.extraction import WORKLOAD
from watchkeeper.workloads.annual_reports.finished import Finished, finished_documents
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.result_line import (
    DocumentResult,
    in_utf8,
    output_line,
    result_of_line,
)
from watchkeeper.workloads.annual_reports.result_rows import result_rows, rows_of_line
from watchkeeper.workloads.annual_reports.run_told import told_of_run
from watchkeeper.workloads.annual_reports.scoring import Labels, Scorecard, add_scores, receipt_scores
from watchkeeper.workloads.annual_reports.worker import WorkerSetup, process_in_worker, set_up_process
from watchkeeper.workloads.annual_reports.worker_log import set_aside_long_log
from watchkeeper.workloads.annual_reports.workload import name_words


class RunWatcher(Protocol):
    """Who is told how a run goes."""

    def begun(self, run_id: str, documents: int) -> None:
        """The run has its id; nothing has been read yet."""
        ...

    def finished(self, result: DocumentResult, progress: Progress) -> None:
        """A document is finished and its line written."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """What is asked for."""

    files: tuple[Path, ...]
    output: Path
    workers: int
    production: bool = False
    preflight: str = "pre-flight not run"
    resume: str | None = None
    labels: Labels | None = None
    coaching: bool = False
    """Whether coaching follows on the reading (GF-13)."""
    recovery: bool = False
    """Whether it is a run after a rollback, to see that all is well again (GF-44): its id says so."""
    reconnect: Callable[[], ApiClient] | None = None
    """Finds or starts a server again, when the one the run began with went away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """How a run went."""

    run_id: str
    documents: int
    """Finished now."""
    skipped: int
    """Finished before a resume."""
    statuses: dict[str, int]
    """Documents by status, those finished before a resume included."""
    pages: int
    seconds: float
    """Of this part of the run."""
    cache_hits: int
    degraded: int
    """Documents finished now on which a reader failed: their answer stands on the others alone."""
    releases: dict[str, int]
    """Documents finished now by the release they were read with."""
    arms: dict[str, int]
    """Documents finished now that took part in an experiment, by `experiment/arm`."""
    acceptance: Acceptance
    """Whether the documents finished now may be called a success."""
    scorecard: Scorecard | None
    undelivered: int
    """Requests the server did not take; the output file has their results."""
    refusal: str | None = None
    """Why the server refused the first of them, when it did not merely stay away."""

    @property
    def mode(self) -> str:
        """`degraded` when a twin failed on some document and the other answered alone, else `full`."""
        return mode_of(self.degraded)

    @property
    def fine(self) -> bool:
        """Whether every document was read and every result is with the server."""
        return set(self.statuses) <= {"ok"} and not self.undelivered


@dataclass(slots=True)
class _Tally:
    statuses: dict[str, int] = field(default_factory=dict)
    pages: int = 0
    cache_hits: int = 0
    degraded: int = 0
    releases: dict[str, int] = field(default_factory=dict)
    arms: dict[str, int] = field(default_factory=dict)
    acceptance: AcceptanceTally = field(default_factory=AcceptanceTally)

    def add(self, one: DocumentResult | Finished) -> None:
        self.statuses[one.status] = self.statuses.get(one.status, 0) + 1
        self.pages += one.pages
        if isinstance(one, DocumentResult):
            self.cache_hits += one.cache_hit
            self.degraded += bool(one.reader_errors)
            self.acceptance.add(one)
            if one.release is not None:
                self.releases[one.release] = self.releases.get(one.release, 0) + 1
            if one.experiment is not None:
                arm = f"{one.experiment}/{one.arm}"
                self.arms[arm] = self.arms.get(arm, 0) + 1

    def counts(self) -> dict[str, int]:
        return {
            "ok": self.statuses.get("ok", 0),
            "needs_ocr": self.statuses.get("needs_ocr", 0),
            "failed": self.statuses.get("error", 0),
            "pages": self.pages,
        }


def mode_of(degraded: int) -> str:
    """RUN_MODE of a run with so many degraded documents (requirements 2.1.5)."""
    return "degraded" if degraded else "full"


def run_reports(
    request: RunRequest, setup: WorkerSetup, *, client: ApiClient, watcher: RunWatcher, clock: Clock
) -> RunSummary:
    """Read the documents and keep what was found.

    Raises:
        InvalidInputError: Two files have the same name, or the output is no result file.
        BudgetSpentError: A budget lets no batch start; nothing was begun.
        StorageFullError: Results or receipts cannot be written; what is finished stays finished.
    """
    _refuse_same_names(request.files)
    require_batch_admission(client, WORKLOAD)
    with LineFile(request.output, of="results") as output:
        done = finished_documents(request.output, request.resume) if request.resume else {}
        files = tuple(path for path in request.files if utf8_text(path.name) not in done)
        run_id = begin_run(
            client,
            told_of_run(
                production=request.production,
                preflight=request.preflight,
                coaching=request.coaching,
                recovery=request.recovery,
                setup=setup,
            ),
            items=len(request.files),
            resume=request.resume or None,
        )
        watcher.begun(run_id, len(files))
        set_aside_long_log(setup.data_dir)
        run = _Run(request, run_id, setup=setup, client=client, watcher=watcher, clock=clock, output=output)
        run.take_over(done)
        return run.over(files, setup)


class _Run:
    def __init__(
        self,
        request: RunRequest,
        run_id: str,
        *,
        setup: WorkerSetup,
        client: ApiClient,
        watcher: RunWatcher,
        clock: Clock,
        output: LineFile,
    ) -> None:
        self._request = request
        self._run_id = run_id
        self._watcher = watcher
        self._clock = clock
        self._output = output
        self._delivery = Delivery(client)
        self.tally = _Tally()
        self._card = Scorecard() if request.labels is not None else None
        instructions = load_instructions(setup.instructions)
        self._ignored = name_words(instructions)
        self._agents = {name: tuple(agent.fields) for name, agent in instructions.agents.items()}

    def take_over(self, done: Mapping[str, Finished]) -> None:
        """Count what is finished, and tell the server what it never got: the line came before it."""
        if not done:
            return
        known = {one["document"] for one in self._delivery.client.get(f"/runs/{self._run_id}/results")}
        paths = {utf8_text(path.name): utf8_text(str(path)) for path in self._request.files}
        for name, finished in done.items():
            self.tally.add(finished)
            if self._card is not None and self._request.labels is not None:
                add_scores(self._card, result_of_line(finished.line), self._request.labels, self._ignored)
            if name not in known:
                self._deliver(rows_of_line(finished.line))
                self._add_to_corpus(paths.get(name, name), finished.line)
        # Where nothing is left to read, nothing else would tell of a document finished just before a kill.
        self._delivery.put(f"/runs/{self._run_id}/counts", self.tally.counts())

    def over(self, files: Sequence[Path], setup: WorkerSetup) -> RunSummary:
        started_s = self._clock.monotonic()
        progress = Progress(total_items=len(files), started_s=started_s)
        status = "failed"
        try:
            for result in _results(files, setup, workers=self._request.workers, run_id=self._run_id):
                self._keep(result)
                progress.done(units=result.pages, status=result.status)
                self._watcher.finished(result, progress)
            status = "finished"
        except KeyboardInterrupt:
            status = "interrupted"
            raise
        finally:
            seconds = self._clock.monotonic() - started_s
            details = {
                "cache_hits": self.tally.cache_hits,
                "degraded": self.tally.degraded,
                "run_mode": mode_of(self.tally.degraded),
                "acceptance": asdict(self.tally.acceptance.standing()),
            }
            ended = {"status": status, "seconds": seconds, "details": details}
            # Where Ctrl-C came between a document's line and its count, only this tells of it.
            self._delivery.put(f"/runs/{self._run_id}/counts", self.tally.counts())
            self._delivery.post(f"/runs/{self._run_id}/finish", ended)
            self._deliver_what_waits()
        return RunSummary(
            run_id=self._run_id,
            documents=len(files),
            skipped=len(self._request.files) - len(files),
            statuses=self.tally.statuses,
            pages=self.tally.pages,
            seconds=seconds,
            cache_hits=self.tally.cache_hits,
            degraded=self.tally.degraded,
            releases=self.tally.releases,
            arms=self.tally.arms,
            acceptance=self.tally.acceptance.standing(),
            scorecard=self._card,
            undelivered=self._delivery.undelivered,
            refusal=self._delivery.refused[0].message if self._delivery.refused else None,
        )

    def _keep(self, result: DocumentResult) -> None:
        """The line first: it is the promise; then the server, which may be away."""
        held_bytes = self._output.size_bytes
        try:
            self._output.append(output_line(result, self._run_id))
        finally:
            # A Ctrl-C while the line is put on disk leaves it there: it counts.
            if self._output.grew_by_a_line(held_bytes):
                self.tally.add(result)
        self._deliver(result_rows(result))
        self._delivery.put(f"/runs/{self._run_id}/counts", self.tally.counts())
        self._add_to_corpus(
            result.path, {"sha256": result.sha256, "status": result.status, "pages": result.pages}
        )
        if self._request.labels is None or self._card is None:
            return
        add_scores(self._card, result, self._request.labels, self._ignored)
        scores = receipt_scores(
            result, self._request.labels, self._agents, ignored=self._ignored, workload=WORKLOAD
        )
        if scores:
            self._delivery.post(f"/runs/{self._run_id}/scores", scores)

    def _deliver(self, rows: list[dict[str, object]]) -> None:
        self._delivery.post(f"/runs/{self._run_id}/results", rows)

    def _add_to_corpus(self, path: str, read: Mapping[str, Any]) -> None:
        """Every document whose bytes could be read is of the corpus, with what became of it."""
        if read.get("sha256") is None:
            return
        document = {
            "name": Path(path).name,
            "sha256": read["sha256"],
            "path": utf8_text(str(Path(path).absolute())),
        }
        pages = read["pages"] or None
        status = {"status": read["status"], "pages": pages}
        documents = {"workload": WORKLOAD, "documents": [{**document, "pages": pages}]}
        self._delivery.post("/documents", documents)
        self._delivery.put(f"/documents/{WORKLOAD}/{read['sha256']}/status", status)

    def _deliver_what_waits(self) -> None:
        """A last try: the server may be back, or another one can be started on the same data."""
        if self._delivery.flush() or self._request.reconnect is None:
            return
        try:
            client = self._request.reconnect()
        except WatchkeeperError:
            return  # the summary tells how much was not delivered
        with client:
            self._delivery.flush_to(client)


def _results(
    files: Sequence[Path], setup: WorkerSetup, *, workers: int, run_id: str
) -> Iterator[DocumentResult]:
    pool: WorkerPool[Path, DocumentResult] = WorkerPool(
        work=process_in_worker,
        workers=min(workers, max(len(files), 1)),
        setup=set_up_process,
        setup_args=(replace(setup, run_id=run_id),),
    )
    for path, result in pool.results(files):
        yield _lost(path) if isinstance(result, Lost) else result


def _lost(path: Path) -> DocumentResult:
    error = {
        "code": "document_crashes_reader",
        "message": f"the process that read {path.name} died, also when it read nothing else",
        "action": "the file is likely damaged: open it elsewhere and print it to a new PDF",
    }
    return in_utf8(DocumentResult(document=path.name, path=str(path), status="error", error=error))


def _refuse_same_names(files: Sequence[Path]) -> None:
    names = Counter(utf8_text(path.name) for path in files)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        raise InvalidInputError(
            f"several files are named {', '.join(twice)}",
            action="rename them, or read them in runs of their own: a result is known by its file name",
        )
