"""`wk coach void|disable|enable|reset|force`: the operator's hand on coaching."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.commands.coach_told import BASE
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.known_workload import ANNUAL_REPORTS as WORKLOAD
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.cli.who import ByOption, ReasonNeeded, ReasonOption, by_whom


def void(
    *,
    ctx: typer.Context,
    hours: Annotated[float, typer.Option(min=0.001, help="How far back, in hours.")] = 1.0,
    by: ByOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set aside the sessions of runs with failed extractions: they stay, and count in nothing."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.post(f"{BASE}/void", {"hours": hours, "reason": reason, "by": by_whom(call, by)})
    if call.json:
        print_json(found)
        return
    print_line(
        f"{len(found['sessions'])} sessions of {len(found['runs'])} runs with failed extractions set aside"
    )
    for session in found["sessions"]:
        print_line(f"  {session}")


def disable(
    *, ctx: typer.Context, reason: ReasonNeeded, by: ByOption = None, as_json: JsonOption = False
) -> None:
    """Stop coaching; reading goes on."""
    _switch(ctx, enabled=False, reason=reason, by=by, as_json=as_json)


def enable(
    *, ctx: typer.Context, reason: ReasonNeeded, by: ByOption = None, as_json: JsonOption = False
) -> None:
    """Let coaching go on."""
    _switch(ctx, enabled=True, reason=reason, by=by, as_json=as_json)


def _switch(ctx: typer.Context, *, enabled: bool, reason: str, by: str | None, as_json: bool) -> None:
    call = invoked(ctx, as_json=as_json)
    body = {"enabled": enabled, "reason": reason, "by": by_whom(call, by)}
    with connect(call) as client:
        found = client.post(f"{BASE}/switch", body)
    if call.json:
        print_json(found)
    else:
        print_line(f"coaching of {WORKLOAD} {'goes on' if found['enabled'] else 'is stopped'}: {reason}")


def reset(
    *,
    ctx: typer.Context,
    reason: ReasonNeeded,
    confirm: Annotated[
        str | None, typer.Option(help="The workload's id; asked for where it is not given.")
    ] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Begin again at phase 1: sessions, versions and golden examples go, after a backup of the state."""
    call = invoked(ctx, as_json=as_json)
    if confirm is None:
        confirm = typer.prompt(f"This empties all coaching of {WORKLOAD}. Type its id to go on", err=True)
    body: dict[str, Any] = {"confirm": confirm, "reason": reason, "by": by_whom(call, by)}
    with connect(call, timeout_s=300.0) as client:
        found = client.post(f"{BASE}/reset", body)
    if call.json:
        print_json(found)
        return
    print_line(
        f"{found['sessions']} sessions, {found['versions']} versions and {found['golden_examples']} golden "
        f"examples are gone; coaching begins again at phase 1"
    )
    print_line(f"the state before is saved in {found['backup']}")


def force(
    *,
    ctx: typer.Context,
    agent: Annotated[str, typer.Argument(help="The agent.")],
    name: Annotated[
        str,
        typer.Argument(
            metavar="STRATEGY",
            help="What its next round is to use: explore, refine, maintain, revert or golden.",
        ),
    ],
    by: ByOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Have an agent's next round use a strategy, once; it runs out after a day."""
    call = invoked(ctx, as_json=as_json)
    body = {"agent": agent, "strategy": name, "by": by_whom(call, by), "reason": reason}
    with connect(call) as client:
        order = client.post(f"{BASE}/orders", body)
    if call.json:
        print_json(order)
    else:
        print_line(
            f"{order['agent']}'s next round uses {name}, asked for by {order['given_by']}; "
            f"unused it runs out at {order['expires_at']}"
        )
