"""`wk coach`: make the readers learn from labelled reports, and prove that it helps."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.commands import coach_golden, coach_hand, coach_instructions, coach_told
from watchkeeper.cli.commands.coach_demo import demo
from watchkeeper.cli.commands.coach_reports import LabelsOption, ReportsOption
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.known_workload import require_annual_reports
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json
from watchkeeper.domain.errors import InvalidInputError

app = command_app("Coach the readers on reports, and look at how they learn.", group=True)


schemas: dict[str, Any] = {
    "coach run": "watchkeeper.cli.commands.coach_folder:CoachReport",
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
    search: Annotated[
        str | None, typer.Option(help="Hand each agent to a search, race or gepa, in place of sessions.")
    ] = None,
    evaluations: Annotated[
        int, typer.Option(min=1, help="With --search: readings of a report, an agent, at most.")
    ] = 300,
    seed: Annotated[int, typer.Option(help="With --search: of all that is left to chance.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Coach every agent on a folder of labelled reports, or on a phase's window of the corpus.

    Nothing that makes another report worse is kept. `--from` takes shipped, bare or a saved name.
    """
    call = invoked(ctx, as_json=as_json)
    require_annual_reports(workload, "coaching")
    if phase is not None:
        from watchkeeper.cli.commands.coach_corpus import coach_window

        if search is not None:
            raise InvalidInputError(
                "a search coaches on a folder",
                action="give --reports, --labels and --save in place of --phase",
            )
        coach_window(call, phase=phase, first=start, last=last, max_rounds=max_rounds, labels=labels)
        return
    if reports is None or labels is None or save is None:
        raise InvalidInputError(
            "coaching on a folder takes reports, labels and a name",
            action="give --reports DIR --labels LABELS.json --save NAME",
        )
    from watchkeeper.cli.commands.coach_folder import FolderTask, coach_folder, print_coached_folder

    handed = None if search is None else (search, evaluations, seed)
    report = coach_folder(call, FolderTask(reports, labels, start, save, handed))
    if call.json:
        print_json(report)
    else:
        print_coached_folder(report)


app.command()(demo)


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
