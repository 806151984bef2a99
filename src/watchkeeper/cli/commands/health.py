"""`wk health`: how well each workload is, and why not better."""

from typing import Any

import typer

from watchkeeper.cli.asked_options import WorkloadOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import NO_DATA, print_json, print_line

app = command_app("")
schemas: dict[str, Any] = {"health": "watchkeeper.app.api.health:Healths"}


@app.command()
def health(
    ctx: typer.Context,
    workload: WorkloadOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say how well each workload is, from 0 to 100; exits with 1 when one is not healthy.

    A workload of which nothing is known is unknown, and no reason to exit with 1.
    """
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/health", {} if workload is None else {"workload": workload})
    if call.json:
        print_json(found)
    else:
        for line in health_lines(found):
            print_line(line)
    raise typer.Exit(1 if found["state"] in {"degraded", "critical"} else 0)


def health_lines(found: dict[str, Any]) -> list[str]:
    """The answer for a person."""
    if not found["workloads"]:
        return ["no rule watches that; see `wk rules list`, or set some under `monitoring.rules`"]
    looked = found["looked_at"]
    monitor = found["monitor"]
    lines = [
        f"the monitor {'runs' if monitor['running'] else 'DOES NOT RUN'}: {monitor['rules']} rules every "
        f"{monitor['every_s']:g} s, {monitor['channels']} channels; "
        + (f"looked at {looked}" if looked else "it has not looked yet")
    ]
    for one in found["workloads"]:
        lines.append(f"{one['workload']}: {_scored(one)}")
        lines += [f"  -{lost['points']:g}  {lost['why']}" for lost in one["deductions"]]
        lines += [f"  component {each['component']}: {_scored(each)}" for each in one["components"]]
        lines += [
            f"       {reading['rule']}: {reading['metric']} {_told(reading)}"
            for reading in one["readings"]
            if reading["band"] in {"normal", "no data"}
        ]
    return lines


def _scored(one: dict[str, Any]) -> str:
    score = NO_DATA if one["score"] is None else f"{one['score']:g} of 100"
    return f"{one['state']} ({score})"


def _told(reading: dict[str, Any]) -> str:
    if reading["value"] is None:
        return NO_DATA
    unit = f" {reading['unit']}" if reading["unit"] else ""
    return f"{reading['value']:.4g}{unit}, {reading['band']}"
