"""`wk cache`: putting answers out of the gateways' caches."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.order_wait import give_order
from watchkeeper.cli.who import ByOption, ReasonOption, by_whom

app = command_app("Put answers out of the gateways' caches.", group=True)
schemas: dict[str, Any] = {"cache empty": "watchkeeper.gateway.orders.desk:OrderStanding"}


@app.callback()
def _group() -> None:
    """A group, though it has one command so far."""


@app.command()
def empty(
    *,
    ctx: typer.Context,
    route: Annotated[str | None, typer.Option(help="Only the answers of this route.")] = None,
    workload: Annotated[str | None, typer.Option(help="Only those of this workload.")] = None,
    by: ByOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Empty the caches of every gateway worker; exits with 1 when one has not obeyed."""
    call = invoked(ctx, as_json=as_json)
    body = {
        "kind": "cache empty",
        "route": route,
        "workload": workload,
        "by": by_whom(call, by),
        "reason": reason,
    }
    raise typer.Exit(give_order(call, body))
