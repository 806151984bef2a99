"""`/coaching`: versions of agents' instructions, a person's own, and the best ones put back."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.known_agent import require_agent
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.services import Services
from watchkeeper.coaching.records import InstructionVersion, NewVersion
from watchkeeper.domain.errors import NotFoundError

router = APIRouter(prefix="/coaching/{workload}", tags=["coaching"])


class AdoptBody(RequestModel):
    """Instructions of agents, by agent, from a person."""

    agents: dict[str, dict[str, object]] = Field(min_length=1)
    reason: str = Field(min_length=1)
    by: str | None = None


class RestoreBody(RequestModel):
    """Who wants the best instructions back."""

    by: str | None = None
    agents: tuple[str, ...] = ()
    """None named: every agent."""


class Restored(BaseModel):
    """What became of an agent's instructions (GF-42)."""

    agent: str
    old_version: int
    restored_version: int
    """The version whose instructions are in use again."""
    new_version: int | None
    """The version they were written as; null where the newest is the best already."""
    accuracy: float


@router.get("/instructions")
def versions(
    services: ServicesDep, state: StateDep, workload: str, agent: str | None = None
) -> Sequence[InstructionVersion]:
    """Every version of the instructions of one agent or all (GF-75)."""
    if agent is not None:
        require_agent(state, workload, agent)
    return services.coaching.versions(workload, agent=agent)


@router.post("/instructions", status_code=201)
def adopt(
    services: ServicesDep, workload: str, body: AdoptBody, request: Request
) -> Sequence[InstructionVersion]:
    """Write a person's instructions as each agent's next version; what they are worth is not known yet."""
    giver = giver_of(request, body.by)
    return [
        services.coaching.add_version(
            NewVersion(
                workload=workload,
                agent=agent,
                parent=None,
                strategy="adopt",
                author=giver.name,
                reason=body.reason,
                content=content,
                accuracy=None,
                created_at=services.clock.now(),
            )
        )
        for agent, content in sorted(body.agents.items())
    ]


@router.post("/restore")
def restore(services: ServicesDep, workload: str, body: RestoreBody, request: Request) -> Sequence[Restored]:
    """Write each agent's best instructions ever as its newest version (GF-42); nothing is overwritten."""
    giver = giver_of(request, body.by)
    of_agents: dict[str, list[InstructionVersion]] = {}
    for one in services.coaching.versions(workload):
        if not body.agents or one.agent in body.agents:
            of_agents.setdefault(one.agent, []).append(one)
    missing = [agent for agent in body.agents if agent not in of_agents]
    if missing:
        raise NotFoundError(
            f"{', '.join(missing)} has no instructions that were coached", action="see `wk coach top`"
        )
    return [
        _restored(services, history, giver.name)
        for history in of_agents.values()
        if any(one.accuracy is not None for one in history)
    ]


def _restored(services: Services, history: Sequence[InstructionVersion], by: str) -> Restored:
    newest = history[-1]
    best = max(history, key=lambda one: (-1.0 if one.accuracy is None else one.accuracy, one.version))
    assert best.accuracy is not None  # agents without any were left out
    made = None
    if best.content != newest.content:
        made = services.coaching.add_version(
            NewVersion(
                workload=best.workload,
                agent=best.agent,
                parent=best.version,
                strategy="revert",
                author=by,
                reason=f"the best ever, version {best.version}, was put back",
                content=best.content,
                accuracy=best.accuracy,
                created_at=services.clock.now(),
            )
        )
    return Restored(
        agent=best.agent,
        old_version=newest.version,
        restored_version=best.version,
        new_version=None if made is None else made.version,
        accuracy=best.accuracy,
    )
