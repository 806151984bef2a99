"""`/status`: the five numbers an operator asks for first, and what stands beside them (GF-01)."""

from datetime import timedelta

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.app.api.alerts import Alerts, list_alerts
from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.app.api.runs import settle_interrupted
from watchkeeper.app.api.status_metrics import StatusMetrics, status_metrics
from watchkeeper.app.api.twins import agreement
from watchkeeper.domain.corpus import DocumentStatus
from watchkeeper.domain.run import Run

router = APIRouter(prefix="/status", tags=["status"])

GOLDEN_FROM = 0.95
"""Accuracy from which an example is golden (GF-05)."""
PHASES = ((50, 1, "exploration"), (150, 2, "optimization"), (200, 3, "convergence"))
"""Distinct coached documents up to which a phase lasts (requirements 2.1.2); beyond them phase 4."""
LAST_RUNS = 5
FAST_S_PER_PAGE = 2.0
"""Seconds a page that count as success (GF-59)."""
SLOW_S_PER_PAGE = 5.0
"""Seconds a page above which somebody should look (GF-66)."""


class Phase(BaseModel):
    """The learning phase."""

    number: int
    name: str


class Canaries(BaseModel):
    """The last run of the canary suite."""

    passed: int
    checks: int
    green: bool
    checked_at: str


class Status(BaseModel):
    """A workload's state; null is no data."""

    workload: str
    documents: int
    documents_by_status: dict[str, int]
    coaching_sessions: int
    golden_examples: int
    phase: Phase
    accuracy_24h: float | None
    agreement: float | None
    agreement_band: str
    canaries: Canaries | None
    seconds_a_page_24h: float | None
    speed_band: str
    last_runs: tuple[Run, ...]
    metrics: StatusMetrics
    """Of the last five minutes."""
    alerts: Alerts
    """Those that are active."""


@router.get("")
def status(services: ServicesDep, state: StateDep, workload: str = "annual-reports") -> Status:
    """How a workload stands."""
    settle_interrupted(services)
    now = services.clock.now()
    day = {"since": now - timedelta(hours=24), "until": now}
    learning = services.learning.counts(workload, golden_from=GOLDEN_FROM)
    checks = services.canaries.latest(workload)
    agreed = agreement(services=services, state=state, workload=workload)
    seconds = services.results.seconds_a_page(workload, **day)
    passed = sum(check.verdict == "pass" for check in checks)
    return Status(
        workload=workload,
        documents=services.documents.count(workload),
        documents_by_status={
            str(one): services.documents.count(workload, status=one) for one in DocumentStatus
        },
        coaching_sessions=learning.sessions,
        golden_examples=learning.golden_examples,
        phase=phase_of(learning.coached_documents),
        accuracy_24h=services.scores.average_accuracy(workload, **day),
        agreement=agreed.agreement,
        agreement_band=agreed.band,
        canaries=Canaries(
            passed=passed,
            checks=len(checks),
            green=passed == len(checks),
            checked_at=max(check.checked_at for check in checks).isoformat(),
        )
        if checks
        else None,
        seconds_a_page_24h=seconds,
        speed_band=speed_band_of(seconds),
        last_runs=services.runs.newest(LAST_RUNS, workload=workload),
        metrics=status_metrics(services, workload),
        alerts=list_alerts(services=services, state=state, workload=workload),
    )


def phase_of(coached_documents: int) -> Phase:
    """The learning phase after so many distinct coached documents.

    >>> phase_of(0).number, phase_of(50).number, phase_of(51).number, phase_of(201).number
    (1, 1, 2, 4)
    """
    for last, number, name in PHASES:
        if coached_documents <= last:
            return Phase(number=number, name=name)
    return Phase(number=4, name="golden state")


def speed_band_of(seconds: float | None) -> str:
    """What seconds a page mean to an operator (GF-59, GF-66)."""
    if seconds is None:
        return "no data"
    if seconds < FAST_S_PER_PAGE:
        return "good"
    return "watch" if seconds <= SLOW_S_PER_PAGE else "intervene"
