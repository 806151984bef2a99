"""`wk coach`: make the readers learn from labelled reports, and prove that it helps."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.commands import coach_golden, coach_hand, coach_instructions, coach_told
from watchkeeper.cli.commands.coach_demo import demo
from watchkeeper.cli.commands.coach_reports import LabelsOption, ReportsOption
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.known_workload import ANNUAL_REPORTS, require_annual_reports
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.coaching.meta_coach import MetaCoachUse
from watchkeeper.coaching.phases import PHASES
from watchkeeper.coaching.session import Session
from watchkeeper.domain.errors import InvalidInputError

app = command_app("Coach the readers on reports, and look at how they learn.", group=True)


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
    meta_coach: MetaCoachUse | None
    """What a model was asked for; null where settings name none."""


schemas: dict[str, Any] = {
    "coach run": CoachReport,
    "coach sessions": "watchkeeper.coaching.figures:AgentInRun[]",
    "coach hours": "watchkeeper.coaching.figures:Hour[]",
    "coach rounds": "watchkeeper.coaching.records:RoundRow[]",
    "coach trends": "watchkeeper.coaching.figures:AgentDay[]",
    "coach strategies": "watchkeeper.coaching.figures:StrategyUse[]",
    "coach phases": "watchkeeper.coaching.figures:PhaseReport[]",
    "coach stuck": "watchkeeper.coaching.figures:AgentStanding[]",
    "coach top": "watchkeeper.coaching.figures:AgentStanding[]",
    "coach history": "watchkeeper.coaching.records:InstructionVersion[]",
    "coach adopt": "watchkeeper.coaching.records:InstructionVersion[]",
    "coach force": "watchkeeper.coaching.records:StrategyOrder",
    "coach restore": "watchkeeper.app.api.coaching_instructions:Restored[]",
    "coach demo": "watchkeeper.workloads.annual_reports.coaching.demo:DemoFigures",
    "coach save": coach_instructions.Saved,
    "coach golden": "watchkeeper.coaching.records:GoldenExample[]",
    "coach void": "watchkeeper.app.api.coaching_hand:Voided",
    "coach disable": "watchkeeper.app.api.coaching_hand:CoachingStanding",
    "coach enable": "watchkeeper.app.api.coaching_hand:CoachingStanding",
    "coach reset": "watchkeeper.app.api.coaching_hand:Reset",
}
app.command()(coach_instructions.save)
for _command in (coach_hand.void, coach_hand.disable, coach_hand.enable, coach_hand.reset):
    app.command()(_command)


@app.command()
def run(
    *,
    ctx: typer.Context,
    workload: Annotated[str, typer.Argument(help="The workload's id.")],
    reports: ReportsOption = None,
    labels: LabelsOption = None,
    start: Annotated[
        str,
        typer.Option("--from", help="Instructions to start from; with --phase, the first document's number."),
    ] = "shipped",
    phase: Annotated[int | None, typer.Option(help="Coach documents of the corpus in this phase.")] = None,
    last: Annotated[
        int | None, typer.Option("--to", help="The last document's number, with --phase.")
    ] = None,
    max_rounds: Annotated[int | None, typer.Option(min=1, help="Rounds a session, at most.")] = None,
    save: Annotated[str | None, typer.Option(help="The name to save what was learned under.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Coach every agent on a folder of labelled reports, or on a phase's window of the corpus.

    Nothing that makes another report worse is kept. `--from` takes shipped, bare or a saved name.
    """
    call = invoked(ctx, as_json=as_json)
    require_annual_reports(workload, "coaching")
    if phase is not None:
        from watchkeeper.cli.commands.coach_corpus import coach_window

        coach_window(call, phase=phase, first=start, last=last, max_rounds=max_rounds, labels=labels)
        return
    if reports is None or labels is None or save is None:
        raise InvalidInputError(
            "coaching on a folder takes reports, labels and a name",
            action="give --reports DIR --labels LABELS.json --save NAME",
        )
    report = _coach_folder(call, reports=reports, labels=labels, start=start, save=save)
    if call.json:
        print_json(report)
        return
    print_line(
        f"coached on {report.reports} reports from {report.started_from!r}: "
        f"{percent(report.accuracy_before)} of all labelled fields right before, "
        f"{percent(report.accuracy_after)} after; these are the reports coached on, so expect less on others"
    )
    print_line(
        f"{report.changes} changes in {report.sessions} sessions, {report.widened} words and rules "
        f"for reports not met yet; {report.tries} tries"
    )
    coach_told.print_meta_coach(report.meta_coach)
    for unread in report.unread:
        print_line(f"  not coached on: {unread}")
    print_line(f"saved: use it with `wk run annual-reports FILES… --instructions {report.saved}`")


