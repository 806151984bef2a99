"""`wk release`: what workloads work with, version by version; promoted, compared, and taken back."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.cli.commands import release_told
from watchkeeper.cli.commands.release_simulation import simulate
from watchkeeper.cli.commands.release_told import ReleaseArgument, WorkloadArgument
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.known_workload import require_annual_reports
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.cli.release_suites import check_pins, suite_of
from watchkeeper.cli.who import ByOption, ReasonNeeded, by_whom
from watchkeeper.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from watchkeeper.app.client import ApiClient

CANARIES = "canaries"
app = command_app("Look at releases, give them traffic, and take them back.", group=True)
_API = "watchkeeper.app.api.releases"
schemas: dict[str, Any] = {
    "release list": f"{_API}:ReleaseBody[]",
    "release show": f"{_API}:ReleaseStory",
    "release diff": f"{_API}:Difference",
    "release make": f"{_API}:ReleaseBody",
    "release prove": "watchkeeper.releases.proof:Proof",
    "release promote": f"{_API}:ReleaseBody",
    "release reopen": f"{_API}:ReleaseBody",
    "release weights": "watchkeeper.cli.commands.release_told:Weights",
    "release rollback": f"{_API}:ReleaseBody",
    "release simulate": "watchkeeper.cli.commands.release_simulation:Simulations",
}
app.command(name="list")(release_told.listing)
app.command()(release_told.show)
app.command()(release_told.diff)


@app.command()
def make(
    *,
    ctx: typer.Context,
    workload: WorkloadArgument,
    pin: Annotated[
        list[str] | None,
        typer.Option(help="What it holds fast, such as `targets.extract=small`; may be repeated."),
    ] = None,
    instructions: Annotated[
        str | None,
        typer.Option(help="The instructions it holds fast, by content: shipped, or a name coaching saved."),
    ] = None,
    note: Annotated[str | None, typer.Option(help="What it is for.")] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep a candidate: what a workload's answers depend on, by content."""
    call = invoked(ctx, as_json=as_json)
    pins = pins_given(pin or [])
    if instructions is not None:
        require_annual_reports(workload, "set of instructions")
        pins["instructions"] = instruction_pins_of(call, instructions)
    check_pins(workload, pins)
    body = {"workload": workload, "pins": pins, "by": by_whom(call, by), "note": note}
    with connect(call) as client:
        _told(call, client.post("/releases", body))


def pins_given(given: list[str]) -> dict[str, dict[str, str]]:
    """Pins as they are written: `kind.name=value`.

    Raises:
        InvalidInputError: One is not written so.
    """
    kinds: dict[str, dict[str, str]] = {}
    for one in given:
        where, equals, value = one.partition("=")
        kind, _, name = where.partition(".")
        if not equals or not kind or not value:
            raise InvalidInputError(
                f"{one[:80]!r} is no pin",
                action="write it as `kind.name=value`, such as `targets.extract=small`",
            )
        kinds.setdefault(kind, {})[name or kind] = value
    return kinds


@app.command()
def prove(
    *,
    ctx: typer.Context,
    release: ReleaseArgument,
    verdict: Annotated[
        str | None,
        typer.Option(help="passed, failed, or `not checked`; the suite decides where a workload has one."),
    ] = None,
    told: Annotated[str | None, typer.Option(help="What was found, in a sentence.")] = None,
    check: Annotated[str, typer.Option(help="What was checked.")] = CANARIES,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a release's canaries, or keep what a check came to; without passed canaries it gets no traffic."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        story = client.get(f"/releases/{release}")["release"]
        body = _proof(call, client, story, check=check, verdict=verdict, told=told)
        found = client.post(f"/releases/{release}/proofs", {**body, "by": by_whom(call, by)})
    if call.json:
        print_json(found)
    else:
        print_line(f"{found['release_id']}: {found['check']} {found['verdict']} ({found['told']})")
    raise typer.Exit(0 if found["verdict"] == "passed" else 1)


def _proof(
    call: Invocation,
    client: "ApiClient",
    release: dict[str, Any],
    *,
    check: str,
    verdict: str | None,
    told: str | None,
) -> dict[str, str]:
    """What is kept: the suite's own verdict where the workload ships one, else what a person says."""
    suite = suite_of(release["workload"]) if check == CANARIES else None
    if suite is not None:
        if verdict is not None or told is not None:
            raise InvalidInputError(
                f"the canaries of {release['workload']} are a suite, and its verdict is nobody's to give",
                action="leave out --verdict and --told: the suite runs",
            )
        verdict, told = suite(call, client, release)
        return {"check": check, "verdict": verdict, "told": told}
    if verdict is None or told is None:
        raise InvalidInputError(
            f"nothing can run the {check} of {release['workload']}",
            action="check it yourself, and say --verdict and --told; canaries that are asked: "
            f"`wk canary run FILE --release {release['release_id']}`",
        )
    return {"check": check, "verdict": verdict, "told": told}


def instruction_pins_of(call: Invocation, name: str) -> dict[str, str]:
    """What a release pins of a set of instructions of this data folder: its contents."""
    from watchkeeper.workloads.annual_reports.instruction_files import SHIPPED, saved_folder
    from watchkeeper.workloads.annual_reports.instructions import load_instructions
    from watchkeeper.workloads.annual_reports.release_choice import instruction_pins

    folder = None if name == SHIPPED else saved_folder(name, call.data_dir)
    return instruction_pins(load_instructions(folder))


@app.command()
def promote(
    *,
    ctx: typer.Context,
    release: ReleaseArgument,
    reason: ReasonNeeded,
    percent: Annotated[
        float | None, typer.Option(help="Of traffic; else the first stage's. 100 lets a canary go live.")
    ] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a release traffic whose canaries passed; the watch raises its share, or takes it back."""
    call = invoked(ctx, as_json=as_json)
    body = {"reason": reason, "percent": percent, "by": by_whom(call, by)}
    with connect(call) as client:
        _told(call, client.post(f"/releases/{release}/promote", body))


@app.command()
def reopen(
    *,
    ctx: typer.Context,
    release: ReleaseArgument,
    reason: ReasonNeeded,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a release that was taken back a candidate again; its canaries run anew."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        _told(call, client.post(f"/releases/{release}/reopen", {"reason": reason, "by": by_whom(call, by)}))


app.command()(release_told.weights)


@app.command()
def rollback(
    *,
    ctx: typer.Context,
    workload: WorkloadArgument,
    reason: ReasonNeeded,
    to: Annotated[str | None, typer.Option(help="A release that was live before.")] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the canary back, or return to the release before, or to any that was live."""
    call = invoked(ctx, as_json=as_json)
    body = {"workload": workload, "reason": reason, "to": to, "by": by_whom(call, by)}
    with connect(call) as client:
        running = client.get("/experiments", {"workload": workload, "running": True})
        _told(call, client.post("/releases/rollback", body))
    if not call.json:
        for one in running:
            print_line(f"experiment {one['name']} has ended with it")


app.command()(simulate)


def _told(call: Invocation, found: dict[str, Any]) -> None:
    if call.json:
        print_json(found)
        return
    name = found["release_id"]
    print_line(f"{name}: {found['state']}, {found['percent']:g} % of traffic")
    if found["state"] == "candidate":
        print_line(f"  next: `wk release prove {name}`, then `wk release promote {name} --reason …`")
