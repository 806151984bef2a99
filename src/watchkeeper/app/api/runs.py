"""`/runs`: runs, what they made of each document, and how right that was (GF-09, GF-74)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.process_identity import process_start
from watchkeeper.app.services import Services
from watchkeeper.domain.errors import ConflictError, NotFoundError
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.run import CONSENSUS, ItemResult, ReceiptScore, Run, RunStatus
from watchkeeper.domain.run_id import new_run_id
from watchkeeper.gateway.orders.order import BY_ITSELF, OrderKind
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

router = APIRouter(prefix="/runs", tags=["runs"])

LARGEST_LIST = 1000
"""Runs in one answer."""
Limit = Annotated[int, Query(ge=1, le=LARGEST_LIST)]


class OwnerBody(RequestModel):
    """The process that works on a run; when it is gone, the run was interrupted."""

    pid: int
    start: str
    """As `process_start` tells it."""


class RunBody(RequestModel):
    """A run to begin; the server gives it its id."""

    workload: str
    prefix: Literal["RUN", "RECOVERY"] = "RUN"
    production: bool = False
    preflight: str = "pre-flight not run"
    coaching: bool = False
    items: int = Field(ge=0)
    owner: OwnerBody
    details: dict[str, object] = Field(default_factory=dict)


class ResumeBody(RequestModel):
    """A run to take up again."""

    items: int = Field(ge=0)
    owner: OwnerBody


class ResultBody(RequestModel):
    """What one model made of one document."""

    workload: str
    document: str
    document_sha256: str | None
    model: str
    data: dict[str, object]
    success: bool
    status: Literal["ok", "needs_ocr", "error"]
    error: dict[str, object] | None
    processing_ms: float = Field(ge=0)
    pages: int = Field(ge=0)


FIELDS_RIGHT = "fields_right"
"""The evaluation that tells how many of an answer's labelled fields are right, from 0 to 1."""


class ScoreBody(RequestModel):
    """How right the answer behind a receipt was."""

    receipt_id: str
    workload: str
    document: str
    agent: str
    model: str
    right: int = Field(ge=0)
    scored: int = Field(ge=1)
    trace_id: str | None = Field(default=None, min_length=1, max_length=200)
    """Of the call, with `span_id`: given, the score is kept as a verdict on it as well."""
    span_id: str | None = Field(default=None, min_length=1, max_length=200)

    def verdict(self, now: datetime) -> EvaluationResult | None:
        """The share of right fields as a verdict on the call; None where it is not named."""
        if self.trace_id is None or self.span_id is None:
            return None
        return EvaluationResult(
            evaluation_id=f"{FIELDS_RIGHT}-{self.receipt_id}",
            workload=self.workload,
            ts_ns=ns_of(now),
            name=FIELDS_RIGHT,
            value=min(1.0, self.right / self.scored),
            evaluator="labels",
            trace_id=self.trace_id,
            span_id=self.span_id,
        )


class CountsBody(RequestModel):
    """How far a run has come."""

    ok: int = Field(ge=0)
    needs_ocr: int = Field(ge=0)
    failed: int = Field(ge=0)
    pages: int = Field(ge=0)


class FinishBody(RequestModel):
    """How a run ended."""

    status: RunStatus
    seconds: float = Field(ge=0)
    details: dict[str, object] = Field(default_factory=dict)


@router.post("")
def begin_run(body: RunBody, services: ServicesDep) -> Run:
    """Begin a run under an id of its own."""
    taken: set[str] = set()
    while True:
        now = services.clock.now()
        run_id = new_run_id(now, taken=taken, prefix=body.prefix)
        run = Run(
            run_id=run_id,
            workload=body.workload,
            status=RunStatus.RUNNING,
            production=body.production,
            preflight=body.preflight,
            coaching=body.coaching,
            items=body.items,
            started_at=now,
            details={**body.details, "owner": body.owner.model_dump()},
        )
        try:
            services.runs.create(run)
        except ConflictError:
            taken.add(run_id)
            continue
        return run


@router.get("")
def list_runs(services: ServicesDep, workload: str | None = None, limit: Limit = 20) -> tuple[Run, ...]:
    """The newest runs."""
    settle_interrupted(services)
    return services.runs.newest(limit, workload=workload)


