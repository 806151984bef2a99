"""`wk release list|show|diff|weights`: releases looked at."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from watchkeeper.cli.asked_options import WorkloadOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.domain.percent_text import percent_text

ReleaseArgument = Annotated[str, typer.Argument(metavar="RELEASE", help="The release's id.")]
WorkloadArgument = Annotated[str, typer.Argument(help="The workload's id.")]


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
    """Of the subjects that take part in no experiment."""
    experiments: tuple[str, ...]
    """Those that run, the first started first."""


def listing(
    *,
    ctx: typer.Context,
    workload: WorkloadOption = None,
    as_json: JsonOption = False,
) -> None:
    """List releases, by workload, the last made first."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/releases", {} if workload is None else {"workload": workload})
    if call.json:
        print_json(found)
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
            none="no release yet; make one with `wk release make`",
        )


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
    for name in found["experiments"]:
        print_line(f"an arm of experiment {name}: wk experiment show {name}")
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
    for lack in canary["waits_for"]:
        print_line(f"waits: {lack}")
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
    return "no data" if share is None else percent_text(share, signed=True)


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


def weights(*, ctx: typer.Context, workload: WorkloadArgument, as_json: JsonOption = False) -> None:
    """Show which share of a workload's traffic each release has."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/releases", {"workload": workload})
        running = client.get("/experiments", {"workload": workload, "running": True})
    shares = tuple(Weight(one["release_id"], one["state"], one["percent"]) for one in found if one["percent"])
    if call.json:
        print_json(Weights(workload, shares, tuple(one["name"] for one in running)))
        return
    print_table(
        ["release", "state", "traffic"],
        [[w.release_id, w.state, f"{w.percent:g} %"] for w in shares],
        none=f"{workload} has no live release: it works with what it ships",
    )
    for one in running:
        print_line(
            f"experiment {one['name']} takes {one['percent']:g} % of the subjects before that:"
            f" wk experiment show {one['name']}"
        )
