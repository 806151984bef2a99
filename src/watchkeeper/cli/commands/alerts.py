"""`wk alerts`: what is wrong now, what was, and taking it on."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.asked_options import WorkloadOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.who import ByOption, by_whom

app = command_app("Say what is wrong now and what was, and take it on.", group=True)
_BODY = "watchkeeper.app.api.alerts:AlertBody"
_LETTER = "watchkeeper.app.api.notifications:LetterBody"
schemas: dict[str, Any] = {
    "alerts list": "watchkeeper.app.api.alerts:Alerts",
    "alerts history": f"{_BODY}[]",
    "alerts acknowledge": _BODY,
    "alerts sent": f"{_LETTER}[]",
    "alerts channels": "watchkeeper.app.api.notifications:ChannelBody[]",
    "alerts try": _LETTER,
}


@app.command(name="list")
def listing(
    *,
    ctx: typer.Context,
    workload: WorkloadOption = None,
    level: Annotated[str | None, typer.Option(help="Only INFO, WARNING or CRITICAL.")] = None,
    severity: Annotated[str | None, typer.Option(help="Only P0, P1, P2, P3 or P4.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the active alerts, the worst first; exits with 1 when one is critical."""
    call = invoked(ctx, as_json=as_json)
    asked = {"workload": workload, "level": level, "severity": severity}
    with connect(call) as client:
        found = client.get("/alerts", {name: value for name, value in asked.items() if value is not None})
    if call.json:
        print_json(found)
    else:
        _print(found["alerts"], none="no alert is active")
    raise typer.Exit(1 if found["active"]["critical"] else 0)


@app.command()
def history(
    *,
    ctx: typer.Context,
    hours: Annotated[float, typer.Option(min=0.001, help="How far back, in hours.")] = 24.0,
    workload: WorkloadOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the alerts of the last hours, the last begun first."""
    call = invoked(ctx, as_json=as_json)
    asked = {"hours": hours, "workload": workload}
    with connect(call) as client:
        found = client.get("/alerts/history", asked)
    if call.json:
        print_json(found)
    else:
        _print(found, none=f"no alert in the last {hours:g} h")


@app.command()
def acknowledge(
    *,
    ctx: typer.Context,
    alert_id: Annotated[str, typer.Argument(help="The alert's id.")],
    note: Annotated[str | None, typer.Option(help="What you know so far.")] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take an alert on: it is told again only if it gets worse, or comes back."""
    call: Invocation = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.post(f"/alerts/{alert_id}/acknowledge", {"by": by_whom(call, by), "note": note})
    if call.json:
        print_json(found)
    else:
        print_line(f"{found['message']}: taken on by {found['acknowledgement']['by']}")


@app.command()
def sent(
    *,
    ctx: typer.Context,
    hours: Annotated[float, typer.Option(min=0.001, help="How far back, in hours.")] = 24.0,
    channel: Annotated[str | None, typer.Option(help="Only over this channel.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List what was told, to whom, when and with what result; and what still waits."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/notifications", {"hours": hours, "channel": channel})
    if call.json:
        print_json(found)
    else:
        print_table(
            ["at", "to", "over", "why", "what", "result"],
            [
                [
                    one["created_at"],
                    one["recipient"],
                    one["channel"],
                    one["why"],
                    one["subject"],
                    one["state"] + (f" ({one['problem']})" if one["problem"] else ""),
                ]
                for one in found
            ],
            none=f"nothing was told over a channel in the last {hours:g} h",
        )


@app.command()
def channels(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the channels and how sending goes; exits with 1 when one fails."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/notifications/channels")
    if call.json:
        print_json(found)
    else:
        print_table(
            ["channel", "kind", "failed in a row", "waiting", "delivered last", "problem"],
            [
                [
                    one["channel"],
                    one["kind"],
                    one["failing"],
                    one["waiting"],
                    one["delivered_at"] or "never",
                    one["problem"] or "",
                ]
                for one in found
            ],
            none="no channel: set some under `notification.channels` in the settings",
        )
    raise typer.Exit(1 if any(one["failing"] for one in found) else 0)


@app.command(name="try")
def try_channel(
    *,
    ctx: typer.Context,
    channel: Annotated[str, typer.Argument(help="The channel's name.")],
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send a letter over a channel, to see whether it arrives."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.post("/notifications/test", {"channel": channel, "by": by_whom(call, by)})
    if call.json:
        print_json(found)
    else:
        print_line(f"on its way over {channel}; `wk alerts sent --channel {channel}` says what became of it")


def _print(alerts: list[dict[str, Any]], *, none: str) -> None:
    if not alerts:
        print_line(none)
        return
    print_table(
        ["severity", "level", "state", "since", "what", "taken on by", "told again", "id"],
        [
            [
                one["severity"],
                one["level"],
                one["state"],
                one["begun_at"],
                one["message"],
                one["acknowledgement"]["by"] if one["acknowledgement"] else "nobody",
                one["muted"] or one["repeats_at"] or "no more",
                one["alert_id"],
            ]
            for one in alerts
        ],
    )
