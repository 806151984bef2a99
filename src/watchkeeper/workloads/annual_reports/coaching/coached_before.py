"""What the server knows of earlier coaching: instructions, accuracies, orders, golden examples."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from watchkeeper.app.client import ApiClient
from watchkeeper.coaching.session import Past
from watchkeeper.workloads.annual_reports.extraction import WORKLOAD
from watchkeeper.workloads.annual_reports.instructions import (
    AgentInstructions,
    InstructionSet,
    load_instructions,
)

BASE = f"/coaching/{WORKLOAD}"
REMEMBERED = timedelta(days=7)
"""So far back rounds tell what an agent's best and recent accuracies are."""


@dataclass(slots=True)
class Pasts:
    """What earlier rounds tell: an agent's best on each document, its last accuracies, open orders."""

    best: dict[tuple[str, str], float] = field(default_factory=dict)
    recent: dict[str, list[float]] = field(default_factory=dict)
    orders: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    instructions: dict[str, AgentInstructions] = field(default_factory=dict)
    """The best version of each agent whose accuracy is known."""

    def of(self, agent: str, document: str) -> Past:
        """What a session of an agent on a document begins with."""
        order = self.orders.get(agent)
        return Past(
            best=self.best.get((agent, document)),
            recent=tuple(self.recent.get(agent, ())),
            forced=None if order is None else order["strategy"],
            forced_by=None if order is None else order["given_by"],
        )

    def add(self, agent: str, document: str, accuracy: float) -> None:
        """Remember how a round went."""
        key = (agent, document)
        self.best[key] = max(accuracy, self.best.get(key, 0.0))
        self.recent.setdefault(agent, []).append(accuracy)


def read_pasts(client: ApiClient) -> Pasts:
    """What there is of all agents."""
    pasts = Pasts()
    for row in client.get(f"{BASE}/rounds?hours={REMEMBERED.total_seconds() / 3600:g}"):
        pasts.add(row["agent"], row["document"], row["accuracy"])
    versions = [row for row in client.get(f"{BASE}/instructions") if row["accuracy"] is not None]
    for row in sorted(versions, key=lambda one: (one["accuracy"], one["version"])):
        pasts.instructions[row["agent"]] = AgentInstructions.model_validate(row["content"])
    for order in client.get(f"{BASE}/orders?open_only=true"):
        pasts.orders[order["agent"]] = order
    return pasts


def golden_examples(client: ApiClient) -> dict[str, list[Mapping[str, Any]]]:
    """Active golden examples by agent, the best first."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    rows = [row for row in client.get(f"{BASE}/golden") if row["active"]]
    for row in sorted(rows, key=lambda one: -one["accuracy"]):
        told = {"document": row["document"], "answer": row["extraction"]}
        found.setdefault(row["agent"], []).append(told)
    return found


def coached_instructions(client: ApiClient) -> InstructionSet:
    """The newest version of every coached agent over the instructions that ship."""
    agents = dict(load_instructions().agents)
    for row in client.get(f"{BASE}/instructions"):
        agents[row["agent"]] = AgentInstructions.model_validate(row["content"])
    return InstructionSet(agents=agents, vocabulary=load_instructions().vocabulary)
