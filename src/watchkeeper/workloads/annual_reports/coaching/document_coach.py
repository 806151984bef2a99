"""Coaching on documents of the corpus: a session an agent and document, each kept whole before the next."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from watchkeeper.app.client import ApiClient
from watchkeeper.app.folder_lock import FolderLock
from watchkeeper.coaching.meta_coach import MetaCoach, MetaCoachUse
from watchkeeper.coaching.phases import Phase, rounds_allowed
from watchkeeper.coaching.session import Basis, Past, Round, Session, run_session
from watchkeeper.domain.errors import ConflictError, DocumentError
from watchkeeper.evaluation.truth import Truth
from watchkeeper.workloads.annual_reports.coaching.advice import Adviser
from watchkeeper.workloads.annual_reports.coaching.exam import Exam, LabelledReport
from watchkeeper.workloads.annual_reports.coaching.pupil import ReportPupil
from watchkeeper.workloads.annual_reports.coaching.search import Search
from watchkeeper.workloads.annual_reports.consensus import Verdict
from watchkeeper.workloads.annual_reports.extraction import WORKLOAD
from watchkeeper.workloads.annual_reports.instructions import (
    AgentInstructions,
    InstructionSet,
    load_instructions,
)
from watchkeeper.workloads.annual_reports.report_opening import ReportOpener
from watchkeeper.workloads.annual_reports.roster import load_roster
from watchkeeper.workloads.annual_reports.scoring import Labels
from watchkeeper.workloads.annual_reports.workload import name_words, twin_readers

BASE = f"/coaching/{WORKLOAD}"
SURE = 0.9
"""A value the readers agree on with this confidence stands in for a truth that nobody wrote down."""
REMEMBERED = timedelta(days=7)
"""So far back rounds tell what an agent's best and recent accuracies are."""


@dataclass(slots=True, kw_only=True)
class CoachingSummary:
    """What came of coaching some documents."""

    run_id: str
    phase: int
    max_rounds: int
    documents: int = 0
    sessions: int = 0
    failed: int = 0
    rounds: int = 0
    changes: int = 0
    golden: int = 0
    by_consensus: int = 0
    """Documents without labels: consensus and arithmetic stood in for truth."""
    skipped: list[str] = field(default_factory=list)
    """Documents that could not be read, with the reason."""
    accuracy_before: float | None = None
    accuracy_after: float | None = None
    meta_coach: MetaCoachUse | None = None
    """What a model was asked for; None where settings name none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoachingTask:
    """What is to be coached, and how far."""

    run_id: str
    files: Sequence[Path]
    labels: Labels
    phase: Phase
    max_rounds: int | None
    told: Callable[[str, Session], None] = lambda _, __: None
    meta: MetaCoach | None = None


@contextmanager
def sole_coach(data_dir: Path) -> Iterator[None]:
    """Be the one that coaches on this data folder.

    Raises:
        ConflictError: Another process does.
    """
    lock = FolderLock(data_dir, "coach")
    if not lock.try_take():
        raise ConflictError(
            "another process is coaching on this data folder", action="wait for it, or stop it with Ctrl-C"
        )
    with lock:
        yield


def coached_instructions(client: ApiClient) -> InstructionSet:
    """The newest version of every coached agent over the instructions that ship."""
    agents = dict(load_instructions().agents)
    for row in client.get(f"{BASE}/instructions"):
        agents[row["agent"]] = AgentInstructions.model_validate(row["content"])
    return InstructionSet(agents=agents, vocabulary=load_instructions().vocabulary)


def coach_documents(task: CoachingTask, opener: ReportOpener, client: ApiClient) -> CoachingSummary:
    """Coach every agent on every document, with the instructions it has now.

    Each session is kept in one request when it ends: a coach that is killed leaves whole sessions only.
    """
    limit = rounds_allowed(task.phase, task.max_rounds)
    summary = CoachingSummary(run_id=task.run_id, phase=task.phase.number, max_rounds=limit)
    start = coached_instructions(client)
    reports = list(_opened(task, opener, start, summary))
    if not reports:
        return summary
    exam = Exam(
        reports=[report for report, _ in reports],
        readers=twin_readers(),
        ignored=name_words(start),
        instructions=start,
    )
    search = Search(
        exam=exam,
        sections={agent.name: agent.sections for agent in load_roster()},
        words=start.words,
    )
    summary.accuracy_before = exam.accuracy()
    pasts = _pasts(client)
    adviser = None
    if task.meta is not None:
        adviser = Adviser(meta=task.meta, search=search, phase=task.phase, golden=_golden(client))
        summary.meta_coach = task.meta.use
    for index, (report, basis) in enumerate(reports):
        for name, agent in start.agents.items():
            if any(key in report.truths for key in agent.fields):
                place = _Place(index, name, basis, limit)
                _session(task, search, place, pasts=pasts, adviser=adviser, client=client, summary=summary)
    summary.documents = len(reports)
    summary.accuracy_after = exam.accuracy()
    return summary


@dataclass(frozen=True, slots=True)
class _Place:
    index: int
    agent: str
    basis: Basis
    limit: int


@dataclass(slots=True)
class _Pasts:
    """What earlier rounds tell: an agent's best on each document, its last accuracies, open orders."""

    best: dict[tuple[str, str], float] = field(default_factory=dict)
    recent: dict[str, list[float]] = field(default_factory=dict)
    orders: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    instructions: dict[str, AgentInstructions] = field(default_factory=dict)
    """The best version of each agent whose accuracy is known."""

    def of(self, agent: str, document: str) -> Past:
        order = self.orders.get(agent)
        return Past(
            best=self.best.get((agent, document)),
            recent=tuple(self.recent.get(agent, ())),
            forced=None if order is None else order["strategy"],
            forced_by=None if order is None else order["given_by"],
        )

    def add(self, agent: str, document: str, accuracy: float) -> None:
        key = (agent, document)
        self.best[key] = max(accuracy, self.best.get(key, 0.0))
        self.recent.setdefault(agent, []).append(accuracy)


