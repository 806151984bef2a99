"""`wk route`: the routes there are, and what a call to one would try and why."""

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from watchkeeper.app.chat_engines import chat_engines
from watchkeeper.app.route_explanation import RouteExplanation, RouteRow, explain, route_rows
from watchkeeper.cli.commands.route_traffic import route_reset, route_rollback, route_weights
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.told_breakers import told_breakers
from watchkeeper.gateway.relay.last_resort import engine_for

app = command_app("Look at the routes, and at what a call would try and why.", group=True)


@dataclass(frozen=True, slots=True)
class RouteList:
    """What `wk route list --json` prints."""

    routes: tuple[RouteRow, ...]


_STANDING = "watchkeeper.gateway.orders.desk:OrderStanding"
schemas: dict[str, Any] = {
    "route list": RouteList,
    "route explain": RouteExplanation,
    "route weights": "watchkeeper.gateway.orders.traffic:RouteTraffic",
    "route rollback": _STANDING,
    "route reset": _STANDING,
}
app.command(name="weights")(route_weights)
app.command(name="rollback")(route_rollback)
app.command(name="reset")(route_reset)


@app.command(name="list")
def list_routes(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """List the routes that are configured."""
    call = invoked(ctx, as_json=as_json)
    rows = route_rows(call.settings, told_breakers(call))
    if call.json:
        print_json(RouteList(routes=rows))
        return
    if not rows:
        print_line("no route is configured; add one under `routes` in watchkeeper.yaml")
        return
    print_table(
        ["route", "targets", "by complexity", "forced", "timeout s", "cache s", "breakers"],
        [
            (
                row.name,
                " → ".join(row.targets),
                ", ".join(f"{level}: {target}" for level, target in row.by_complexity.items()) or "-",
                row.forced or "-",
                f"{row.timeout_s:g}",
                f"{row.cache_ttl_s:g}" if row.cache_ttl_s else "off",
                _states(row),
            )
            for row in rows
        ],
    )


@app.command(name="explain")
def explain_route(
    ctx: typer.Context,
    model: Annotated[str, typer.Argument(help="What a client would name as `model`.")],
    *,
    task: Annotated[str | None, typer.Option(help="What the call is for, such as fact_check.")] = None,
    tokens: Annotated[int | None, typer.Option(min=0, help="Length of the input, in tokens.")] = None,
    workload: Annotated[
        str | None, typer.Option(help="Whose call it is: its baseline engine may be the last tier.")
    ] = None,
    agent: Annotated[str | None, typer.Option(help="Which agent of the workload asks.")] = None,
    force: Annotated[str | None, typer.Option(help="The one target that may answer.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what a call would try, in order and why; exits with 1 when nothing could be tried."""
    call = invoked(ctx, as_json=as_json)
    engine = engine_for(chat_engines(call.settings), workload, agent)
    found = explain(
        call.settings,
        model,
        task=task or agent,
        input_tokens=tokens,
        forced=force,
        breakers=told_breakers(call),
        baseline=None if engine is None else engine.name,
    )
    if call.json:
        print_json(found)
    else:
        _print(found)
    raise typer.Exit(0 if found.steps or found.kind == "passthrough" else 1)


def _print(found: RouteExplanation) -> None:
    if found.kind == "passthrough":
        print_line(f"{found.name} is no route and no target: the call passes through to the provider")
        print_line("of the client's dialect, with the client's own key")
        return
    print_line(f"{found.kind} {found.name}: {found.level} ({found.level_reason})")
    if found.steps:
        print_table(
            ["tier", "target", "model", "why", "answer is", "breaker"],
            [
                (step.tier, step.target, step.model or "-", step.reason, _answer(step.degraded), step.breaker)
                for step in found.steps
            ],
        )
    else:
        print_line("nothing could be tried")
    for skip in found.skipped:
        print_line(f"skipped {skip.target}: {skip.reason}")
    if found.by_chance:
        print_line("which target of a weighted tier is first is drawn for each call; this is one order")
    if not found.breakers_known:
        print_line("circuit breakers: no running gateway tells them, so all are taken as closed")


def _answer(degraded: bool) -> str:
    return "a fallback" if degraded else "as wanted"


def _states(row: RouteRow) -> str | None:
    if row.breakers is None:
        return None
    return ", ".join(f"{target}: {state}" for target, state in row.breakers.items()) or "-"
