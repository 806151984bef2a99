"""The figures of a workload under the paths that scripts read (VO-42); null is no data, never 0 or 100."""

from collections.abc import Mapping
from datetime import timedelta

from pydantic import BaseModel

from watchkeeper.app.services import Services
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.span_filter import SpanFilter

WINDOW = timedelta(minutes=5)
"""As often as the source looks (VO-38)."""


class StatusErrors(BaseModel):
    """`metrics.errors`."""

    error_rate: float | None
    """In percent of all calls."""


class ResponseTimes(BaseModel):
    """`metrics.response_times`."""

    avg: float | None
    """Seconds a call."""


class Requests(BaseModel):
    """`metrics.requests`."""

    total: int
    success_rate: float | None
    """In percent of all calls."""


class ModelFigures(BaseModel):
    """One of `metrics.models`."""

    requests: int
    error_rate: float
    """In percent."""
    avg: float
    """Seconds a call."""


class StatusMetrics(BaseModel):
    """`metrics`: of the last five minutes."""

    window_s: float
    errors: StatusErrors
    response_times: ResponseTimes
    requests: Requests
    models: Mapping[str, ModelFigures] | None
    """By the model's name; null without a call."""


def status_metrics(services: Services, workload: str | None) -> StatusMetrics:
    """The figures of a workload, or of all."""
    now = services.clock.now()
    which = SpanFilter(
        workload=workload, since_ns=ns_of(now - WINDOW), until_ns=ns_of(now), counted_only=True
    )
    rows = services.telemetry.figures(CallQuestion(which=which))
    whole = rows[0] if rows else None
    by_model = services.telemetry.figures(CallQuestion(which=which, by=("model",))) if rows else ()
    return StatusMetrics(
        window_s=WINDOW.total_seconds(),
        errors=StatusErrors(error_rate=None if whole is None else _percent(whole.error_rate)),
        response_times=ResponseTimes(avg=None if whole is None else _seconds(whole)),
        requests=Requests(
            total=0 if whole is None else whole.calls,
            success_rate=None if whole is None else _percent(1 - whole.error_rate),
        ),
        models={
            str(row.group["model"]): ModelFigures(
                requests=row.calls, error_rate=_percent(row.error_rate), avg=_seconds(row)
            )
            for row in by_model
            if row.group.get("model")
        }
        if rows
        else None,
    )


def _percent(rate: float) -> float:
    return round(100 * rate, 4)


def _seconds(row: CallFigures) -> float:
    return row.average_duration_ms / 1000