def _session(
    task: CoachingTask,
    search: Search,
    place: _Place,
    *,
    pasts: _Pasts,
    adviser: Adviser | None,
    client: ApiClient,
    summary: CoachingSummary,
) -> None:
    document = search.exam.reports[place.index].document.name
    before = search.exam.instructions
    past = pasts.of(place.agent, document)
    pupil = ReportPupil(
        search,
        place.agent,
        place.index,
        best=pasts.instructions.get(place.agent),
        basis=place.basis,
        adviser=adviser,
        past=past,
    )
    session = run_session(
        pupil,
        agent=place.agent,
        document=document,
        phase=task.phase,
        max_rounds=place.limit,
        past=past,
    )
    if session.failure is not None:
        search.exam.adopt(before)
        pupil.made.clear()
    order = pasts.orders.pop(place.agent, None)
    body = _body(task, session, pupil, exam=search.exam, order=order)
    if summary.by_consensus:
        # Against what the readers agree on, no version's accuracy is known.
        body["versions"] = [{**one, "accuracy": None} for one in body["versions"]]
    client.post(f"{BASE}/sessions", body)
    for change in pupil.made:
        pasts.instructions[place.agent] = change.agent
    for one in session.rounds:
        pasts.add(place.agent, document, one.judged.accuracy)
    summary.sessions += 1
    summary.failed += session.failure is not None
    summary.rounds += len(session.rounds)
    summary.changes += session.changes
    golden = place.basis is Basis.TRUTH and session.final is not None and session.final >= 0.95
    summary.golden += golden and session.failure is None
    task.told(place.agent, session)


