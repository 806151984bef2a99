"""`wk maintenance`: planned work on a workload; nobody is told of its alerts meanwhile."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.mutes_told import end_mute, show_mutes
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.time_length import seconds
from watchkeeper.cli.who import ByOption, by_whom

app = command_app("Plan work on a workload: its alerts are recorded, and nobody is told.", group=True)
_BODY = "watchkeeper.app.api.mutes:MuteBody"
schemas: dict[str, Any] = {
    "maintenance list": f"{_BODY}[]",
    "maintenance recurring": "watchkeeper.app.api.mutes:RecurringBody[]",
    "maintenance plan": _BODY,
    "maintenance end": _BODY,
}


@app.command(name="list")
def listing(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the last maintenance windows, newest first."""
    show_mutes(
        invoked(ctx, as_json=as_json),
        "/maintenance",
        none="no maintenance: `wk maintenance plan shop --for 2h --reason WHY` plans some",
    )


@app.command()
def recurring(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the maintenance that comes again (`monitoring.maintenance`), with its present or next window."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/maintenance/recurring")
    if call.json:
        print_json(found)
        return
    print_table(
        ["state", "name", "workload", "when", "from", "until", "reason"],
        [
            [
                one["state"],
                one["name"],
                one["workload"],
                one["told"],
                one["begins_at"],
                one["until"],
                one["reason"],
            ]
            for one in found
        ],
        none="no maintenance comes again: `monitoring.maintenance` sets some",
    )


@app.command()
def plan(
    *,
    ctx: typer.Context,
    workload: Annotated[str, typer.Argument(help="The workload; `*` is every one.")],
    begins: Annotated[str | None, typer.Option(help="From when, with offset; now if not given.")] = None,
    for_: Annotated[str | None, typer.Option("--for", help="How long, such as 30m, 2h, 1d.")] = None,
    until: Annotated[str | None, typer.Option(help="Or until when, with offset.")] = None,
    reason: Annotated[str, typer.Option(help="What is done; it is kept for ever.")],
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Plan a window."""
    call = invoked(ctx, as_json=as_json)
    body = {"workload": workload, "begins_at": begins, "for_s": seconds(for_), "until": until}
    with connect(call) as client:
        found = client.post("/maintenance", {**body, "reason": reason, "by": by_whom(call, by)})
    if call.json:
        print_json(found)
    else:
        print_line(
            f"{found['state']} from {found['begins_at']} to {found['until']}; "
            f"`wk maintenance end {found['id']}` ends it"
        )


@app.command()
def end(
    *,
    ctx: typer.Context,
    window_id: Annotated[str, typer.Argument(help="The window's id.")],
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a window early, or call it off."""
    end_mute(invoked(ctx, as_json=as_json), f"/maintenance/{window_id}", by)
