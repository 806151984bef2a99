"""In-memory stores of the corpus, runs, results, scores, canaries and chain heads.

They keep the same laws as the PostgreSQL stores (one contract suite runs over both) for as long as
the process lives.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from threading import Lock

from watchkeeper.batch.ports import LearningCounts
from watchkeeper.domain.corpus import AddedDocument, CorpusDocument, DocumentStatus, NewDocument
from watchkeeper.domain.errors import ConflictError, NotFoundError
from watchkeeper.domain.run import (
    CONSENSUS,
    CanaryResult,
    ItemResult,
    ReaderValues,
    Reading,
    ReceiptHead,
    ReceiptScore,
    Run,
    RunStatus,
    field_values,
)


class InMemoryDocuments:
    """A `DocumentStore` in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CorpusDocument] = {}
        self._lock = Lock()

    def add(self, documents: Sequence[NewDocument]) -> tuple[AddedDocument, ...]:
        """See `DocumentStore.add`."""
        with self._lock:
            return tuple(self._add_one(document) for document in documents)

    def _add_one(self, new: NewDocument) -> AddedDocument:
        known = self._kept.get((new.workload, new.sha256))
        if known is not None:
            return AddedDocument(known, is_new=False)
        added = CorpusDocument(
            workload=new.workload,
            number=self.count(new.workload) + 1,
            name=new.name,
            sha256=new.sha256,
            path=new.path,
            pages=new.pages,
            status=new.status,
            added_at=new.added_at,
        )
        self._kept[new.workload, new.sha256] = added
        return AddedDocument(added, is_new=True)

    def listing(
        self, workload: str, *, status: DocumentStatus | None = None, after: int = 0, limit: int | None = None
    ) -> tuple[CorpusDocument, ...]:
        """See `DocumentStore.listing`."""
        found = [d for d in self._of(workload, status) if d.number > after]
        return tuple(sorted(found, key=lambda document: document.number)[:limit])

    def count(self, workload: str, *, status: DocumentStatus | None = None) -> int:
        """See `DocumentStore.count`."""
        return len(self._of(workload, status))

    def by_number(self, workload: str, number: int) -> CorpusDocument | None:
        """See `DocumentStore.by_number`."""
        return next((d for d in self._of(workload) if d.number == number), None)

    def by_name(self, workload: str, name: str) -> CorpusDocument | None:
        """See `DocumentStore.by_name`."""
        named = [d for d in self._of(workload) if d.name == name]
        return max(named, key=lambda document: document.number, default=None)

    def by_sha256(self, workload: str, sha256: str) -> CorpusDocument | None:
        """See `DocumentStore.by_sha256`."""
        return self._kept.get((workload, sha256))

    def set_status(
        self, workload: str, sha256: str, *, status: DocumentStatus, pages: int | None = None
    ) -> CorpusDocument:
        """See `DocumentStore.set_status`."""
        with self._lock:
            known = self._kept.get((workload, sha256))
            if known is None:
                raise NotFoundError(f"workload {workload!r} has no document with sha256 {sha256}")
            changed = replace(known, status=status, pages=known.pages if pages is None else pages)
            self._kept[workload, sha256] = changed
            return changed

    def _of(self, workload: str, status: DocumentStatus | None = None) -> list[CorpusDocument]:
        kept = list(self._kept.values())
        return [d for d in kept if d.workload == workload and status in {None, d.status}]


