"""`wk slo`: what is promised, how much of it may still fail, and what a service's incidents came to."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import typer

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.monitoring.coached_history_file import coached_history_of, instant_of_text
from watchkeeper.app.monitoring.incident_files import service_records
from watchkeeper.cli.asked_options import WorkloadOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import NO_DATA, print_json, print_line, print_table
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.percent_text import percent_text
from watchkeeper.monitoring.criteria.all_criteria import all_criteria

app = command_app("Say what is promised, and how much of it may still fail.", group=True)
schemas: dict[str, Any] = {
    "slo list": "watchkeeper.app.api.slos:SloBody[]",
    "slo show": "watchkeeper.app.api.slos:SloDetail",
    "slo criteria": "watchkeeper.monitoring.criteria.criterion:Criterion[]",
    "slo incidents": "watchkeeper.monitoring.slo.incidents:ServiceRecord[]",
}


@app.command(name="list")
def listing(
    ctx: typer.Context,
    workload: WorkloadOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the objectives with their error budgets; exits with 1 when a budget is spent."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/slos", {"workload": workload})
    if call.json:
        print_json(found)
    else:
        print_table(
            ["objective", "promise", "state", "calls", "good", "budget left", "burn in 1 h", "gone in"],
            [[one["slo"], one["promise"], *_budget(one["budget"])] for one in found],
            none="nothing is promised; set some under `monitoring.slos` in the settings",
        )
    raise typer.Exit(1 if any(one["budget"]["state"] == "spent" for one in found) else 0)


@app.command()
def show(
    ctx: typer.Context,
    slo: Annotated[str, typer.Argument(help="The objective, as `workload/name`.")],
    as_json: JsonOption = False,
) -> None:
    """Show one objective and how fast it burns; exits with 1 when that would tell somebody."""
    call = invoked(ctx, as_json=as_json)
    workload, slash, name = slo.rpartition("/")
    if not slash or not workload or not name:
        raise InvalidInputError(f"{slo!r} names no objective", action="write it as `workload/name`")
    with connect(call) as client:
        found = client.get(f"/slos/{quote(workload, safe='')}/{quote(name, safe='')}")
    if call.json:
        print_json(found)
    else:
        _print(found)
    alarming = any(one["band"] in {"warning", "critical"} for one in found["burns"])
    raise typer.Exit(1 if alarming or found["budget"]["state"] == "spent" else 0)


@app.command()
def criteria(
    *,
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(help="A JSON file: documents, plan, began_at; else what was coached here."),
    ] = None,
    at: Annotated[str | None, typer.Option(help="When it is, of a file; now if not given.")] = None,
    workload: Annotated[str, typer.Option(help="Whose coaching, without a file.")] = "annual-reports",
    as_json: JsonOption = False,
) -> None:
    """Say whether coaching succeeds or somebody has to step in; exits with 1 when one is red.

    In a file, of each document: `at`, `accuracy`, `rounds`, `golden`, `agreement`, `seconds`, `pages` and
    `critical_error`; of each phase of the plan: `phase`, `due`, `documents`.
    """
    call = invoked(ctx, as_json=as_json)
    if file is not None:
        found = _of_file(call, file, at)
    elif at is not None:
        raise InvalidInputError(
            "--at is for a file: what was coached here is told as of now", action="leave it out"
        )
    else:
        with connect(call) as client:
            found = client.get(f"/coaching/{quote(workload, safe='')}/criteria")
    if call.json:
        print_json(found)
    else:
        print_table(
            ["row", "criterion", "state", "why"],
            [[one["row"], one["name"], one["state"], one["why"]] for one in found],
        )
    raise typer.Exit(1 if any(one["state"] == "red" for one in found) else 0)


def _of_file(call: Invocation, file: Path, at: str | None) -> list[dict[str, Any]]:
    now = SystemClock().now() if at is None else instant_of_text(at)
    zone = ZoneInfo(call.settings.timezone)
    return [asdict(one) for one in all_criteria(coached_history_of(_text(file)), now=now, zone=zone)]


@app.command()
def incidents(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A CSV file of incidents with the times of their stages.")],
    outages: Annotated[Path | None, typer.Option(help="A CSV file of outage minutes a day.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a provider's incidents come to: time to recovery, time between failures, availability."""
    call = invoked(ctx, as_json=as_json)

    found = service_records(
        _text(file).splitlines(), None if outages is None else _text(outages).splitlines()
    )
    if call.json:
        print_json(found)
        return
    print_table(
        ["service", "incidents", "left out", "MTTR, h", "MTBF, days", "availability", "days"],
        [
            [
                one.service,
                one.incidents,
                one.out_of_order,
                None if one.mttr_h is None else f"{one.mttr_h:.2f}",
                None if one.mtbf_days is None else f"{one.mtbf_days:.2f}",
                None if one.availability is None else percent_text(one.availability),
                one.days,
            ]
            for one in found
        ],
    )


def _budget(budget: dict[str, Any]) -> list[object]:
    burn, gone = budget["burn_1h"], budget["gone_in_h"]
    return [
        budget["state"],
        budget["calls"],
        _share(budget["good_share"]),
        _share(budget["left"]),
        None if burn is None else f"{burn:.2f} times",
        "not at this rate"
        if gone is None and burn is not None
        else None
        if gone is None
        else f"{gone:.0f} h",
    ]


def _share(share: float | None) -> str | None:
    return None if share is None else percent_text(share, decimals=3)


def _print(found: dict[str, Any]) -> None:
    budget = found["budget"]
    print_line(f"{found['slo']}: {found['promise']}")
    print_line(
        f"  {budget['state']}: {budget['calls']} calls, {budget['bad']:.0f} bad of "
        f"{budget['allowed_bad']:.1f} allowed, {_share(budget['left']) or NO_DATA} of the budget left"
    )
    print_table(
        ["burn above", "over", "and", "is", "state", "severity"],
        [
            [
                f"{one['rate']:g} times",
                f"{one['long_s'] / 3600:g} h",
                f"{one['short_s'] / 60:g} min",
                one["problem"] or (None if one["burn"] is None else f"{one['burn']:.2f}"),
                one["band"],
                one["severity"],
            ]
            for one in found["burns"]
        ],
    )


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as failure:
        raise InvalidInputError(f"{file} cannot be read: {failure.strerror}", action="name a file") from None
    except UnicodeDecodeError:
        raise InvalidInputError(f"{file} is no text in UTF-8", action="name a text file") from None
