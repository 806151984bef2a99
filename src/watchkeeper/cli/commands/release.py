"""`wk release`: what workloads work with, version by version; promoted, compared, and taken back."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.known_workload import ANNUAL_REPORTS, require_annual_reports
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.who import ByOption, by_whom
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
    "release weights": "watchkeeper.cli.commands.release:Weights",
    "release rollback": f"{_API}:ReleaseBody",
    "release simulate": "watchkeeper.cli.commands.release:Simulations",
}
ReleaseArgument = Annotated[str, typer.Argument(metavar="RELEASE", help="The release's id.")]
WorkloadArgument = Annotated[str, typer.Argument(help="The workload's id.")]
ReasonNeeded = Annotated[str, typer.Option(help="Why; it is kept for ever.")]


@dataclass(frozen=True, slots=True)
class Weight:
    """A release that has traffic."""

    release_id: str
    state: str
    percent: float


@dataclass(frozen=True, slots=True)
class Weights:
    """What `wk release weights --json` prints."""

    workload: str
    weights: tuple[Weight, ...]


@dataclass(frozen=True, slots=True)
class Simulations:
    """What `wk release simulate --json` prints."""

    candidates: int
    went_live: int
    turned_away: int
    most_calls: int
    """That any of them got."""
    outcomes: tuple[dict[str, Any], ...]


@app.command(name="list")
def listing(
    *,
    ctx: typer.Context,
    workload: Annotated[str | None, typer.Option(help="Only this workload's.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List releases, by workload, the last made first."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/releases", {} if workload is None else {"workload": workload})
    if call.json:
        print_json(found)
    elif not found:
        print_line("no release yet; make one with `wk release make`")
    else:
        print_table(
            ["workload", "release", "state", "traffic", "made by", "made at", "note"],
            [
                [
                    one["workload"],
                    one["release_id"],
                    one["state"],
                    f"{one['percent']:g} %",
                    one["made_by"],
                    one["made_at"],
                    one["note"] or "",
                ]
                for one in found
            ],
        )


@app.command()
def show(*, ctx: typer.Context, release: ReleaseArgument, as_json: JsonOption = False) -> None:
    """Show what a release pins, what was proved of it, every move, and how it does as a canary."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get(f"/releases/{release}")
    if call.json:
        print_json(found)
        return
    one = found["release"]
    print_line(
        f"{one['release_id']}: {one['state']}, {one['percent']:g} % of the traffic of {one['workload']}"
    )
    pins = [[kind, name, value] for kind, named in one["pins"].items() for name, value in named.items()]
    print_table(["pins", "of", "what"], pins)
    _print_canary(found["canary"])
    if found["proofs"]:
        print_table(
            ["check", "verdict", "found", "by", "at"],
            [[p["check"], p["verdict"], p["told"], p["by"], p["at"]] for p in found["proofs"]],
        )
    print_table(
        ["at", "from", "to", "traffic", "by", "why"],
        [
            [m["at"], m["before"] or "—", m["after"], f"{m['share'] / 100:g} %", m["by"], m["reason"]]
            for m in found["moves"]
        ],
    )


def _print_canary(canary: dict[str, Any] | None) -> None:
    if canary is None:
        return
    print_line(f"as a canary, after {canary['calls']} calls: {canary['decision']} ({canary['reason']})")
    print_table(
        ["measure", "verdict", "difference", "at least", "at most", "harm from", "calls"],
        [
            [
                f["measure"],
                f["verdict"],
                *(_change(f[name]) for name in ("difference", "low", "high")),
                _change(f["tolerance"]),
                f["calls"],
            ]
            for f in canary["findings"]
        ],
    )


def _change(share: float | None) -> str:
    return "no data" if share is None else f"{share:+.1%}"


