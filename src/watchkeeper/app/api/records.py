"""POST of metrics, logs, evaluations, feedback and queries: checked, then made to last by the ingest process.

Each takes one record or a list of them; the answer 200 means that they are on disk.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from watchkeeper.app.api.access import GRANT
from watchkeeper.app.api.dependencies import StateDep
from watchkeeper.app.api.otlp import LinkDep, answer_of
from watchkeeper.app.ingest.http_door import ROWS_PATH
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback, Rating
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.gateway.keys.api_key import KeyGrant
from watchkeeper.telemetry.logged_rows import dump_rows
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.otlp.contents import PREVIEW_CHARACTERS
from watchkeeper.telemetry.otlp.request_limits import AHEAD_NS, EARLIEST_NS
from watchkeeper.telemetry.otlp.verdicts import id_of
from watchkeeper.telemetry.redaction import redacted_text
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

router = APIRouter(tags=["records"])
MOST_RECORDS = 10_000
"""Of one request."""
_MOST_TEXT = 100_000

Name = Annotated[str, Field(min_length=1, max_length=512)]
Text = Annotated[str, Field(max_length=_MOST_TEXT)]
TraceId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
SpanId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Count = Annotated[int, Field(ge=0, lt=2**63)]


class Told(BaseModel):
    """What every record may say."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    workload: Name = "default"
    ts: datetime | None = Field(default=None, description="When, with an offset from UTC; now if not given.")
    ts_ns: int | None = Field(default=None, description="The same in nanoseconds since the epoch.")

    def when_ns(self, now_ns: int) -> int:
        """When it was.

        Raises:
            InvalidInputError: Before 2000, more than a day ahead, or without an offset.
        """
        if self.ts is not None and self.ts.tzinfo is None:
            raise InvalidInputError(
                f"ts {self.ts.isoformat()!r} has no offset from UTC", action="end it with Z"
            )
        told = self.ts_ns if self.ts_ns is not None else now_ns if self.ts is None else ns_of(self.ts)
        if not EARLIEST_NS <= told <= now_ns + AHEAD_NS:
            raise InvalidInputError(
                f"{told} ns since the epoch is before 2000 or more than a day ahead", action="mend the clock"
            )
        return told


class ToldPoint(Told):
    """A metric's point."""

    name: Name
    kind: Literal["counter", "gauge", "rate"] = "gauge"
    value: float
    unit: Annotated[str, Field(max_length=64)] = ""
    tags: dict[Name, Annotated[str, Field(max_length=256)]] = Field(default_factory=dict, max_length=64)

    def row(self, now_ns: int) -> MetricPoint:
        """The row."""
        return MetricPoint(
            workload=self.workload,
            name=self.name,
            kind=self.kind,
            unit=self.unit,
            ts_ns=self.when_ns(now_ns),
            value=self.value,
            tags=self.tags,
        )


class ToldLog(Told):
    """A log record."""

    severity_number: Annotated[int, Field(ge=1, le=24)] | None = None
    severity_text: Name | None = None
    event_name: Name | None = None
    body: Text | None = None
    trace_id: TraceId | None = None
    span_id: SpanId | None = None
    attributes: dict[Name, Any] = Field(default_factory=dict, max_length=256)

    def row(self, now_ns: int) -> LogRecord:
        """The row."""
        said = self.model_dump(exclude={"ts", "ts_ns"})
        return LogRecord(ts_ns=self.when_ns(now_ns), **said)


class ToldEvaluation(Told):
    """A score that somebody or something gave."""

    evaluation_id: Name | None = None
    name: Name
    value: float | None = None
    label: Name | None = None
    explanation: Text | None = None
    evaluator: Name | None = None
    error: Text | None = None
    trace_id: TraceId | None = None
    span_id: SpanId | None = None
    response_id: Name | None = None

    def row(self, now_ns: int) -> EvaluationResult:
        """The row."""
        if self.value is None and self.label is None and self.error is None:
            raise InvalidInputError(
                f"evaluation {self.name!r} has neither value nor label nor error", action="tell one of them"
            )
        said = self.model_dump(exclude={"ts", "ts_ns", "evaluation_id"})
        ts_ns = self.when_ns(now_ns)
        return EvaluationResult(
            ts_ns=ts_ns, evaluation_id=self.evaluation_id or id_of((ts_ns, *said.values())), **said
        )


