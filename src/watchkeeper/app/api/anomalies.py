"""`/anomalies`: the series that are watched, what they learnt from, and what was unusual of late."""

from datetime import datetime
from math import log10
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from watchkeeper.app.api.asked import AskedTime
from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.services import Services
from watchkeeper.domain.time_range import TimeRange
from watchkeeper.monitoring.anomalies.series_watch import SurprisingPoint
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.watched import WatchedAnomaly

router = APIRouter(prefix="/anomalies", tags=["anomalies"])


class SeriesBody(BaseModel):
    """One watched series: its baseline and how surprising its last point is."""

    series: str
    workload: str
    rule: str
    of: str
    detector: str
    every_s: float
    points: int
    """Points it has learnt from."""
    learnt_since: datetime | None
    """The baseline's first point; null before there is one."""
    last_at: datetime | None
    last_value: float | None
    surprise: float | None
    """Zeros in the chance of one as odd; null while too little is known."""
    told: tuple[SurprisingPoint, ...]
    """Points of the time asked for that were told."""


class WatchedSeries(BaseModel):
    """All of them, and what they may cost together."""

    false_pages_a_week: float
    told_from: float | None
    """The surprise from which a point is told; null where nothing is watched."""
    series: tuple[SeriesBody, ...]


class AskedAnomalies(AskedTime):
    """How far to look back, and of which workload."""

    workload: str | None = None


@router.get("")
def list_series(services: ServicesDep, asked: Annotated[AskedAnomalies, Query()]) -> WatchedSeries:
    """The watched series; what was unusual in the last 60 minutes if nothing else is asked (HE-71)."""
    settings = services.settings.monitoring.anomalies
    during = asked.during(services, default_since="-60m")
    rules = [rule for rule in settings.rules() if asked.workload in {None, rule.workload}]
    return WatchedSeries(
        false_pages_a_week=settings.false_pages_a_week,
        told_from=-log10(settings.chance()) if settings.series else None,
        series=tuple(_body(services, rule, rule.watched, during) for rule in rules),
    )


def _body(services: Services, rule: Rule, watched: object, during: TimeRange) -> SeriesBody:
    assert isinstance(watched, WatchedAnomaly)
    watch = services.anomalies.watch(rule, watched, until=services.clock.now())
    return SeriesBody(
        series=rule.key.replace("/anomaly-", "/"),
        workload=rule.workload,
        rule=rule.key,
        of=watched.series.told,
        detector=watched.detector,
        every_s=watched.every_s,
        points=watch.points,
        learnt_since=watch.learnt_since,
        last_at=None if watch.last is None else watch.last[0],
        last_value=None if watch.last is None else watch.last[1],
        surprise=watch.surprise,
        told=tuple(point for point in watch.told if during.since <= point.at <= during.until),
    )
