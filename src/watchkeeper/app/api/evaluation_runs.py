"""`/evaluation/runs`: evaluation runs that are kept, their items, and how two of them differ."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.kept_outputs import kept_line
from watchkeeper.evaluation.desk import ItemsTold, RunsCompared, RunTold
from watchkeeper.evaluation.eval_line import EvalHead, EvalLine, LineScore
from watchkeeper.evaluation.kept_run import KeptRun, Outcome, run_id_of

router = APIRouter(prefix="/evaluation", tags=["evaluation"])
MOST_LINES = 1_000
"""Of one request."""
Limit = Annotated[int, Query(ge=1, le=1_000)]
Skip = Annotated[int, Query(ge=0, le=10**9)]


class EvalHeadBody(RequestModel):
    """What was run: the first line of a run's file."""

    name: str = Field(min_length=1, max_length=200)
    dataset: str = Field(min_length=1, max_length=1_000)
    dataset_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    suite_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    target: str | None = Field(max_length=200)
    scorers: dict[str, str] = Field(min_length=1)
    """By name, the version."""
    repeats: int = Field(ge=1)
    started_at: str = Field(min_length=1, max_length=64)
    items: int | None = Field(default=None, ge=1)
    workload: str = Field(default="evaluation", min_length=1, max_length=200)
    by: str | None = Field(default=None, min_length=1, max_length=200)
    """Who keeps it; needed where no key of ours tells it."""


class LineScoreBody(RequestModel):
    """One scorer's word."""

    value: float | None = Field(ge=0, le=1)
    reason: str = ""


class EvalLineBody(RequestModel):
    """One answer: a line of a run's file."""

    item: str = Field(min_length=1, max_length=1_000)
    repeat: int = Field(ge=1)
    output: object | None = None
    error: str | None = None
    seconds: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    cost_usd: str | None = Field(default=None, pattern=r"^[0-9]{1,12}(\.[0-9]{1,30})?$")
    receipts: tuple[str, ...] = ()
    scores: dict[str, LineScoreBody]

    def line(self) -> EvalLine:
        """The answer."""
        scores = {name: LineScore(value=one.value, reason=one.reason) for name, one in self.scores.items()}
        said = {name: getattr(self, name) for name in type(self).model_fields if name != "scores"}
        return EvalLine(**said, scores=scores)


class AnswersAdded(BaseModel):
    """How many answers of a request were new."""

    added: int


class EvalRunList(BaseModel):
    """Kept runs, the last first."""

    runs: tuple[RunTold, ...]
    next: int | None
    """What `skip` goes on with; null at the end."""


class EvalLines(BaseModel):
    """A run as its file has it."""

    head: EvalHead
    lines: tuple[EvalLine, ...]
    next: int | None


@router.post("/runs", status_code=201)
def keep_run(services: ServicesDep, body: EvalHeadBody, request: Request) -> RunTold:
    """Keep a run, before its answers; one that is kept already stands as it is, with the answers it has."""
    giver = giver_of(request, body.by)
    head = EvalHead(**body.model_dump(exclude={"by"}))
    run = KeptRun(run_id=run_id_of(head), head=head, kept_at=services.clock.now(), kept_by=giver.name)
    return services.evaluations.told(services.evaluations.store.begin(run))


@router.post("/runs/{run_id}/answers", status_code=201)
def add_answers(
    services: ServicesDep,
    run_id: str,
    body: Annotated[list[EvalLineBody], Field(min_length=1, max_length=MOST_LINES)],
) -> AnswersAdded:
    """Keep answers, redacted as calls are; what is kept of an item and repeat stays as it is."""
    workload = services.evaluations.run(run_id).head.workload
    lines = [kept_line(one.line(), services.settings, workload) for one in body]
    return AnswersAdded(added=services.evaluations.store.add(run_id, lines))


@router.get("/runs")
def list_runs(
    *,
    services: ServicesDep,
    workload: str | None = None,
    name: str | None = None,
    limit: Limit = 50,
    skip: Skip = 0,
) -> EvalRunList:
    """Runs that are kept, the last first, each with what it came to."""
    desk = services.evaluations
    found = desk.store.runs(workload=workload, name=name, limit=limit + 1, skip=skip)
    runs = tuple(desk.told(one) for one in found[:limit])
    return EvalRunList(runs=runs, next=skip + limit if len(found) > limit else None)


@router.get("/runs/{run_id}")
def show_run(services: ServicesDep, run_id: str) -> RunTold:
    """One run, and what it came to."""
    return services.evaluations.told(services.evaluations.run(run_id))


@router.get("/runs/{run_id}/items")
def run_items(
    *,
    services: ServicesDep,
    run_id: str,
    scorer: str | None = None,
    outcome: Outcome = "all",
    limit: Limit = 50,
    skip: Skip = 0,
) -> ItemsTold:
    """A run's items by one scorer, the worst first, each with its answers."""
    return services.evaluations.items(run_id, scorer=scorer, outcome=outcome, skip=skip, limit=limit)


@router.get("/runs/{run_id}/lines")
def run_lines(*, services: ServicesDep, run_id: str, limit: Limit = 200, skip: Skip = 0) -> EvalLines:
    """A run as its file has it, in the order its answers came."""
    run = services.evaluations.run(run_id)
    found = services.evaluations.store.lines(run_id, skip=skip, limit=limit + 1)
    more = skip + limit if len(found) > limit else None
    return EvalLines(head=run.head, lines=found[:limit], next=more)


@router.get("/comparison")
def compare(services: ServicesDep, before: str, after: str) -> RunsCompared:
    """Two runs over the same items, pair by pair."""
    return services.evaluations.compared(before, after)