@router.get("/{run_id}")
def get_run(run_id: str, services: ServicesDep) -> Run:
    """One run."""
    settle_interrupted(services)
    return _existing(services, run_id)


@router.post("/{run_id}/resume")
def resume_run(run_id: str, body: ResumeBody, services: ServicesDep) -> Run:
    """Take up a run again; refused while its process still works on it."""
    run = _existing(services, run_id)
    if run.status is RunStatus.RUNNING and _is_alive(run.details.get("owner")):
        raise ConflictError(f"{run_id} is still running", action="wait for it, or stop it before resuming it")
    services.runs.finish(
        run_id,
        status=RunStatus.INTERRUPTED,
        finished_at=services.clock.now(),
        seconds=run.seconds or 0.0,
        details={"owner": body.owner.model_dump()},
    )
    return services.runs.resume(run_id, items=body.items)


@router.post("/{run_id}/results", status_code=204)
def keep_results(run_id: str, body: list[ResultBody], services: ServicesDep) -> None:
    """Keep what the models made of documents; sending them again changes nothing."""
    _existing(services, run_id)
    now = services.clock.now()
    services.results.append([ItemResult(run_id=run_id, created_at=now, **one.model_dump()) for one in body])


@router.get("/{run_id}/results")
def list_results(run_id: str, services: ServicesDep, model: str | None = CONSENSUS) -> tuple[ItemResult, ...]:
    """A run's results; of the consensus, or of the model named."""
    _existing(services, run_id)
    return services.results.of_run(run_id, model=model)


@router.get("/{run_id}/documents/{document:path}")
def item_results(run_id: str, document: str, services: ServicesDep) -> tuple[ItemResult, ...]:
    """What every model made of one document."""
    return item_of(services, run_id, document)


@router.put("/{run_id}/counts", status_code=204)
def set_counts(run_id: str, body: CountsBody, services: ServicesDep) -> None:
    """Set how far a run has come, as totals: telling it twice changes nothing."""
    services.runs.update_counts(
        run_id, ok=body.ok, needs_ocr=body.needs_ocr, failed=body.failed, pages=body.pages
    )


@router.post("/{run_id}/scores", status_code=204)
def keep_scores(run_id: str, body: list[ScoreBody], services: ServicesDep) -> None:
    """Join to receipts how right their answers were."""
    _existing(services, run_id)
    now = services.clock.now()
    plain = [one.model_dump(exclude={"trace_id", "span_id"}) for one in body]
    services.scores.append([ReceiptScore(run_id=run_id, created_at=now, **one) for one in plain])
    verdicts = tuple(found for one in body if (found := one.verdict(now)) is not None)
    if verdicts:
        services.telemetry.append(TelemetryBatch(evaluations=verdicts), received_at=now)


@router.post("/{run_id}/finish")
def finish_run(run_id: str, body: FinishBody, services: ServicesDep) -> Run:
    """End a run; answers that gateways keep of its workload are put out, for a batch may have made others."""
    now: datetime = services.clock.now()
    run = services.runs.finish(
        run_id, status=body.status, finished_at=now, seconds=body.seconds, details=body.details
    )
    services.orders.give(
        OrderKind.CACHE_EMPTY,
        {"workload": run.workload},
        by=BY_ITSELF,
        reason=f"run {run_id} has ended",
    )
    return run


def item_of(services: Services, run_id: str, document: str) -> tuple[ItemResult, ...]:
    """What every model made of one document.

    Raises:
        NotFoundError: The run has no such document.
    """
    found = services.results.of_item(run_id, document)
    if not found:
        raise NotFoundError(
            f"{run_id} has no result for {document!r}", action=f"see `wk status` and the output of {run_id}"
        )
    return found


def settle_interrupted(services: Services) -> None:
    """Mark the runs whose process is gone; a run of another machine has its own server to tell."""
    # By id, so that a run begun since the look is not taken for one of them.
    gone = [run.run_id for run in services.runs.running() if not _is_alive(run.details.get("owner"))]
    if gone:
        services.runs.interrupt(gone)


def _existing(services: Services, run_id: str) -> Run:
    run = services.runs.get(run_id)
    if run is None:
        raise NotFoundError(f"there is no run {run_id!r}", action="`wk status` lists the last runs")
    return run


def _is_alive(owner: object) -> bool:
    if not isinstance(owner, Mapping):
        return False
    return process_start(int(owner["pid"])) == str(owner["start"])