def _body(
    task: CoachingTask,
    session: Session,
    pupil: ReportPupil,
    *,
    exam: Exam,
    order: Mapping[str, Any] | None,
) -> dict[str, Any]:
    fields = exam.instructions.agents[session.agent].fields
    decisions = exam.sittings[pupil.index].decisions
    strategies = [one.decision.strategy for one in session.rounds if one.change is not None]
    return {
        "run_id": task.run_id,
        "document": session.document,
        "agent": session.agent,
        "status": "failed" if session.failure else "completed",
        "max_rounds": session.max_rounds,
        "failure_reason": session.failure,
        "rounds": [_round(one, task.phase) for one in session.rounds],
        "versions": [
            {
                "strategy": name,
                "reason": f"{change.field}: {change.why}",
                "content": change.agent.model_dump(mode="json", exclude_defaults=True),
                "accuracy": change.accuracy,
                "author": change.author,
            }
            for name, change in zip(strategies, pupil.made, strict=False)
        ],
        "extraction": {
            name: decision.value
            for name, decision in decisions.items()
            if name in fields and decision.value is not None
        },
        "order_id": None if order is None else order["order_id"],
    }


def _round(one: Round, phase: Phase) -> dict[str, object]:
    judged = one.judged
    return {
        "round": one.number,
        "accuracy": judged.accuracy,
        "coverage": judged.coverage,
        "precision": judged.precision,
        "recall": judged.recall,
        "f1": judged.f1,
        "errors": list(judged.errors),
        "missing": list(judged.missing),
        "strategy": one.decision.strategy,
        "reason": one.decision.reason,
        "change": one.change,
        "improvement": one.improvement,
        "basis": str(judged.basis),
        "phase": phase.number,
    }


def _opened(
    task: CoachingTask, opener: ReportOpener, start: InstructionSet, summary: CoachingSummary
) -> Iterator[tuple[LabelledReport, Basis]]:
    for path in task.files:
        try:
            opened = opener.open(path)
        except DocumentError as failure:
            summary.skipped.append(f"{path.name}: {failure.message}")
            continue
        if opened.needs_ocr:
            summary.skipped.append(f"{path.name}: a scan, and no OCR is installed")
            continue
        truths = task.labels.get(path.name)
        report = LabelledReport(document=opened.document, sections=opened.sections, truths=truths or {})
        if truths is not None:
            yield report, Basis.TRUTH
            continue
        summary.by_consensus += 1
        yield replace(report, truths=_agreed(report, start)), Basis.CONSENSUS


def _agreed(report: LabelledReport, instructions: InstructionSet) -> dict[str, Truth]:
    """What the readers agree on, surely: it stands in for truth, and keeps coaching from losing it."""
    keys = [name for agent in instructions.agents.values() for name in agent.fields]
    unlabelled = replace(report, truths=dict.fromkeys(keys, Truth(None)))
    exam = Exam(
        reports=[unlabelled],
        readers=twin_readers(),
        ignored=name_words(instructions),
        instructions=instructions,
    )
    return {
        name: Truth(decision.value)
        for name, decision in exam.sittings[0].decisions.items()
        if decision.verdict is Verdict.AGREED and (decision.confidence or 0.0) >= SURE
    }


def _pasts(client: ApiClient) -> _Pasts:
    pasts = _Pasts()
    for row in client.get(f"{BASE}/rounds?hours={REMEMBERED.total_seconds() / 3600:g}"):
        pasts.add(row["agent"], row["document"], row["accuracy"])
    versions = [row for row in client.get(f"{BASE}/instructions") if row["accuracy"] is not None]
    for row in sorted(versions, key=lambda one: (one["accuracy"], one["version"])):
        pasts.instructions[row["agent"]] = AgentInstructions.model_validate(row["content"])
    for order in client.get(f"{BASE}/orders?open_only=true"):
        pasts.orders[order["agent"]] = order
    return pasts


def _golden(client: ApiClient) -> dict[str, list[Mapping[str, Any]]]:
    """Active golden examples by agent, the best first."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    rows = [row for row in client.get(f"{BASE}/golden") if row["active"]]
    for row in sorted(rows, key=lambda one: -one["accuracy"]):
        told = {"document": row["document"], "answer": row["extraction"]}
        found.setdefault(row["agent"], []).append(told)
    return found
