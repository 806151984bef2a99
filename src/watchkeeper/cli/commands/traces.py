"""`wk traces`: one request from its beginning to its end, as a tree."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.told_figures import duration, known, moment
from watchkeeper.cli.trace_drawing import tree_rows

app = command_app("Look at a request from its beginning to its end.", group=True)
schemas: dict[str, Any] = {"traces show": "watchkeeper.telemetry.questions.trace_tree:TraceTree"}


@app.callback()
def _group() -> None:
    """Keep `show` a command of its own, though it is the only one."""


@app.command()
def show(
    ctx: typer.Context,
    trace_id: Annotated[str, typer.Argument(help="The trace's id; `wk calls list` shows them.")],
    as_json: JsonOption = False,
) -> None:
    """Show a trace as a tree: who called whom, when, tokens, cost, what failed and what is missing.

    Exits with 1 when a step failed.
    """
    from urllib.parse import quote

    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        tree = client.get(f"/traces/{quote(trace_id, safe='')}/tree")
    if call.json:
        print_json(tree)
    else:
        print_line(f"trace {tree['trace_id']} of {', '.join(tree['workloads'])}")
        print_line(
            f"  {moment(tree['started_at'])} UTC, {duration(tree['duration_ms'])}, {tree['spans']} steps, "
            f"{tree['failed']} failed, {tree['model_calls']} model calls, "
            f"{known(tree['cost_usd']) or 'no'} USD"
        )
        if tree["missing_parents"]:
            print_line(f"  callers named that have not come (yet): {tree['missing_parents']}")
        print_table(["step", "under way", "took", "model", "tokens", "USD", "remarks"], tree_rows(tree))
    raise typer.Exit(1 if tree["failed"] else 0)
