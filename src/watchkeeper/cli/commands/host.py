"""`wk host`: how full the machine is."""

from typing import Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.domain.percent_text import percent_text

app = command_app("")
schemas: dict[str, Any] = {"host": "watchkeeper.app.api.host:HostBody"}


@app.command()
def host(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Say how full the server's machine is; exits with 1 when something is above 90 %."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/host")
    if call.json:
        print_json(found)
    elif not found["resources"]:
        print_line("the machine was not read yet, or `monitoring.host.enabled` is off")
    else:
        print_table(
            ["resource", "which", "state", "full"],
            [
                [
                    one["kind"],
                    one["name"],
                    one["state"],
                    None if one["share"] is None else percent_text(one["share"]),
                ]
                for one in found["resources"]
            ],
        )
        for one in found["cleaned_up"]:
            before = one["resource"]["used"] / one["resource"]["whole"]
            after = "no data" if one["after"] is None else percent_text(one["after"])
            kind, done = one["resource"]["kind"], one["action"]
            print_line(f"  {kind} was critical: {done}; {percent_text(before)} before, {after} after")
    raise typer.Exit(1 if any(one["state"] == "critical" for one in found["resources"]) else 0)
