"""What runs over many items need kept: the corpus, runs, results, scores, canaries and chain heads.

Every store writes what it is given and makes no id and no time of its own, except the numbers of
documents. A read of something absent answers None or an empty tuple; a figure over an empty window
is None, never 0. Windows hold `since` and leave out `until`. All instants are aware, in UTC.

Every method may raise `UnavailableError` (the engine does not answer) and every write
`StorageFullError` (the disk is full or not writable).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watchkeeper.domain.corpus import AddedDocument, CorpusDocument, DocumentStatus, NewDocument
from watchkeeper.domain.run import (
    CanaryResult,
    ItemResult,
    ReaderValues,
    Reading,
    ReceiptHead,
    ReceiptScore,
    Run,
    RunStatus,
)


class DocumentStore(Protocol):
    """The corpus; `(workload, sha256)` is a document's identity (GF-70)."""

    def add(self, documents: Sequence[NewDocument]) -> tuple[AddedDocument, ...]:
        """Add documents, numbered 1, 2, 3 … per workload without gaps, whoever else adds meanwhile.

        Bytes that are there already keep their number, name, path, status and time.

        Returns:
            One per document given, in the order given.
        """
        ...

    def listing(
        self, workload: str, *, status: DocumentStatus | None = None, after: int = 0, limit: int | None = None
    ) -> tuple[CorpusDocument, ...]:
        """Documents with a number above `after`, by number; at most `limit`."""
        ...

    def count(self, workload: str, *, status: DocumentStatus | None = None) -> int:
        """How many documents there are, of one status or of all."""
        ...

    def by_number(self, workload: str, number: int) -> CorpusDocument | None:
        """The document with this number."""
        ...

    def by_name(self, workload: str, name: str) -> CorpusDocument | None:
        """The document whose file has this name; of several, the one added last."""
        ...

    def by_sha256(self, workload: str, sha256: str) -> CorpusDocument | None:
        """The document with these bytes."""
        ...

    def set_status(
        self, workload: str, sha256: str, *, status: DocumentStatus, pages: int | None = None
    ) -> CorpusDocument:
        """Record what became of a document; `pages` None leaves the known count as it is.

        Raises:
            NotFoundError: The workload has no such document.
        """
        ...


class RunStore(Protocol):
    """The runs, newest first; a run's id is unique over all workloads (GF-09)."""

    def create(self, run: Run) -> None:
        """Keep a new run.

        Raises:
            ConflictError: The id is taken, also by a process that took it just now; try the next one.
        """
        ...

    def update_counts(self, run_id: str, *, ok: int, needs_ocr: int, failed: int, pages: int) -> None:
        """Set how far the run has come: totals so far, so telling it twice changes nothing.

        Raises:
            NotFoundError: There is no such run.
        """
        ...

    def finish(
        self,
        run_id: str,
        *,
        status: RunStatus,
        finished_at: datetime,
        seconds: float,
        details: Mapping[str, object] | None = None,
    ) -> Run:
        """End a run; `details` are laid over those it has, key by key.

        Raises:
            NotFoundError: There is no such run.
        """
        ...

    def resume(self, run_id: str, *, items: int) -> Run:
        """Set a run going again: running, not finished, with `items` asked for in all.

        Raises:
            NotFoundError: There is no such run.
        """
        ...

    def get(self, run_id: str) -> Run | None:
        """The run with this id."""
        ...

    def newest(self, limit: int, *, workload: str | None = None) -> tuple[Run, ...]:
        """The runs started last, newest first, of one workload or of all."""
        ...

    def running(self) -> tuple[Run, ...]:
        """Every run that says it is running, newest first."""
        ...

    def interrupt(self, run_ids: Collection[str]) -> tuple[str, ...]:
        """Mark those of these runs that say they are running as interrupted.

        Returns:
            The ids marked, in order.
        """
        ...


class ResultStore(Protocol):
    """What each model made of each item; `(run_id, document, model)` is a result's identity (GF-74)."""

    def append(self, results: Sequence[ItemResult]) -> None:
        """Keep results, all or none; one with the identity of an earlier one takes its place."""
        ...

    def of_run(self, run_id: str, *, model: str | None = None) -> tuple[ItemResult, ...]:
        """A run's results by time, document and model; of one model or of all."""
        ...

    def of_item(self, run_id: str, document: str) -> tuple[ItemResult, ...]:
        """What every model made of one document in one run, by model."""
        ...

    def newest(self, limit: int, *, workload: str, model: str | None = None) -> tuple[ItemResult, ...]:
        """The results made last, newest first; of one model or of all."""
        ...

    def readings(self, *, workload: str, run_id: str | None = None, newest: int = 200) -> tuple[Reading, ...]:
        """Which reader read what, by run, document and model.

        Of one run, else of the `newest` items that have a consensus. Readers that failed on an item are
        left out of it.
        """
        ...

    def reader_values(self, items: Collection[tuple[str, str]]) -> tuple[ReaderValues, ...]:
        """What each reader found in these items (run id and document), by run, document and model.

        Without places and reasons. Readers that failed on an item are left out of it.
        """
        ...

    def seconds_a_page(self, workload: str, *, since: datetime, until: datetime) -> float | None:
        """Processing seconds over pages, of the items (consensus results) of a window (GF-59).

        Items without pages count in neither sum; None when no item had a page.
        """
        ...


class ScoreStore(Protocol):
    """How right the answers behind receipts were; the receipt is a score's identity (GF-16)."""

    def append(self, scores: Sequence[ReceiptScore]) -> None:
        """Keep scores, all or none; the last one given for a receipt stands."""
        ...

    def by_receipts(self, receipt_ids: Collection[str]) -> Mapping[str, ReceiptScore]:
        """The scores of those receipts that have one, by receipt id."""
        ...

    def average_accuracy(self, workload: str, *, since: datetime, until: datetime) -> float | None:
        """Right fields over scored fields of a window, 0 to 1; None when nothing was scored (GF-01)."""
        ...


class CanaryStore(Protocol):
    """The results of canary suites."""

    def append(self, results: Sequence[CanaryResult]) -> None:
        """Keep the results of one run of a suite, all or none; the same results again change nothing."""
        ...

    def latest(self, workload: str, *, suite: str | None = None) -> tuple[CanaryResult, ...]:
        """The results of the suite's last run, by document and field; of the suite run last if None."""
        ...


class ReceiptHeadStore(Protocol):
    """How far each writer's chain of receipts had come when it was last seen."""

    def advance(self, heads: Sequence[ReceiptHead]) -> None:
        """Keep each head that is further than the kept one; a head never goes back.

        An equal count with another hash is not further: the first one stays, as evidence.
        """
        ...

    def all(self) -> tuple[ReceiptHead, ...]:
        """Every writer's head, by writer."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningCounts:
    """How much a workload's agents have been coached so far (GF-01, GF-03)."""

    sessions: int
    golden_examples: int
    """Active ones at or above the accuracy asked for."""
    coached_documents: int
    """Distinct documents with a completed session; the learning phase follows from it."""


class LearningStore(Protocol):
    """What coaching has left behind, counted."""

    def counts(self, workload: str, *, golden_from: float) -> LearningCounts:
        """The counts of one workload; `golden_from` is an accuracy from 0 to 1 (0.95 by GF-05)."""
        ...
