"""`wk coach`: make the readers learn from labelled reports, and prove that it helps."""

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.commands import coach_hand
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.known_workload import require_annual_reports
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.cli.who import ByOption, ReasonOption, by_whom
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


schemas: dict[str, Any] = {
    "coach run": CoachReport,
    "coach sessions": "watchkeeper.coaching.figures:AgentInRun[]",
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
    "coach save": coach_hand.Saved,
    "coach void": "watchkeeper.app.api.coaching_hand:Voided",
    "coach disable": "watchkeeper.app.api.coaching_hand:Standing",
    "coach enable": "watchkeeper.app.api.coaching_hand:Standing",
    "coach reset": "watchkeeper.app.api.coaching_hand:Reset",
}
for _command in (coach_hand.save, coach_hand.void, coach_hand.disable, coach_hand.enable, coach_hand.reset):
    app.command()(_command)

ReportsOption = Annotated[Path | None, typer.Option(help="A folder of labelled reports.")]
LabelsOption = Annotated[Path | None, typer.Option(help="A labels.json: what the reports state.")]
DEMO_REPORTS = 19
"""Generated reports the demo coaches and measures on where no folder is named."""


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
    for unread in report.unread:
        print_line(f"  not coached on: {unread}")
    print_line(f"saved: use it with `wk run annual-reports FILES… --instructions {report.saved}`")


def _coach_folder(call: Invocation, *, reports: Path, labels: Path, start: str, save: str) -> CoachReport:
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
    coached = FolderCoach(folder.reports, begun, phase=PHASES[0], told=_quiet if call.json else _tell).coach()
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
    )


@app.command()
def demo(
    *,
    ctx: typer.Context,
    reports: ReportsOption = None,
    labels: LabelsOption = None,
    splits: Annotated[int, typer.Option(min=1, max=1000, help="Random splits.")] = 10,
    coach_on: Annotated[
        int, typer.Option(min=1, help="Reports coached on in each; the others measure.")
    ] = 10,
    seed: Annotated[int, typer.Option(help="The first split's seed; each next one is one more.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Coach from bare labels on some reports, measure on the others; exits with 1 short of its aims.

    Without a folder it generates reports of invented associations.
    """
    call = invoked(ctx, as_json=as_json)
    with tempfile.TemporaryDirectory(prefix="wk-coach-") as scratch:
        if reports is None or labels is None:
            reports, labels = _generated(Path(scratch))
        figures = _demo(call, reports, labels, splits=splits, coach_on=coach_on, seed=seed)
    if call.json:
        print_json({**asdict(figures), "reached": figures.reached})
    else:
        print_line(
            f"over {len(figures.splits)} splits: {100 * figures.rise:+.1f} points over bare labels "
            f"(15 wanted), {100 * figures.behind_shipped:.1f} behind the shipped instructions (3 at most)"
        )
    raise typer.Exit(0 if figures.reached else 1)


def _demo(call: Invocation, reports: Path, labels: Path, *, splits: int, coach_on: int, seed: int) -> Any:
    from watchkeeper.cli.commands.documents import files_in
    from watchkeeper.workloads.annual_reports.coaching import demo as proof
    from watchkeeper.workloads.annual_reports.coaching.report_folder import open_folder, report_opener
    from watchkeeper.workloads.annual_reports.scoring import load_labels

    folder = open_folder(
        files_in([reports]), load_labels(labels), report_opener(call.settings, call.data_dir)
    )
    count = len(folder.reports) + len(folder.unread)
    if coach_on >= count:
        raise InvalidInputError(
            f"of {count} reports {coach_on} cannot be coached on and some be left to measure on",
            action="give a smaller --coach-on, or more reports",
        )

    def tell(split: proof.Split) -> None:
        if not call.json:
            print_line(
                f"split {split.seed}: coached on {split.coached_on}, measured on {split.measured_on}: "
                f"bare {percent(split.bare)}, coached {percent(split.coached)}, "
                f"shipped {percent(split.shipped)}"
            )

    if folder.unread and not call.json:
        print_line(f"{len(folder.unread)} cannot be read here: they teach nothing and are not measured")
    seeds = range(seed, seed + splits)
    return proof.figures(
        list(
            proof.splits(
                folder.reports, coach_on=coach_on, seeds=seeds, unreadable=len(folder.unread), told=tell
            )
        )
    )


def _generated(folder: Path) -> tuple[Path, Path]:
    from watchkeeper.workloads.annual_reports.samples.book import write_samples

    write_samples(folder, range(1, DEMO_REPORTS + 1))
    return folder, folder / "labels.json"


HoursOption = Annotated[float | None, typer.Option(help="So many hours back.")]


def _shown(ctx: typer.Context, what: str, hours: float | None, *, as_json: bool) -> None:
    from watchkeeper.cli.commands import coach_told

    coach_told.show(invoked(ctx, as_json=as_json), what, hours)


@app.command()
def sessions(ctx: typer.Context, hours: HoursOption = None, as_json: JsonOption = False) -> None:
    """Show runs and agents of the last hour: rounds, accuracy, strategies in order."""
    _shown(ctx, "sessions", hours, as_json=as_json)


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


@app.command()
def history(
    ctx: typer.Context,
    agent: Annotated[str, typer.Argument(help="The agent.")],
    as_json: JsonOption = False,
) -> None:
    """Show every version of an agent's instructions, with what changed in each."""
    from watchkeeper.cli.commands import coach_told

    coach_told.show_history(invoked(ctx, as_json=as_json), agent)


@app.command()
def force(
    *,
    ctx: typer.Context,
    agent: Annotated[str, typer.Argument(help="The agent.")],
    name: Annotated[
        str,
        typer.Argument(
            metavar="STRATEGY",
            help="What its next round is to use: explore, refine, maintain, revert or golden.",
        ),
    ],
    by: ByOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have an agent's next round use a strategy, once; it runs out after a day."""
    call = invoked(ctx, as_json=as_json)
    body = {"agent": agent, "strategy": name, "by": by_whom(call, by), "reason": reason}
    with connect(call) as client:
        order = client.post("/coaching/annual-reports/orders", body)
    if call.json:
        print_json(order)
    else:
        print_line(
            f"{order['agent']}'s next round uses {name}, asked for by {order['given_by']}; "
            f"unused it runs out at {order['expires_at']}"
        )


@app.command()
def adopt(
    *,
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="shipped, bare, or a name that coaching saved.")],
    by: ByOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have coaching on the corpus go on from these instructions: each agent's next version."""
    from watchkeeper.workloads.annual_reports.instruction_files import instruction_set

    call = invoked(ctx, as_json=as_json)
    agents = {
        agent: told.model_dump(mode="json", exclude_defaults=True)
        for agent, told in instruction_set(name, call.data_dir).agents.items()
    }
    body = {"agents": agents, "by": by_whom(call, by), "reason": reason or f"adopted from {name}"}
    with connect(call) as client:
        made = client.post("/coaching/annual-reports/instructions", body)
    if call.json:
        print_json(made)
    else:
        print_line(f"coaching goes on from {name!r}: {len(made)} agents have a new version")


@app.command()
def restore(
    *,
    ctx: typer.Context,
    agents: Annotated[list[str] | None, typer.Argument(help="Agents; all when none is named.")] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write each agent's best instructions ever as a new version; the history stays."""
    from watchkeeper.cli.commands import coach_told

    call = invoked(ctx, as_json=as_json)
    body = {"agents": agents or [], "by": by_whom(call, by)}
    with connect(call) as client:
        coach_told.print_restored(call, client.post("/coaching/annual-reports/restore", body))


def _tell(session: Session) -> None:
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