@app.command()
def diff(
    *,
    ctx: typer.Context,
    release: ReleaseArgument,
    against: Annotated[str | None, typer.Argument(help="The other one; else the live one.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a release changes."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get(f"/releases/{release}/diff", {} if against is None else {"against": against})
    if call.json:
        print_json(found)
        return
    print_line(f"from {found['before']} to {found['after']}:")
    if not found["changes"]:
        print_line("nothing differs")
        return
    print_table(
        ["pins", "of", "before", "after"],
        [[c["kind"], c["name"], c["before"] or "—", c["after"] or "—"] for c in found["changes"]],
    )


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
    pins = _pins(pin or [])
    if instructions is not None:
        require_annual_reports(workload, "set of instructions")
        pins["instructions"] = _instruction_pins(call, instructions)
    body = {"workload": workload, "pins": pins, "by": by_whom(call, by), "note": note}
    with connect(call) as client:
        _told(call, client.post("/releases", body))


def _pins(given: list[str]) -> dict[str, dict[str, str]]:
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
    if check == CANARIES and release["workload"] == ANNUAL_REPORTS:
        if verdict is not None or told is not None:
            raise InvalidInputError(
                f"the canaries of {ANNUAL_REPORTS} are a suite, and its verdict is nobody's to give",
                action="leave out --verdict and --told: the suite runs",
            )
        return {"check": check, **_suite_verdict(call, client, release)}
    if verdict is None or told is None:
        raise InvalidInputError(
            f"nothing can run the {check} of {release['workload']}",
            action="check it yourself, and say --verdict and --told",
        )
    return {"check": check, "verdict": verdict, "told": told}


def _suite_verdict(call: Invocation, client: "ApiClient", release: dict[str, Any]) -> dict[str, str]:
    from watchkeeper.workloads.annual_reports.preflight_facts import check_canaries
    from watchkeeper.workloads.annual_reports.release_choice import pinned_release
    from watchkeeper.workloads.annual_reports.worker_setup import worker_setup

    pinned = pinned_release(release["release_id"], release["pins"]["instructions"], call.data_dir)
    setup = worker_setup(call.settings, call.data_dir, instructions=pinned.folder)
    checked = check_canaries(setup, client)
    verdicts = [str(one.verdict) for one in checked]
    passed = verdicts.count("pass")
    verdict = "passed" if checked and passed == len(checked) else "failed"
    if "could_not_run" in verdicts or not checked:
        verdict = "not checked"
    return {"verdict": verdict, "told": f"{passed} of {len(checked)} checks of the suite passed"}


def _instruction_pins(call: Invocation, name: str) -> dict[str, str]:
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


@app.command()
def weights(*, ctx: typer.Context, workload: WorkloadArgument, as_json: JsonOption = False) -> None:
    """Show which share of a workload's traffic each release has."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/releases", {"workload": workload})
    shares = tuple(Weight(one["release_id"], one["state"], one["percent"]) for one in found if one["percent"])
    if call.json:
        print_json(Weights(workload, shares))
    elif not shares:
        print_line(f"{workload} has no live release: it works with what it ships")
    else:
        print_table(
            ["release", "state", "traffic"], [[w.release_id, w.state, f"{w.percent:g} %"] for w in shares]
        )


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
        _told(call, client.post("/releases/rollback", body))


@app.command()
def simulate(
    *,
    ctx: typer.Context,
    candidates: Annotated[int, typer.Option(min=1, max=10_000, help="How many candidates.")] = 100,
    seed: Annotated[int, typer.Option(help="Of the first; the others follow it.")] = 0,
    success: Annotated[float, typer.Option(min=0, max=1, help="Share of right answers.")] = 0.90,
    slower: Annotated[float, typer.Option(min=0.01, help="Latency, times the live one's.")] = 1.0,
    dearer: Annotated[float, typer.Option(min=0.01, help="Cost, times the live one's.")] = 1.0,
    live: Annotated[float, typer.Option(min=0, max=1, help="The live release's right answers.")] = 0.90,
    as_json: JsonOption = False,
) -> None:
    """Send simulated candidates through the gate as the settings have it."""
    from dataclasses import asdict

    from watchkeeper.releases.simulation import Simulated
    from watchkeeper.releases.simulation import simulate as one_candidate

    call = invoked(ctx, as_json=as_json)
    settings = call.settings.releases
    candidate = Simulated(success=success, slower=slower, dearer=dearer)
    outcomes = [
        one_candidate(
            candidate,
            Simulated(success=live),
            seed=seed + number,
            tolerances=settings.gate.tolerances(),
            stages=settings.as_stages(),
        )
        for number in range(candidates)
    ]
    went_live = sum(one.went_live for one in outcomes)
    found = Simulations(
        candidates=candidates,
        went_live=went_live,
        turned_away=candidates - went_live,
        most_calls=max(one.calls for one in outcomes),
        outcomes=tuple(asdict(one) for one in outcomes),
    )
    if call.json:
        print_json(found)
        return
    print_line(
        f"of {candidates} simulated candidates {went_live} went live, {candidates - went_live} did not"
    )
    print_line(f"none got more than {found.most_calls} calls")


def _told(call: Invocation, found: dict[str, Any]) -> None:
    if call.json:
        print_json(found)
    else:
        print_line(f"{found['release_id']}: {found['state']}, {found['percent']:g} % of traffic")
