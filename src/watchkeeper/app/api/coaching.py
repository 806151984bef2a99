"""`/coaching`: sessions by round, and what they add up to."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.services import Services
from watchkeeper.coaching.coached_documents import CoachedDocument, coached_documents
from watchkeeper.coaching.figures import (
    AgentDay,
    AgentInRun,
    AgentStanding,
    Hour,
    PhaseReport,
    StrategyUse,
    agents_in_runs,
    hourly,
    phase_reports,
    standings,
    strategies_used,
    trends,
)
from watchkeeper.coaching.records import (
    NewVersion,
    RoundRow,
    SessionRow,
)

router = APIRouter(prefix="/coaching/{workload}", tags=["coaching"])
Hours = Annotated[float, Query(gt=0, le=24 * 400)]


class RoundBody(RequestModel):
    """A round of a session."""

    round: int = Field(ge=1)
    accuracy: float = Field(ge=0, le=1)
    coverage: float = Field(ge=0, le=1)
    precision: float = Field(ge=0, le=1)
    recall: float = Field(ge=0, le=1)
    f1: float = Field(ge=0, le=1)
    errors: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    strategy: str
    reason: str
    change: str | None
    improvement: float
    basis: str
    phase: int = Field(ge=1, le=4)


class VersionBody(RequestModel):
    """An agent's instructions after a change."""

    strategy: str
    reason: str
    content: dict[str, object]
    accuracy: float | None
    author: str = Field(default="coach", min_length=1, max_length=200)


class SessionBody(RequestModel):
    """A session that ended."""

    run_id: str
    document: str
    agent: str
    status: str = Field(pattern="^(completed|failed)$")
    max_rounds: int = Field(ge=1)
    failure_reason: str | None = None
    rounds: tuple[RoundBody, ...]
    versions: tuple[VersionBody, ...] = ()
    extraction: dict[str, object] | None = None
    order_id: str | None = None


@router.post("/sessions", status_code=201)
def add_session(services: ServicesDep, workload: str, body: SessionBody) -> dict[str, str]:
    """Keep a session whole: rounds, versions, golden example, used order."""
    now, session_id = services.clock.now(), f"COACH_{services.ids.span_id()}"
    session = SessionRow(
        session_id=session_id,
        workload=workload,
        agent=body.agent,
        run_id=body.run_id,
        document=body.document,
        status=body.status,
        max_rounds=body.max_rounds,
        failure_reason=body.failure_reason,
        at=now,
        rounds=[
            RoundRow(
                session_id=session_id,
                workload=workload,
                agent=body.agent,
                run_id=body.run_id,
                document=body.document,
                created_at=now,
                **one.model_dump(),
            )
            for one in body.rounds
        ],
        versions=[
            NewVersion(
                workload=workload,
                agent=body.agent,
                parent=None,
                created_at=now,
                **one.model_dump(),
            )
            for one in body.versions
        ],
        extraction=body.extraction,
        order_id=body.order_id,
    )
    services.coaching.keep(session)
    return {"session_id": session_id}


@router.get("/rounds")
def rounds(services: ServicesDep, workload: str, hours: Hours = 24) -> Sequence[RoundRow]:
    """Every round of the last hours, oldest first."""
    return _rounds(services, workload, hours)


@router.get("/sessions")
def sessions(services: ServicesDep, workload: str, hours: Hours = 1) -> Sequence[AgentInRun]:
    """Per run and agent, newest run first: rounds, accuracy, strategies in order (GF-14)."""
    return agents_in_runs(_rounds(services, workload, hours))


@router.get("/trends")
def daily(services: ServicesDep, workload: str, hours: Hours = 24 * 7) -> Sequence[AgentDay]:
    """Per agent and calendar day, newest first (GF-15)."""
    return trends(_rounds(services, workload, hours), ZoneInfo(services.settings.timezone))


@router.get("/hours")
def hours_of(services: ServicesDep, workload: str, hours: Hours = 24 * 7) -> Sequence[Hour]:
    """All agents hour by hour, newest first: accuracy, F1, how many runs (GF-32)."""
    return hourly(_rounds(services, workload, hours), ZoneInfo(services.settings.timezone))


@router.get("/strategies")
def strategies(services: ServicesDep, workload: str, hours: Hours = 24) -> Sequence[StrategyUse]:
    """How often each strategy was used, and what it gained (GF-24)."""
    return strategies_used(_rounds(services, workload, hours))


@router.get("/agents")
def agents(services: ServicesDep, workload: str, hours: Hours = 24) -> Sequence[AgentStanding]:
    """How each agent stands, worst first (GF-25, GF-33)."""
    return standings(_rounds(services, workload, hours))


@router.get("/documents")
def documents(services: ServicesDep, workload: str, hours: Hours = 24 * 400) -> Sequence[CoachedDocument]:
    """Documents in the order they were coached, with accuracy and F1 at their ends (GF-72)."""
    return coached_documents(_rounds(services, workload, hours))


@router.get("/phases")
def phases(services: ServicesDep, workload: str, hours: Hours = 24 * 400) -> Sequence[PhaseReport]:
    """What each phase brought: start, end, gain, and whether that is less than expected (GF-04)."""
    return phase_reports(_rounds(services, workload, hours))


def _rounds(services: Services, workload: str, hours: float) -> tuple[RoundRow, ...]:
    return services.coaching.rounds(workload, since=services.clock.now() - timedelta(hours=hours))
