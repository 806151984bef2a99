"""A run of a workload over items, and what it made of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

CONSENSUS = "consensus"
"""The model name of the result that stands for the whole item: what its readers settled on."""


class RunStatus(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: what was asked, under which guards, and how far it came."""

    run_id: str
    workload: str
    status: RunStatus
    production: bool
    preflight: str
    """`passed`, `failed`, `pre-flight not run`, or `INVALID_SIMULATION`."""
    coaching: bool
    items: int
    """How many items were asked for."""
    started_at: datetime
    finished_at: datetime | None = None
    ok: int = 0
    needs_ocr: int = 0
    failed: int = 0
    pages: int = 0
    seconds: float | None = None
    """Wall-clock seconds of the whole run; None until it is finished."""
    details: Mapping[str, object] = field(default_factory=dict)
    """Reader versions, cache hits, canary verdict and whatever else the workload records."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """What one model (a reader, or the consensus of all) made of one item of a run (GF-74)."""

    run_id: str
    workload: str
    document: str
    """The file's name."""
    document_sha256: str | None
    """None when the file could not be read at all."""
    model: str
    """The reader's name, or `consensus`."""
    data: Mapping[str, object]
    success: bool
    status: str
    """`ok`, `needs_ocr` or `error`."""
    error: Mapping[str, object] | None
    processing_ms: float
    pages: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """That one reader read one item of a run; another instant means that it was read again."""

    run_id: str
    document: str
    model: str
    """The reader's name."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderValues(Reading):
    """The bare values one reader found in one item of a run: all that comparing readers needs."""

    values: Mapping[str, object]
    """By field; None where the reader names the field without a value."""


def field_values(data: Mapping[str, object]) -> dict[str, object]:
    """The bare values in an item's data, by field.

    >>> field_values({"fields": {"assets": {"value": 301, "page": 9}}})
    {'assets': 301}
    """
    fields = data.get("fields")
    found = fields if isinstance(fields, Mapping) else {}
    return {name: one.get("value") if isinstance(one, Mapping) else None for name, one in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptScore:
    """How accurate the answer behind a receipt was, joined to it after scoring (GF-16)."""

    receipt_id: str
    run_id: str
    workload: str
    document: str
    agent: str
    model: str
    right: int
    scored: int
    """How many of the agent's fields had a truth to compare with; never 0."""
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryResult:
    """One canary check of one suite run."""

    workload: str
    suite: str
    run_id: str | None
    document: str
    field: str
    expected: str
    got: str | None
    verdict: str
    """`pass`, `fail`, `missing` or `could_not_run`."""
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptHead:
    """How far a writer's chain of receipts had come when it was last seen."""

    writer: str
    count: int
    sha256: str
    """Of the last line."""
    seen_at: datetime
