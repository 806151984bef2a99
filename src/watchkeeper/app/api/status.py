"""`/status`: the five numbers an operator asks for first, and what stands beside them (GF-01)."""

from datetime import timedelta

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.app.api.alerts import Alerts, list_alerts
from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.app.api.runs import settle_interrupted
from watchkeeper.app.api.status_metrics import StatusMetrics, status_metrics
from watchkeeper.app.api.twins import agreement
from watchkeeper.coaching.phases import LAST_DOCUMENTS, phase_after
from watchkeeper.domain.corpus import DocumentStatus
from watchkeeper.domain.run import Run

router = APIRouter(prefix="/status", tags=["status"])

GOLDEN_FROM = 0.95
"""Accuracy from which an example is golden (GF-05)."""
LAST_RUNS = 5
FAST_S_PER_PAGE = 2.0
"""Seconds a page that count as success (GF-59)."""
SLOW_S_PER_PAGE = 5.0
"""Seconds a page above which somebody should look (GF-66)."""


class Phase(BaseModel):
    """The learning phase, and how far it is (GF-02, GF-03)."""

    number: int
    name: str
    documents: int
    """Distinct documents coached so far, in all phases."""
    of: int
    """Documents that full learning takes."""
    left: int | None
    """Documents left in the phase; null in the last one, which has no end."""
    target: float
    """The accuracy it aims at, 0 to 1."""
    gap: float | None
    """What the accuracy of the last 24 hours is short of the target; null without data."""


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
    accuracy = services.scores.average_accuracy(workload, **day)
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
        phase=phase_of(learning.coached_documents, accuracy),
        accuracy_24h=accuracy,
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


def phase_of(coached_documents: int, accuracy: float | None = None) -> Phase:
    """The learning phase after so many distinct coached documents.

    >>> [phase_of(coached).left for coached in (0, 2, 50, 51, 201)]
    [50, 48, 0, 99, None]
    """
    phase = phase_after(coached_documents)
    return Phase(
        number=phase.number,
        name=phase.name,
        documents=coached_documents,
        of=LAST_DOCUMENTS,
        left=None if phase.last is None else phase.last - coached_documents,
        target=phase.target,
        gap=None if accuracy is None else max(0.0, phase.target - accuracy),
    )


def speed_band_of(seconds: float | None) -> str:
    """What seconds a page mean to an operator (GF-59, GF-66)."""
    if seconds is None:
        return "no data"
    if seconds < FAST_S_PER_PAGE:
        return "good"
    return "watch" if seconds <= SLOW_S_PER_PAGE else "intervene"