class InMemoryRuns:
    """A `RunStore` in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, Run] = {}
        self._lock = Lock()

    def create(self, run: Run) -> None:
        """See `RunStore.create`."""
        with self._lock:
            if run.run_id in self._kept:
                raise ConflictError(f"run id {run.run_id} is taken", action="take the next free run id")
            self._kept[run.run_id] = run

    def update_counts(self, run_id: str, *, ok: int, needs_ocr: int, failed: int, pages: int) -> None:
        """See `RunStore.update_counts`."""
        self._change(run_id, lambda run: replace(run, ok=ok, needs_ocr=needs_ocr, failed=failed, pages=pages))

    def finish(
        self,
        run_id: str,
        *,
        status: RunStatus,
        finished_at: datetime,
        seconds: float,
        details: Mapping[str, object] | None = None,
    ) -> Run:
        """See `RunStore.finish`."""
        return self._change(
            run_id,
            lambda run: replace(
                run,
                status=status,
                finished_at=finished_at,
                seconds=seconds,
                details={**run.details, **(details or {})},
            ),
        )

    def resume(self, run_id: str, *, items: int) -> Run:
        """See `RunStore.resume`."""
        return self._change(
            run_id,
            lambda run: replace(run, status=RunStatus.RUNNING, finished_at=None, seconds=None, items=items),
        )

    def get(self, run_id: str) -> Run | None:
        """See `RunStore.get`."""
        return self._kept.get(run_id)

    def newest(self, limit: int, *, workload: str | None = None) -> tuple[Run, ...]:
        """See `RunStore.newest`."""
        found = [run for run in self._kept.values() if workload in {None, run.workload}]
        return tuple(sorted(found, key=lambda run: (run.started_at, run.run_id), reverse=True)[:limit])

    def running(self) -> tuple[Run, ...]:
        """See `RunStore.running`."""
        return tuple(run for run in self.newest(len(self._kept)) if run.status is RunStatus.RUNNING)

    def interrupt(self, run_ids: Collection[str]) -> tuple[str, ...]:
        """See `RunStore.interrupt`."""
        gone = sorted(run.run_id for run in self.running() if run.run_id in run_ids)
        for run_id in gone:
            self._change(run_id, lambda run: replace(run, status=RunStatus.INTERRUPTED))
        return tuple(gone)

    def _change(self, run_id: str, change: Callable[[Run], Run]) -> Run:
        with self._lock:
            known = self._kept.get(run_id)
            if known is None:
                raise NotFoundError(f"there is no run {run_id}", action="list the runs with `wk status`")
            self._kept[run_id] = change(known)
            return self._kept[run_id]


class InMemoryResults:
    """A `ResultStore` in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str], ItemResult] = {}

    def append(self, results: Sequence[ItemResult]) -> None:
        """See `ResultStore.append`."""
        self._kept.update({(r.run_id, r.document, r.model): r for r in results})

    def of_run(self, run_id: str, *, model: str | None = None) -> tuple[ItemResult, ...]:
        """See `ResultStore.of_run`."""
        return tuple(sorted(self._where(lambda r: r.run_id == run_id, model), key=_by_time))

    def of_item(self, run_id: str, document: str) -> tuple[ItemResult, ...]:
        """See `ResultStore.of_item`."""
        found = self._where(lambda r: r.run_id == run_id and r.document == document)
        return tuple(sorted(found, key=lambda result: result.model))

    def newest(self, limit: int, *, workload: str, model: str | None = None) -> tuple[ItemResult, ...]:
        """See `ResultStore.newest`."""
        found = self._where(lambda r: r.workload == workload, model)
        return tuple(sorted(found, key=_by_time, reverse=True)[:limit])

    def readings(self, *, workload: str, run_id: str | None = None, newest: int = 200) -> tuple[Reading, ...]:
        """See `ResultStore.readings`."""
        last = self.newest(newest, workload=workload, model=CONSENSUS)
        items = {(item.run_id, item.document) for item in last}
        return tuple(
            Reading(run_id=r.run_id, document=r.document, model=r.model, created_at=r.created_at)
            for r in self._read(
                lambda r: (
                    r.workload == workload
                    and (r.run_id == run_id if run_id is not None else (r.run_id, r.document) in items)
                )
            )
        )

    def reader_values(self, items: Collection[tuple[str, str]]) -> tuple[ReaderValues, ...]:
        """See `ResultStore.reader_values`."""
        asked = set(items)
        return tuple(
            ReaderValues(
                run_id=r.run_id,
                document=r.document,
                model=r.model,
                created_at=r.created_at,
                values=field_values(r.data),
            )
            for r in self._read(lambda r: (r.run_id, r.document) in asked)
        )

    def seconds_a_page(self, workload: str, *, since: datetime, until: datetime) -> float | None:
        """See `ResultStore.seconds_a_page`."""
        items = self._where(
            lambda r: r.workload == workload and since <= r.created_at < until and r.pages > 0, CONSENSUS
        )
        pages = sum(item.pages for item in items)
        return sum(item.processing_ms for item in items) / 1000 / pages if pages else None

    def _read(self, wanted: Callable[[ItemResult], bool]) -> list[ItemResult]:
        """What readers made of items, where they did not fail, by run, document and model."""
        found = self._where(lambda r: r.model != CONSENSUS and r.status == "ok" and wanted(r))
        return sorted(found, key=lambda r: (r.run_id, r.document, r.model))

    def _where(self, wanted: Callable[[ItemResult], bool], model: str | None = None) -> list[ItemResult]:
        kept = list(self._kept.values())
        return [result for result in kept if model in {None, result.model} and wanted(result)]


