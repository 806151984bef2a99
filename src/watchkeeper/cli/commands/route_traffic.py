"""`wk route weights|rollback|reset`: a route's traffic, moved between its targets while the gateways run."""

from typing import Annotated, NoReturn

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.order_wait import give_order
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.who import ByOption, ReasonOption, by_whom
from watchkeeper.gateway.route_shares import weights_of_text

RouteArgument = Annotated[str, typer.Argument(help="The route.")]


def route_weights(
    *,
    ctx: typer.Context,
    route: RouteArgument,
    weights: Annotated[
        list[str] | None, typer.Argument(help="New weights, such as `blue=90 green=10`; none: show them.")
    ] = None,
    by: ByOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how a route's traffic is shared, or move it; refused to a target without a healthy member."""
    call = invoked(ctx, as_json=as_json)
    if weights:
        shares = weights_of_text(",".join(weights))
        _order(call, f"/routes/{route}/weights", by=by, reason=reason, weights=shares)
    with connect(call) as client:
        found = client.get(f"/routes/{route}/weights")
    if call.json:
        print_json(found)
        return
    print_table(
        ["target", "weight", "traffic", "in the settings", "healthy"],
        [
            [
                one["target"],
                one["weight"],
                f"{one['percent']:g} %",
                one["configured_weight"],
                f"{one['healthy']} of {one['members']}" if one["members"] else "no data",
            ]
            for one in found["shares"]
        ],
    )
    order = found["order"]
    if order is not None:
        why = order["reason"] or "no reason given"
        print_line(f"as {order['by']} ordered at {order['given_at']}: {why}")


def route_rollback(
    *,
    ctx: typer.Context,
    route: RouteArgument,
    by: ByOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Return all traffic to the target the settings name first; refused while that one is sick."""
    _order(invoked(ctx, as_json=as_json), f"/routes/{route}/rollback", by=by, reason=reason)


def route_reset(
    *,
    ctx: typer.Context,
    route: RouteArgument,
    by: ByOption = None,
    reason: ReasonOption = None,
    as_json: JsonOption = False,
) -> None:
    """Share a route's traffic as the settings say."""
    _order(invoked(ctx, as_json=as_json), f"/routes/{route}/reset", by=by, reason=reason)


def _order(call: Invocation, path: str, *, by: str | None, reason: str | None, **more: object) -> NoReturn:
    body = {**more, "by": by_whom(call, by), "reason": reason}
    raise typer.Exit(give_order(call, body, path=path))
