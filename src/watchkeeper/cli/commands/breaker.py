"""`wk breaker`: the targets' circuit breakers, held open or closed and let go again by an operator."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.order_wait import give_order
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.who import ByOption, ReasonOption, by_whom

app = command_app("Look at the targets' circuit breakers, and hold them open or closed.", group=True)
_STANDING = "watchkeeper.gateway.orders.desk:OrderStanding"
schemas: dict[str, Any] = {
    "breaker list": "watchkeeper.gateway.orders.standing:GatewayStanding",
    "breaker open": _STANDING,
    "breaker close": _STANDING,
    "breaker reset": _STANDING,
}
Target = Annotated[str, typer.Argument(help="The target.")]


@app.command(name="list")
def listing(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the breakers as the gateways' workers last told them."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/gateway")
    if call.json:
        print_json(found)
        return
    speaking = [one for one in found["workers"] if not one["silent"]]
    if not found["breakers"]:
        print_line("no target is configured; add one under `targets` in watchkeeper.yaml")
    else:
        print_table(
            ["target", "state", "held by", "failures in a row", "tries again in s", "workers"],
            [_row(one) for one in found["breakers"]],
        )
    print_line("1 gateway worker runs" if len(speaking) == 1 else f"{len(speaking)} gateway workers run")
    for one in found["workers"]:
        if one["silent"]:
            print_line(f"  {one['worker_id']} has told nothing since {one['seen_at']}: it counts in nothing")


def _ordering(name: str, told: str) -> None:
    """Make the command that gives one order about a target."""

    def order(
        *,
        ctx: typer.Context,
        target: Target,
        by: ByOption = None,
        reason: ReasonOption = None,
        as_json: JsonOption = False,
    ) -> None:
        _order(ctx, f"breaker {name}", target, by=by, reason=reason, as_json=as_json)

    app.command(name=name, help=told)(order)


_ordering(
    "open",
    "Send a target no calls, until `close` or `reset`; exits with 1 when a worker has not obeyed.",
)
_ordering(
    "close",
    "Send a target calls whatever fails, until `open` or `reset`; exits with 1 as `open` does.",
)
_ordering(
    "reset",
    "Let a breaker go: closed, no failure counted, opening by itself again; exits with 1 as `open` does.",
)


def _order(
    ctx: typer.Context, kind: str, target: str, *, by: str | None, reason: str | None, as_json: bool
) -> None:
    call = invoked(ctx, as_json=as_json)
    body = {"kind": kind, "target": target, "by": by_whom(call, by), "reason": reason}
    raise typer.Exit(give_order(call, body))


def _row(one: Mapping[str, Any]) -> list[object]:
    told = list(one["workers"].values())
    waits = [each["retry_in_s"] for each in told if each["retry_in_s"] is not None]
    held = one["held_by"]
    return [
        one["target"],
        f"{one['state']} (workers differ)" if one["mixed"] else one["state"],
        f"{held['by']}: {held['reason'] or 'no reason given'}" if held else "-",
        max((each["failures"] for each in told), default=None),
        f"{max(waits):.0f}" if waits else "-",
        len(told),
    ]
