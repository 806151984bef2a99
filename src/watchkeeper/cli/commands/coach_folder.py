"""Coaching on a folder of labelled reports, in sessions or by a search, and what it printed."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from watchkeeper.cli.commands import coach_told
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.known_workload import ANNUAL_REPORTS
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_line
from watchkeeper.coaching.meta_coach import MetaCoach, MetaCoachUse
from watchkeeper.coaching.phases import PHASES
from watchkeeper.coaching.session import Session
from watchkeeper.workloads.annual_reports.coaching.folder_coach import Coached, FolderCoach
from watchkeeper.workloads.annual_reports.coaching.search_coach import AgentSearched, SearchCoach, Searched

if TYPE_CHECKING:
    from watchkeeper.coaching.instruction_search import InstructionSearch
    from watchkeeper.workloads.annual_reports.coaching.report_folder import ReportFolder
    from watchkeeper.workloads.annual_reports.instructions import InstructionSet


@dataclass(frozen=True, slots=True)
class FolderTask:
    """What is to be coached."""

    reports: Path
    labels: Path
    start: str
    save: str
    search: tuple[str, int, int] | None = None
    """A search's name, its evaluations an agent, its seed; None: sessions."""


@dataclass(frozen=True, slots=True)
class CoachReport:
    """What `wk coach run --json` prints."""

    saved: str
    folder: str
    started_from: str
    reports: int
    unread: tuple[str, ...]
    sessions: int
    changes: int
    widened: int
    tries: int
    accuracy_before: float | None
    accuracy_after: float | None
    instructions_sha256: str
    meta_coach: MetaCoachUse | None = None
    """What a model was asked for; null where settings name none."""
    search: str | None = None
    """The search that instructions were handed to; null where sessions coached."""
    agents: tuple[AgentSearched, ...] = ()
    """What the search found, by agent."""


def coach_folder(call: Invocation, task: FolderTask) -> CoachReport:
    """Coach, and save what was learned.

    Raises:
        InvalidInputError: There is no such search, or nothing to coach on.
        SettingsError: The search's package is not installed.
    """
    from watchkeeper.app.instruction_searches import instruction_search
    from watchkeeper.app.meta_coach import meta_coach
    from watchkeeper.cli.commands.documents import files_in
    from watchkeeper.workloads.annual_reports.coaching.report_folder import open_folder, report_opener
    from watchkeeper.workloads.annual_reports.instruction_files import (
        instruction_set,
        require_free,
        save_instructions,
    )
    from watchkeeper.workloads.annual_reports.scoring import load_labels

    by = None if task.search is None else instruction_search(task.search[0])
    require_free(task.save, call.data_dir)
    begun = instruction_set(task.start, call.data_dir)
    opener = report_opener(call.settings, call.data_dir)
    folder = open_folder(files_in([task.reports]), load_labels(task.labels), opener)
    with meta_coach(call.settings, call.data_dir, workload=ANNUAL_REPORTS) as meta:
        coached = _coached(call, task, folder, begun, by=by, meta=meta)
    sessions = coached.sessions if isinstance(coached, Coached) else ()
    agents = coached.agents if isinstance(coached, Searched) else ()
    return CoachReport(
        saved=task.save,
        folder=str(save_instructions(coached.instructions, task.save, call.data_dir)),
        started_from=task.start,
        reports=len(folder.reports),
        unread=folder.unread,
        sessions=len(sessions),
        changes=sum(one.changes for one in sessions) + sum(len(one.kept) for one in agents),
        widened=coached.widened,
        tries=coached.tries,
        accuracy_before=coached.accuracy_before,
        accuracy_after=coached.accuracy_after,
        instructions_sha256=coached.instructions.sha256(),
        meta_coach=None if meta is None else meta.use,
        search=None if by is None else by.name,
        agents=tuple(agents),
    )


def _coached(
    call: Invocation,
    task: FolderTask,
    folder: "ReportFolder",
    begun: "InstructionSet",
    *,
    by: "InstructionSearch | None",
    meta: MetaCoach | None,
) -> Coached | Searched:
    if by is None or task.search is None:
        told = _quiet if call.json else _tell
        return FolderCoach(folder.reports, begun, phase=PHASES[0], told=told, meta=meta).coach()
    _, evaluations, seed = task.search
    return SearchCoach(
        reports=folder.reports,
        start=begun,
        by=by,
        evaluations=evaluations,
        seed=seed,
        told=_quiet if call.json else _tell_agent,
        meta=meta,
    ).coach()


def print_coached_folder(report: CoachReport) -> None:
    """What coaching did, for people."""
    print_line(
        f"coached on {report.reports} reports from {report.started_from!r}: "
        f"{percent(report.accuracy_before)} of all labelled fields right before, "
        f"{percent(report.accuracy_after)} after; these are the reports coached on, so expect less on others"
    )
    how = f"{report.sessions} sessions" if report.search is None else f"a search by {report.search}"
    print_line(
        f"{report.changes} changes in {how}, {report.widened} words and rules "
        f"for reports not met yet; {report.tries} tries"
    )
    coach_told.print_meta_coach(report.meta_coach)
    for unread in report.unread:
        print_line(f"  not coached on: {unread}")
    print_line(f"saved: use it with `wk run annual-reports FILES… --instructions {report.saved}`")


def _tell_agent(found: AgentSearched) -> None:
    print_line(
        f"{found.agent}: {found.evaluations} readings, {found.proposals} proposals, {found.found} fields "
        f"changed, {len(found.kept)} kept{': ' if found.kept else ''}{', '.join(found.kept)}"
    )


def _tell(session: Session) -> None:
    if session.failure is not None:
        print_line(f"{session.document} {session.agent} failed, its changes taken back: {session.failure}")
        return
    rows = [
        (
            session.document,
            session.agent,
            one.number,
            percent(one.judged.accuracy),
            one.decision.strategy,
            one.change,
        )
        for one in session.rounds
        if one.change is not None
    ]
    for document, agent, number, accuracy, strategy, change in rows:
        print_line(f"{document} {agent} round {number}: {accuracy}, {strategy}: {change}")


def _quiet(_: object) -> None:
    pass
