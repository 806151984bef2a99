"""`/stats`: the daily report of queries served (W4-05 to W4-13)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from watchkeeper.app.api.dependencies import ServicesDep, TelemetryDep
from watchkeeper.app.query_source import TelemetryQuerySource
from watchkeeper.reporting.daily_report import MOST_DAYS, USUAL_DAYS, DailyReport, daily_report
from watchkeeper.reporting.day_summary import DaySummary
from watchkeeper.telemetry.questions.asked_range import asked_zone

router = APIRouter(prefix="/stats", tags=["stats"])
Days = Annotated[int, Query(ge=1, le=MOST_DAYS)]


@router.get("")
def report(
    *,
    services: ServicesDep,
    telemetry: TelemetryDep,
    workload: str | None = None,
    days: Days = USUAL_DAYS,
    timezone: str | None = None,
) -> DailyReport:
    """The last days, the latest one judged, and today's distribution; making it writes nothing."""
    return daily_report(
        TelemetryQuerySource(telemetry),
        services.summaries,
        workload=workload,
        now=services.clock.now(),
        zone=asked_zone(timezone, services.settings.timezone),
        days=days,
    )


@router.get("/days")
def written_days(
    services: ServicesDep, first: date, last: date, workload: str | None = None
) -> tuple[DaySummary, ...]:
    """The summaries that the server has written of days that are over (W4-03)."""
    return services.summaries.between(first, last, workload=workload)
