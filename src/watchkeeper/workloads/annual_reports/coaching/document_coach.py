"""Coaching on documents of the corpus: a session an agent and document, each kept whole before the next."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from watchkeeper.app.client import ApiClient
from watchkeeper.app.folder_lock import FolderLock
from watchkeeper.coaching.meta_coach import MetaCoach, MetaCoachUse
from watchkeeper.coaching.phases import Phase, rounds_allowed
from watchkeeper.coaching.session import Basis, Session, run_session
from watchkeeper.domain.errors import ConflictError, DocumentError
from watchkeeper.workloads.annual_reports.coaching.advice import Adviser
from watchkeeper.workloads.annual_reports.coaching.agreed_truths import agreed_truths
from watchkeeper.workloads.annual_reports.coaching.coached_before import (
    BASE,
    Pasts,
    coached_instructions,
    golden_examples,
    read_pasts,
)
from watchkeeper.workloads.annual_reports.coaching.exam import LabelledReport
from watchkeeper.workloads.annual_reports.coaching.exam_search import search_over
from watchkeeper.workloads.annual_reports.coaching.pupil import ReportPupil
from watchkeeper.workloads.annual_reports.coaching.search import Search
from watchkeeper.workloads.annual_reports.coaching.session_body import session_body
from watchkeeper.workloads.annual_reports.instructions import (
    InstructionSet,
)
from watchkeeper.workloads.annual_reports.report_opening import ReportOpener
from watchkeeper.workloads.annual_reports.scoring import Labels


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
    search = search_over([report for report, _ in reports], start)
    exam = search.exam
    summary.accuracy_before = exam.accuracy()
    pasts = read_pasts(client)
    adviser = None
    if task.meta is not None:
        adviser = Adviser(meta=task.meta, search=search, phase=task.phase, golden=golden_examples(client))
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


def _session(
    task: CoachingTask,
    search: Search,
    place: _Place,
    *,
    pasts: Pasts,
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
    body = session_body(
        session,
        pupil,
        run_id=task.run_id,
        phase=task.phase,
        order_id=None if order is None else order["order_id"],
    )
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
        yield replace(report, truths=agreed_truths(report, start)), Basis.CONSENSUS
