"""`/receipts`: the newest model calls, their errors and success, and whether the chain is whole."""

from collections import Counter
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.receipts import ReceiptFilter, tail, verify_receipts

router = APIRouter(prefix="/receipts", tags=["receipts"])

LARGEST_TAIL = 10_000
Count = Annotated[int, Query(ge=1, le=LARGEST_TAIL)]
TAIL = 100
"""Receipts a look shows (GF-16, GF-17)."""
ERROR_WINDOW = 1000
"""Receipts an error check looks through (GF-18)."""
SUCCESS_TARGET = 0.95
"""Share of calls that must succeed; a model below it is marked (GF-17)."""


class ReceiptRow(BaseModel):
    """A receipt with what scoring has joined to it; `accuracy` is null until it is scored."""

    receipt: dict[str, Any]
    accuracy: float | None


ReceiptRows = tuple[ReceiptRow, ...]


class ErrorGroup(BaseModel):
    """Errors of one kind."""

    model: str
    error: str
    count: int
    documents: tuple[str, ...]


class ReceiptErrors(BaseModel):
    """The failed calls among the last ones."""

    looked_at: int
    failed: tuple[ReceiptRow, ...]
    groups: tuple[ErrorGroup, ...]


class ModelSuccess(BaseModel):
    """How often one model's calls succeeded."""

    model: str
    calls: int
    succeeded: int
    rate: float
    below_target: bool


class Success(BaseModel):
    """Success by model over the last calls; no models when there were no calls."""

    looked_at: int
    target: float
    models: tuple[ModelSuccess, ...]


class FindingBody(BaseModel):
    """Something that is not as the writers left it."""

    problem: str
    file: str
    line: int | None
    what: str
    action: str


class ReceiptsVerified(BaseModel):
    """What verifying the receipts found."""

    clean: bool
    intact: bool
    findings: tuple[FindingBody, ...]
    writers: int
    files: int
    lines: int
    heads: int


@router.get("")
def newest_receipts(
    *,
    services: ServicesDep,
    limit: Count = TAIL,
    run_id: str | None = None,
    workload: str | None = None,
    document: str | None = None,
    model: str | None = None,
) -> tuple[ReceiptRow, ...]:
    """The receipts that ended last, newest first."""
    which = ReceiptFilter(run_id=run_id, workload=workload, item_id=document, model=model)
    found = tail(services.receipts_dir, limit, which=which).receipts
    return _joined(services, found)


@router.get("/errors")
def errors(
    services: ServicesDep,
    window: Count = ERROR_WINDOW,
    workload: str | None = None,
    run_id: str | None = None,
) -> ReceiptErrors:
    """What failed among the last calls: transport, status, broken JSON and broken schema alike."""
    found = _window(services, window, workload, run_id)
    failed = [receipt for receipt in found if receipt.error is not None]
    kinds = Counter((receipt.model, receipt.error or "") for receipt in failed)
    groups = tuple(
        ErrorGroup(
            model=model,
            error=error,
            count=count,
            documents=tuple(
                sorted({r.item_id for r in failed if (r.model, r.error) == (model, error) and r.item_id})
            ),
        )
        for (model, error), count in kinds.most_common()
    )
    return ReceiptErrors(looked_at=len(found), failed=_joined(services, failed), groups=groups)


@router.get("/success")
def success(
    *,
    services: ServicesDep,
    window: Count = TAIL,
    workload: str | None = None,
    run_id: str | None = None,
    target: float = SUCCESS_TARGET,
) -> Success:
    """How often each model's calls succeeded, over the last calls; agreement is another number."""
    found = _window(services, window, workload, run_id)
    calls = Counter(receipt.model for receipt in found)
    succeeded = Counter(receipt.model for receipt in found if receipt.error is None)
    models = tuple(
        ModelSuccess(
            model=model,
            calls=count,
            succeeded=succeeded[model],
            rate=succeeded[model] / count,
            below_target=succeeded[model] / count < target,
        )
        for model, count in sorted(calls.items())
    )
    return Success(looked_at=len(found), target=target, models=models)


@router.get("/verify")
def verify(services: ServicesDep) -> ReceiptsVerified:
    """Whether every receipt stands as its writer left it, up to the last head that was seen."""
    report = verify_receipts(services.receipts_dir, services.heads.all())
    return ReceiptsVerified(
        clean=report.clean,
        intact=report.intact,
        findings=tuple(
            FindingBody(
                problem=str(one.problem), file=one.file, line=one.line, what=one.what, action=one.action
            )
            for one in report.findings
        ),
        writers=report.writers,
        files=report.files,
        lines=report.lines,
        heads=report.heads,
    )


def _window(
    services: ServicesDep, window: int, workload: str | None, run_id: str | None
) -> tuple[Receipt, ...]:
    which = ReceiptFilter(workload=workload, run_id=run_id)
    return tail(services.receipts_dir, window, which=which).receipts


def _joined(services: ServicesDep, receipts: tuple[Receipt, ...] | list[Receipt]) -> tuple[ReceiptRow, ...]:
    scores = services.scores.by_receipts([receipt.receipt_id for receipt in receipts])
    rows = []
    for receipt in receipts:
        score = scores.get(receipt.receipt_id)
        accuracy = score.right / score.scored if score else None
        rows.append(ReceiptRow(receipt=asdict(receipt), accuracy=accuracy))
    return tuple(rows)