def _by_time(result: ItemResult) -> tuple[datetime, str, str, str]:
    return result.created_at, result.document, result.model, result.run_id


class InMemoryScores:
    """A `ScoreStore` in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, ReceiptScore] = {}

    def append(self, scores: Sequence[ReceiptScore]) -> None:
        """See `ScoreStore.append`."""
        self._kept.update({score.receipt_id: score for score in scores})

    def by_receipts(self, receipt_ids: Collection[str]) -> Mapping[str, ReceiptScore]:
        """See `ScoreStore.by_receipts`."""
        return {receipt_id: self._kept[receipt_id] for receipt_id in receipt_ids if receipt_id in self._kept}

    def average_accuracy(self, workload: str, *, since: datetime, until: datetime) -> float | None:
        """See `ScoreStore.average_accuracy`."""
        kept = list(self._kept.values())
        window = [s for s in kept if s.workload == workload and since <= s.created_at < until]
        scored = sum(score.scored for score in window)
        return sum(score.right for score in window) / scored if scored else None


class InMemoryCanaries:
    """A `CanaryStore` in memory."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, datetime], tuple[CanaryResult, ...]] = {}

    def append(self, results: Sequence[CanaryResult]) -> None:
        """See `CanaryStore.append`."""
        suites = {(result.workload, result.suite) for result in results}
        for workload, suite in suites:
            own = [r for r in results if (r.workload, r.suite) == (workload, suite)]
            ran_at = max(result.checked_at for result in own)
            by_check = {(result.document, result.field): result for result in own}
            self._kept[workload, suite, ran_at] = tuple(by_check[check] for check in sorted(by_check))

    def latest(self, workload: str, *, suite: str | None = None) -> tuple[CanaryResult, ...]:
        """See `CanaryStore.latest`."""
        runs = [key for key in self._kept if key[0] == workload and suite in {None, key[1]}]
        last = max(runs, key=lambda key: (key[2], key[1]), default=None)
        return () if last is None else self._kept[last]


class InMemoryReceiptHeads:
    """A `ReceiptHeadStore` in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, ReceiptHead] = {}
        self._lock = Lock()

    def advance(self, heads: Sequence[ReceiptHead]) -> None:
        """See `ReceiptHeadStore.advance`."""
        with self._lock:
            for head in heads:
                known = self._kept.get(head.writer)
                if known is None or head.count > known.count:
                    self._kept[head.writer] = head

    def all(self) -> tuple[ReceiptHead, ...]:
        """See `ReceiptHeadStore.all`."""
        return tuple(self._kept[writer] for writer in sorted(self._kept))


class InMemoryLearning:
    """A `LearningStore` in memory: of each workload, what coaching left behind, as given."""

    def __init__(
        self,
        *,
        sessions: Mapping[str, Sequence[tuple[str, bool]]] | None = None,
        golden_accuracies: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        """Keep `(document, completed)` of each session and the accuracy of each active golden example."""
        self._sessions = sessions or {}
        self._golden = golden_accuracies or {}

    def counts(self, workload: str, *, golden_from: float) -> LearningCounts:
        """See `LearningStore.counts`."""
        sessions = self._sessions.get(workload, ())
        return LearningCounts(
            sessions=len(sessions),
            golden_examples=sum(accuracy >= golden_from for accuracy in self._golden.get(workload, ())),
            coached_documents=len({document for document, completed in sessions if completed}),
        )
