"""`/queries`, `/evaluations`, `/feedback`, `/logs`: what applications told, newest first, with filters."""

from typing import Annotated, Generic, TypeVar

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from watchkeeper.app.api.asked import AskedTime
from watchkeeper.app.api.dependencies import ServicesDep, TelemetryDep
from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback, Rating
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.time_range import TimeRange
from watchkeeper.telemetry.questions.answers import AskedRange, asked
from watchkeeper.telemetry.questions.satisfaction import Satisfaction, satisfaction
from watchkeeper.telemetry.row_filters import EvaluationFilter, FeedbackFilter, LogFilter, QueryFilter

router = APIRouter(tags=["records"])
LAST = 50
"""Rows a look shows (HE-56)."""
MOST = 10_000
SATISFACTION_SINCE = "-7d"
EVER = "1970-01-01T00:00:00Z"
"""Since when, if nothing is asked: the newest rows are wanted, however old."""

Row = TypeVar("Row", QueryRecord, EvaluationResult, Feedback, LogRecord)


class Rows(BaseModel, Generic[Row]):
    """The newest rows of a kind."""

    range: AskedRange
    rows: tuple[Row, ...]
    more: bool
    """Whether there are older ones in the time asked about."""


FeedbackRows = Rows[Feedback]


class AskedRows(AskedTime):
    """The newest rows of a workload, or of all."""

    workload: str | None = None
    trace_id: str | None = None
    limit: int = Field(default=LAST, ge=1, le=MOST)

    def until_ns(self, during: TimeRange) -> int | None:
        """Where it ends; open if no end was asked for: a sender's clock may run ahead of ours."""
        return None if self.until is None else during.until_ns


class AskedQueries(AskedRows):
    """Queries served."""

    query_id: str | None = None
    query_type: str | None = None
    failed: bool | None = None
    degraded: bool | None = None


class AskedEvaluations(AskedRows):
    """Scores given."""

    span_id: str | None = None
    name: str | None = None
    label: str | None = None
    evaluator: str | None = None


class AskedFeedback(AskedRows):
    """What people thought."""

    span_id: str | None = None
    query_id: str | None = None
    rating: Rating | None = None
    author: str | None = None


class AskedSatisfaction(AskedTime):
    """Whose ratings."""

    workload: str | None = None


class AskedLogs(AskedRows):
    """Log records."""

    span_id: str | None = None
    event_name: str | None = None
    min_severity: int | None = Field(default=None, ge=1, le=24)
    contains: str | None = None


@router.get("/queries")
def queries(
    services: ServicesDep, telemetry: TelemetryDep, asked_of: Annotated[AskedQueries, Query()]
) -> Rows[QueryRecord]:
    """The queries served last (HE-56, W4-02)."""
    during = asked_of.during(services, default_since=EVER)
    which = QueryFilter(
        workload=asked_of.workload,
        since_ns=during.since_ns,
        until_ns=asked_of.until_ns(during),
        query_id=asked_of.query_id,
        query_type=asked_of.query_type,
        trace_id=asked_of.trace_id,
        failed=asked_of.failed,
        degraded=asked_of.degraded,
    )
    return _rows(during, telemetry.queries(which, asked_of.limit + 1), asked_of.limit)


@router.get("/evaluations")
def evaluations(
    services: ServicesDep, telemetry: TelemetryDep, asked_of: Annotated[AskedEvaluations, Query()]
) -> Rows[EvaluationResult]:
    """The scores given last."""
    during = asked_of.during(services, default_since=EVER)
    which = EvaluationFilter(
        workload=asked_of.workload,
        since_ns=during.since_ns,
        until_ns=asked_of.until_ns(during),
        name=asked_of.name,
        label=asked_of.label,
        evaluator=asked_of.evaluator,
        trace_id=asked_of.trace_id,
        span_id=asked_of.span_id,
    )
    return _rows(during, telemetry.evaluations(which, asked_of.limit + 1), asked_of.limit)


@router.get("/feedback")
def feedback(
    services: ServicesDep, telemetry: TelemetryDep, asked_of: Annotated[AskedFeedback, Query()]
) -> Rows[Feedback]:
    """What people thought last."""
    during = asked_of.during(services, default_since=EVER)
    which = FeedbackFilter(
        workload=asked_of.workload,
        since_ns=during.since_ns,
        until_ns=asked_of.until_ns(during),
        rating=asked_of.rating,
        author=asked_of.author,
        query_id=asked_of.query_id,
        trace_id=asked_of.trace_id,
        span_id=asked_of.span_id,
    )
    return _rows(during, telemetry.feedback(which, asked_of.limit + 1), asked_of.limit)


@router.get("/feedback/satisfaction")
def rated(
    services: ServicesDep, telemetry: TelemetryDep, asked_of: Annotated[AskedSatisfaction, Query()]
) -> Satisfaction:
    """How satisfied people are, of the last seven days if nothing else is asked."""
    during = asked_of.during(services, default_since=SATISFACTION_SINCE)
    return satisfaction(telemetry, during, workload=asked_of.workload)


@router.get("/logs")
def logs(
    services: ServicesDep, telemetry: TelemetryDep, asked_of: Annotated[AskedLogs, Query()]
) -> Rows[LogRecord]:
    """The log records that came last by telemetry."""
    during = asked_of.during(services, default_since=EVER)
    which = LogFilter(
        workload=asked_of.workload,
        since_ns=during.since_ns,
        until_ns=asked_of.until_ns(during),
        trace_id=asked_of.trace_id,
        span_id=asked_of.span_id,
        event_name=asked_of.event_name,
        min_severity=asked_of.min_severity,
        contains=asked_of.contains,
    )
    return _rows(during, telemetry.logs(which, asked_of.limit + 1), asked_of.limit)


def _rows(during: TimeRange, found: tuple[Row, ...], limit: int) -> Rows[Row]:
    return Rows(range=asked(during), rows=found[:limit], more=len(found) > limit)