app.command()(demo)


def _coach_folder(call: Invocation, *, reports: Path, labels: Path, start: str, save: str) -> CoachReport:
    from watchkeeper.app.meta_coach import meta_coach
    from watchkeeper.cli.commands.documents import files_in
    from watchkeeper.workloads.annual_reports.coaching.folder_coach import FolderCoach
    from watchkeeper.workloads.annual_reports.coaching.report_folder import open_folder, report_opener
    from watchkeeper.workloads.annual_reports.instruction_files import (
        instruction_set,
        require_free,
        save_instructions,
    )
    from watchkeeper.workloads.annual_reports.scoring import load_labels

    require_free(save, call.data_dir)
    begun = instruction_set(start, call.data_dir)
    folder = open_folder(
        files_in([reports]), load_labels(labels), report_opener(call.settings, call.data_dir)
    )
    with meta_coach(call.settings, call.data_dir, workload=ANNUAL_REPORTS) as meta:
        told = _quiet if call.json else _tell
        coached = FolderCoach(folder.reports, begun, phase=PHASES[0], told=told, meta=meta).coach()
    saved = save_instructions(coached.instructions, save, call.data_dir)
    return CoachReport(
        saved=save,
        folder=str(saved),
        started_from=start,
        reports=len(folder.reports),
        unread=folder.unread,
        sessions=len(coached.sessions),
        changes=sum(one.changes for one in coached.sessions),
        widened=coached.widened,
        tries=coached.tries,
        accuracy_before=coached.accuracy_before,
        accuracy_after=coached.accuracy_after,
        instructions_sha256=coached.instructions.sha256(),
        meta_coach=None if meta is None else meta.use,
    )


HoursOption = Annotated[float | None, typer.Option(help="So many hours back.")]


def _shown(ctx: typer.Context, what: str, hours: float | None, *, as_json: bool) -> None:
    coach_told.show(invoked(ctx, as_json=as_json), what, hours)


@app.command()
def sessions(ctx: typer.Context, hours: HoursOption = None, as_json: JsonOption = False) -> None:
    """Show runs and agents of the last hour: rounds, accuracy, strategies in order."""
    _shown(ctx, "sessions", hours, as_json=as_json)


@app.command()
def rounds(ctx: typer.Context, hours: HoursOption = None, as_json: JsonOption = False) -> None:
    """Show every round of the last 24 hours: agent, document, accuracy, F1, phase and strategy."""
    _shown(ctx, "rounds", hours, as_json=as_json)


@app.command()
def hours(ctx: typer.Context, hours: HoursOption = None, as_json: JsonOption = False) -> None:
    """Show accuracy, F1 and runs hour by hour, over the last seven days."""
    _shown(ctx, "hours", hours, as_json=as_json)


@app.command()
def trends(ctx: typer.Context, hours: HoursOption = None, as_json: JsonOption = False) -> None:
    """Show each agent day by day, over the last seven days."""
    _shown(ctx, "trends", hours, as_json=as_json)


@app.command()
def strategies(ctx: typer.Context, hours: HoursOption = None, as_json: JsonOption = False) -> None:
    """Show how often each strategy was used over the last 24 hours, and what it gained."""
    _shown(ctx, "strategies", hours, as_json=as_json)


@app.command()
def phases(ctx: typer.Context, hours: HoursOption = None, as_json: JsonOption = False) -> None:
    """Show what each phase brought: start, end, gain, and the gap to its target."""
    _shown(ctx, "phases", hours, as_json=as_json)


@app.command()
def stuck(ctx: typer.Context, hours: HoursOption = None, as_json: JsonOption = False) -> None:
    """Show agents below 70 % or without movement, worst first, over the last 24 hours."""
    _shown(ctx, "stuck", hours, as_json=as_json)


@app.command()
def top(ctx: typer.Context, hours: HoursOption = None, as_json: JsonOption = False) -> None:
    """Show every agent's accuracy over the last 24 hours, best first."""
    _shown(ctx, "top", hours, as_json=as_json)


app.command()(coach_instructions.history)
app.command()(coach_golden.golden)
app.command()(coach_hand.force)
app.command()(coach_instructions.adopt)
app.command()(coach_instructions.restore)


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


def _quiet(session: Session) -> None:
    pass