class ToldFeedback(Told):
    """What a person thought of an answer."""

    feedback_id: Name | None = None
    rating: Rating | None = None
    comment: Text | None = None
    correction: Text | None = None
    author: Name | None = None
    query_id: Name | None = None
    trace_id: TraceId | None = None
    span_id: SpanId | None = None

    def row(self, now_ns: int) -> Feedback:
        """The row."""
        if self.rating is None and self.comment is None and self.correction is None:
            raise InvalidInputError("the feedback says nothing", action="send rating, comment or correction")
        if self.query_id is None and self.trace_id is None:
            raise InvalidInputError(
                "the feedback is about nothing",
                action="name the query (`query_id`, `--query`) or the call (`trace_id`, `--trace`)",
            )
        said = self.model_dump(exclude={"ts", "ts_ns", "feedback_id"})
        ts_ns = self.when_ns(now_ns)
        return Feedback(ts_ns=ts_ns, feedback_id=self.feedback_id or id_of((ts_ns, *said.values())), **said)


def _pairs(told: object) -> object:
    """Attributes as pairs, however they were told."""
    return tuple((str(name), str(value)) for name, value in told.items()) if isinstance(told, dict) else told


class ToldQuery(Told):
    """A query that an application served (W4-02)."""

    query_id: Name
    latency_ms: Annotated[float, Field(ge=0)]
    query_type: Name | None = None
    text: Text | None = None
    used_history: bool | None = None
    used_tools: bool | None = None
    tokens_generated: Count | None = None
    results: Count | None = None
    ndcg: Annotated[float, Field(ge=0, le=1)] | None = None
    components: tuple[Name, ...] = Field(default=(), max_length=64)
    error: Text | None = None
    degraded: bool = False
    trace_id: TraceId | None = None
    attributes: Annotated[tuple[tuple[Name, Text], ...], BeforeValidator(_pairs)] = Field(
        default=(), max_length=64
    )

    def row(self, now_ns: int) -> QueryRecord:
        """The row."""
        said = self.model_dump(exclude={"ts", "ts_ns"})
        if self.text is not None:
            # Cut after redaction: half an address would be no address to it.
            said["text"] = redacted_text(self.text)[:PREVIEW_CHARACTERS]
        return QueryRecord(ts_ns=self.when_ns(now_ns), **said)


class Accepted(BaseModel):
    """What was made to last."""

    accepted: int


Record = TypeVar("Record", bound=Told)
_Many = Field(min_length=1, max_length=MOST_RECORDS)
Points = ToldPoint | Annotated[list[ToldPoint], _Many]
Logs = ToldLog | Annotated[list[ToldLog], _Many]
Evaluations = ToldEvaluation | Annotated[list[ToldEvaluation], _Many]
Opinions = ToldFeedback | Annotated[list[ToldFeedback], _Many]
Queries = ToldQuery | Annotated[list[ToldQuery], _Many]


def _each(body: Record | Sequence[Record], request: Request) -> Iterator[Record]:
    """The records, each of the workload that the sender's key belongs to, if it belongs to one."""
    grant: KeyGrant | None = request.scope.get(GRANT)
    pinned = None if grant is None else grant.workload
    for one in [body] if isinstance(body, BaseModel) else body:
        yield one if pinned is None else one.model_copy(update={"workload": pinned})


async def _keep(
    kind: str, rows: Callable[[int], Sequence[Any]], state: StateDep, link: LinkDep
) -> Response | Accepted:
    made = rows(ns_of(state.clock.now()))
    batch: Mapping[str, Any] = {kind: tuple(made)}
    passed = await link.pass_on(
        ROWS_PATH,
        dump_rows(TelemetryBatch(**batch)),
        {"content-type": "application/json", **state.ingest_key()},
    )
    return Accepted(accepted=len(made)) if passed.status == 200 else answer_of(passed)


@router.post("/metrics", response_model=Accepted)
async def post_metrics(body: Points, request: Request, state: StateDep, link: LinkDep) -> Response | Accepted:
    """Points of metrics."""
    return await _keep("metrics", lambda now: [one.row(now) for one in _each(body, request)], state, link)


@router.post("/logs", response_model=Accepted)
async def post_logs(body: Logs, request: Request, state: StateDep, link: LinkDep) -> Response | Accepted:
    """Log records."""
    return await _keep("logs", lambda now: [one.row(now) for one in _each(body, request)], state, link)


@router.post("/evaluations", response_model=Accepted)
async def post_evaluations(
    body: Evaluations, request: Request, state: StateDep, link: LinkDep
) -> Response | Accepted:
    """Scores of answers."""
    return await _keep("evaluations", lambda now: [one.row(now) for one in _each(body, request)], state, link)


@router.post("/feedback", response_model=Accepted)
async def post_feedback(
    body: Opinions, request: Request, state: StateDep, link: LinkDep
) -> Response | Accepted:
    """What people thought of answers."""
    return await _keep("feedback", lambda now: [one.row(now) for one in _each(body, request)], state, link)


@router.post("/queries", response_model=Accepted)
async def post_queries(
    body: Queries, request: Request, state: StateDep, link: LinkDep
) -> Response | Accepted:
    """Queries an application served; only serving tells them, never a report."""
    return await _keep("queries", lambda now: [one.row(now) for one in _each(body, request)], state, link)
