"""`wk experiment`: releases side by side on live traffic, until one of them is shown to be best."""

from datetime import timedelta
from typing import Annotated, Any

import typer

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.cli.asked_options import WorkloadOption
from watchkeeper.cli.commands.experiment_simulation import simulate
from watchkeeper.cli.commands.experiment_told import print_story, state
from watchkeeper.cli.commands.release import instruction_pins_of, pins_given
from watchkeeper.cli.commands.release_told import WorkloadArgument
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.known_workload import require_annual_reports
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.release_suites import check_pins
from watchkeeper.cli.time_length import seconds
from watchkeeper.cli.who import ByOption, ReasonNeeded, by_whom
from watchkeeper.domain.errors import InvalidInputError

app = command_app("Compare releases side by side on live traffic.", group=True)
_API = "watchkeeper.app.api.experiments"
schemas: dict[str, Any] = {
    "experiment start": f"{_API}:ExperimentStory",
    "experiment list": f"{_API}:ExperimentBody[]",
    "experiment show": f"{_API}:ExperimentStory",
    "experiment stop": f"{_API}:ExperimentStory",
    "experiment simulate": "watchkeeper.cli.commands.experiment_simulation:SimulatedExperiments",
}
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The experiment's name.")]
_INSTRUCTIONS = "instructions="


@app.command()
def start(
    *,
    ctx: typer.Context,
    name: NameArgument,
    workload: WorkloadArgument,
    arm: Annotated[
        list[str],
        typer.Option(
            metavar="NAME=WHAT",
            help="`live`, a release, pins laid over the live one (`targets.ask=small,retrieval.top=5`), or"
            " `instructions=SET`; the first is the control.",
        ),
    ],
    reason: ReasonNeeded,
    weight: Annotated[
        list[str] | None, typer.Option(metavar="NAME=PERCENT", help="Of those that take part; else evenly.")
    ] = None,
    metric: Annotated[str, typer.Option(help="What decides: quality, errors, latency or cost.")] = "quality",
    evaluation: Annotated[
        str | None, typer.Option(help="Its values are the quality; else the gate's, by the settings.")
    ] = None,
    percent: Annotated[float, typer.Option(help="Of the workload's subjects that take part.")] = 100,
    least: Annotated[
        float | None, typer.Option(help="A difference too small to matter: of the score, else relative.")
    ] = None,
    planned: Annotated[
        int | None, typer.Option(help="Subjects an arm at which it is to be surest; else the setting.")
    ] = None,
    lasting: Annotated[
        str | None, typer.Option("--for", help="It ends by itself after so long, such as 14d.")
    ] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Start an experiment: the same subject gets the same arm for as long as it runs."""
    call = invoked(ctx, as_json=as_json)
    weights = dict(_named(one, "--weight") for one in weight or [])
    arms = [_arm(call, workload, one, weights) for one in arm]
    strange = sorted(set(weights) - {one["name"] for one in arms})
    if strange:
        raise InvalidInputError(f"there is no arm {strange[0]!r} to weigh", action="name it with --arm, too")
    body = {
        "name": name,
        "workload": workload,
        "arms": arms,
        "metric": metric,
        "evaluation": evaluation,
        "percent": percent,
        "least": least,
        "planned": planned,
        "ends_at": _end(lasting),
        "reason": reason,
        "by": by_whom(call, by),
    }
    with connect(call) as client:
        _told(call, client.post("/experiments", body))


@app.command(name="list")
def listing(
    *,
    ctx: typer.Context,
    workload: WorkloadOption = None,
    running: Annotated[bool, typer.Option("--running", help="Those that run alone.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List experiments, the first started first."""
    call = invoked(ctx, as_json=as_json)
    asked = {"running": running} | ({} if workload is None else {"workload": workload})
    with connect(call) as client:
        found = client.get("/experiments", asked)
    if call.json:
        print_json(found)
        return
    print_table(
        ["experiment", "workload", "state", "arms", "decided by", "started by", "started at", "why"],
        [
            [
                one["name"],
                one["workload"],
                state(one),
                ", ".join(arm["name"] for arm in one["arms"]),
                one["metric"],
                one["started_by"],
                one["started_at"],
                one["reason"],
            ]
            for one in found
        ],
        none="no experiment yet; start one with `wk experiment start`",
    )


@app.command()
def show(*, ctx: typer.Context, name: NameArgument, as_json: JsonOption = False) -> None:
    """Show an experiment: its arms, how each does, and whether one has won."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        _told(call, client.get(f"/experiments/{name}"))


@app.command()
def stop(
    *,
    ctx: typer.Context,
    name: NameArgument,
    reason: ReasonNeeded,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """End an experiment; its subjects get the live release again, and how it stood is kept."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.post(f"/experiments/{name}/stop", {"reason": reason, "by": by_whom(call, by)})
    _told(call, found)
    winner = found["verdict"]["winner"]
    if winner is not None and not call.json:
        release = next(one["release_id"] for one in found["experiment"]["arms"] if one["name"] == winner)
        print_line(f'to have it for all: wk release promote {release} --reason "it won {name}"')


app.command()(simulate)


def _arm(call: Invocation, workload: str, given: str, weights: dict[str, str]) -> dict[str, Any]:
    name, what = _named(given, "--arm")
    percent = None if name not in weights else _percent(weights[name])
    plain: dict[str, Any] = {"name": name, "percent": percent}
    if what.startswith(_INSTRUCTIONS):
        require_annual_reports(workload, "set of instructions")
        pins = {"instructions": instruction_pins_of(call, what.removeprefix(_INSTRUCTIONS))}
        return {**plain, "pins": pins}
    if "=" in what:
        pins = pins_given(what.split(","))
        check_pins(workload, pins)
        return {**plain, "pins": pins}
    return {**plain, "release_id": what}


def _named(given: str, option: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    if not equals or not name or not value:
        raise InvalidInputError(
            f"{given[:80]!r} names nothing", action=f"write it as `{option} NAME={option[2:].upper()}`"
        )
    return name, value


def _percent(told: str) -> float:
    try:
        return float(told.removesuffix("%"))
    except ValueError as problem:
        raise InvalidInputError(f"{told[:80]!r} is no percentage", action="write it as 33.3") from problem


def _end(lasting: str | None) -> str | None:
    length_s = seconds(lasting)
    return None if length_s is None else (SystemClock().now() + timedelta(seconds=length_s)).isoformat()


def _told(call: Invocation, story: dict[str, Any]) -> None:
    if call.json:
        print_json(story)
    else:
        print_story(story)
