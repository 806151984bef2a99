"""`wk telemetry`: the store itself: what it holds, whether its figures hold, and moving it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.copy_progress import copy_progress
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.told_figures import moment
from watchkeeper.domain.errors import InvalidInputError

app = command_app("Look at the telemetry store, check and rebuild its figures, and move it.", group=True)
_VERIFIED = "watchkeeper.app.api.telemetry:RollupsVerified"
schemas: dict[str, Any] = {
    "telemetry show": "watchkeeper.app.api.telemetry:Held",
    "telemetry verify": _VERIFIED,
    "telemetry rebuild": _VERIFIED,
    "telemetry copy": "watchkeeper.telemetry.store_copy:CopyReport",
    "telemetry export": "watchkeeper.app.api.telemetry:Exported",
    "telemetry import": "watchkeeper.app.api.telemetry:Imported",
}
LONG_S = 24 * 3600.0
"""Seconds a command waits that reads every row there is."""


@app.command()
def show(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Show how much the store holds, and what it did not take and why."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/telemetry")
    if call.json:
        print_json(found)
        return
    print_line(f"{found['spans']:,} spans")
    print_line(f"{found['conflicts']:,} kept aside: another holds their key, and the first stayed")
    for one in found["newest_conflicts"]:
        span = one["span"]
        print_line(f"  {moment(one['received_at'])} {span['trace_id']} {span['span_id']} {span['name']}")
    print_line(f"{found['unreadable_lines']:,} lines that are no receipts")
    for one in found["first_unreadable"]:
        print_line(f"  {one['file']} at {one['offset']}: {one['reason']}")


@app.command()
def verify(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Compare the figures that questions are answered from with the rows; exits with 1 when they differ."""
    call = invoked(ctx, as_json=as_json)
    with connect(call, timeout_s=LONG_S) as client:
        found = client.get("/telemetry/verify")
    _tell(found, as_json=call.json)


@app.command()
def rebuild(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Make the figures anew from the rows and compare them; safe at any time, and no row is touched."""
    call = invoked(ctx, as_json=as_json)
    with connect(call, timeout_s=LONG_S) as client:
        found = client.post("/telemetry/rebuild")
    _tell(found, as_json=call.json)


@app.command()
def copy(
    *,
    ctx: typer.Context,
    to: Annotated[
        str | None, typer.Option("--to", help="clickhouse://user:password@host:8123/database, or `embedded`.")
    ] = None,
    from_: Annotated[str | None, typer.Option("--from", help="The same, to copy from there.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Put everything into another store, or from it, and compare; exits with 1 when they differ.

    The other one is the server's own. Safe to run again: what is there stays. What comes in while it runs
    is not part of it, and may be told as a difference.
    """
    call = invoked(ctx, as_json=as_json)
    if (to is None) == (from_ is None):
        raise InvalidInputError("name one of --to and --from", action="the other store is the server's own")
    with (
        connect(call, timeout_s=LONG_S) as client,
        connect(call) as looking,
        copy_progress(lambda: looking.get("/telemetry/copy"), quiet=call.json),
    ):
        found = client.post("/telemetry/copy", {"to": to} if from_ is None else {"from": from_})
    if call.json:
        print_json(found)
    else:
        print_table(
            ["rows", "read", "stored", "already there", "conflicts"],
            [
                [
                    one["kind"],
                    *(f"{one[name]:,}" for name in ("read", "stored", "already_there", "conflicts")),
                ]
                for one in found["kinds"]
            ],
        )
        for one in found["differences"]:
            print_line(f"differs: {one}")
        if not found["differences"]:
            how = "take `telemetry.url` away" if to == "embedded" else "set `telemetry.url`"
            told = f"; {how} to use the new one" if to is not None else ""
            print_line(f"both stores tell the same{told}")
    raise typer.Exit(1 if found["differences"] else 0)


@app.command()
def export(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    *,
    since: Annotated[str | None, typer.Option(help="RFC 3339, a day, or relative like -24h.")] = None,
    until: Annotated[str | None, typer.Option(help="The same.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write rows as Parquet, a file for each kind, into a new folder; columns: docs/telemetry-columns.md."""
    call = invoked(ctx, as_json=as_json)
    body = {"folder": str(folder.absolute()), "since": since, "until": until}
    with connect(call, timeout_s=LONG_S) as client:
        found = client.post("/telemetry/export", body)
    if call.json:
        print_json(found)
        return
    print_table(["rows", "written"], [[kind, f"{rows:,}"] for kind, rows in found["rows"].items()])
    print_line(f"in {found['folder']}")


@app.command(name="import")
def take_back(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder that `wk telemetry export` or retention wrote.")],
    as_json: JsonOption = False,
) -> None:
    """Take the rows of an exported folder in; safe to run again, as rows that are there are left."""
    call = invoked(ctx, as_json=as_json)
    with connect(call, timeout_s=LONG_S) as client:
        found = client.post("/telemetry/import", {"folder": str(folder.absolute())})
    if call.json:
        print_json(found)
        return
    print_table(
        ["rows", "stored", "already there", "conflicts"],
        [
            [kind, *(f"{one[name]:,}" for name in ("stored", "duplicates", "conflicts"))]
            for kind, one in found["rows"].items()
        ],
    )


def _tell(found: Mapping[str, Any], *, as_json: bool) -> None:
    report = found["report"]
    if as_json:
        print_json(found)
    else:
        told = "figures and rows agree" if found["equal"] else f"{report['differing_count']:,} minutes differ"
        print_line(f"{told}: {report['minutes']:,} minutes, {report['calls']:,} calls compared")
        if report["differing"]:
            print_table(
                ["minute (UTC)", "calls in rows", "calls in figures"],
                [
                    [moment(one["minute"]), one["row_calls"], one["rollup_calls"]]
                    for one in report["differing"]
                ],
            )
            print_line("make the figures anew with `wk telemetry rebuild`")
    raise typer.Exit(0 if found["equal"] else 1)
