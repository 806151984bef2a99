"""What the verification voyage judges, gathered from state, instructions, coach and a trial document."""

import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from watchkeeper.app.client import ApiClient
from watchkeeper.coaching.decision import Standing, decide
from watchkeeper.coaching.phases import PHASES
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.workloads.annual_reports.instructions import FieldInstructions, load_instructions
from watchkeeper.workloads.annual_reports.result_line import DocumentResult
from watchkeeper.workloads.annual_reports.roster import load_roster
from watchkeeper.workloads.annual_reports.samples.book import write_samples
from watchkeeper.workloads.annual_reports.voyage import VoyageFacts
from watchkeeper.workloads.annual_reports.worker import DocumentWorker, WorkerSetup
from watchkeeper.workloads.annual_reports.workload import manifest, twin_readers

TRIAL_SEED = 2024
"""Of the generated report that is read."""
_BY_THE_RULES = (
    (Standing(accuracy=0.70, best=0.90, recent=(0.90,), phase=PHASES[0]), "revert"),
    (Standing(accuracy=0.50, best=0.50, recent=(0.50,), phase=PHASES[0]), "explore"),
    (Standing(accuracy=0.80, best=0.80, recent=(0.80,) * 5, phase=PHASES[1]), "explore"),
    (Standing(accuracy=0.85, best=0.85, recent=(0.70, 0.85), phase=PHASES[1]), "refine"),
    (Standing(accuracy=0.97, best=0.97, recent=(0.97,), phase=PHASES[3]), "maintain"),
)
"""How an agent may stand, and what the rules of requirements 2.1.3 make of it."""
Found = TypeVar("Found")


def voyage_facts(setup: WorkerSetup, client: ApiClient, *, clock: Clock) -> VoyageFacts:
    """Gather everything; what cannot be had is told as such, and the rest is gathered all the same."""
    seconds: dict[str, float] = {}

    def timed(name: str, gather: Callable[[], Found]) -> Found:
        began_s = clock.monotonic()
        found = gather()
        seconds[name] = clock.monotonic() - began_s
        return found

    documents = timed("database", lambda: _documents(client))
    patterns = timed("patterns", lambda: _patterns(setup))
    phase = timed("coach", lambda: _phase(client))
    trial = timed("integration", lambda: _read_trial(setup))
    return VoyageFacts(
        documents=documents,
        patterns=patterns,
        phase=phase,
        self_check=_self_check(),
        agents=frozenset(agent.name for agent in load_roster()),
        receipts=_receipts(trial),
        trial=None if trial is None else trial.status,
        fields=0 if trial is None else sum(one.value is not None for one in trial.decisions.values()),
        seconds=seconds,
    )


def _documents(client: ApiClient) -> int | None:
    try:
        return int(client.get("/documents", {"workload": manifest().id, "limit": 1})["count"])
    except WatchkeeperError:
        return None


def _patterns(setup: WorkerSetup) -> Mapping[str, int]:
    try:
        agents = load_instructions(setup.instructions).agents
    except (WatchkeeperError, OSError):
        return {}
    return {name: sum(map(_words, agent.fields.values())) for name, agent in agents.items()}


def _words(field: FieldInstructions) -> int:
    return len(field.labels) + len(field.headings) + sum(map(len, field.hints.values()))


def _phase(client: ApiClient) -> str | None:
    try:
        phase = client.get("/status", {"workload": manifest().id})["phase"]
    except WatchkeeperError:
        return None
    return f"{phase['number']} ({phase['name']})"


def _self_check() -> tuple[str, ...]:
    decided = [(standing, decide(standing).strategy, wanted) for standing, wanted in _BY_THE_RULES]
    return tuple(
        f"{got} at {standing.accuracy:.2f}, where the rules say {wanted}"
        for standing, got, wanted in decided
        if got != wanted
    )


def _read_trial(setup: WorkerSetup) -> DocumentResult | None:
    try:
        worker = DocumentWorker(setup)
    except WatchkeeperError:
        return None
    try:
        with tempfile.TemporaryDirectory(prefix="wk-voyage-") as folder:
            [document] = write_samples(Path(folder), [TRIAL_SEED])
            return worker.process(document)
    except WatchkeeperError:
        return None
    finally:
        worker.close()


def _receipts(trial: DocumentResult | None) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for reader in twin_readers():
        found[reader.name] = set()
    for receipt in () if trial is None else trial.receipts:
        if receipt.target in found and receipt.agent is not None and receipt.error is None:
            found[receipt.target].add(receipt.agent)
    return {reader: frozenset(agents) for reader, agents in found.items()}
