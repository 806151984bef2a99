"""`wk receipts`: the newest model calls, their errors and success, and whether their chain is whole."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line, print_table

app = command_app("Look at the receipts of model calls, and verify them.", group=True)
schemas: dict[str, Any] = {
    "receipts tail": "watchkeeper.app.api.receipts:ReceiptRows",
    "receipts errors": "watchkeeper.app.api.receipts:ReceiptErrors",
    "receipts success": "watchkeeper.app.api.receipts:Success",
    "receipts verify": "watchkeeper.app.api.receipts:ReceiptsVerified",
}
RunOption = Annotated[str | None, typer.Option("--run", help="Only this run's.")]
MOST_SHOWN = 20
"""Failed calls listed for a person; `--json` has them all."""


@app.command()
def tail(
    *,
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 100,
    run: RunOption = None,
    model: Annotated[str | None, typer.Option(help="Only this model's.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the newest receipts: run, model, status, latency, tokens, cost, accuracy once scored."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        rows = client.get("/receipts", {"limit": limit, "run_id": run, "model": model})
    if call.json:
        print_json(rows)
        return
    print_table(
        [
            "time",
            "workload",
            "run",
            "model",
            "agent",
            "HTTP",
            "latency ms",
            "tokens",
            "USD",
            "accuracy",
            "error",
            "document",
        ],
        [_tail_row(one) for one in rows],
    )


@app.command()
def errors(
    *,
    ctx: typer.Context,
    window: Annotated[int, typer.Option(min=1, help="Look through so many receipts.")] = 1000,
    run: RunOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what failed among the last calls; exits with 1 when something did."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/receipts/errors", {"window": window, "run_id": run})
    if call.json:
        print_json(found)
    else:
        print_line(f"{len(found['failed'])} of the last {found['looked_at']} calls failed")
        if found["failed"]:
            print_table(
                ["count", "model", "error", "documents"],
                [[g["count"], g["model"], g["error"], ", ".join(g["documents"])] for g in found["groups"]],
            )
            print_table(
                ["time", "run", "model", "agent", "HTTP", "latency ms", "accuracy", "error", "document"],
                [_row(one) for one in found["failed"][:MOST_SHOWN]],
            )
    raise typer.Exit(1 if found["failed"] else 0)


@app.command()
def success(
    *,
    ctx: typer.Context,
    window: Annotated[int, typer.Option(min=1, help="Look through so many receipts.")] = 100,
    run: RunOption = None,
    target: Annotated[float, typer.Option(min=0, max=1, help="Share that must succeed.")] = 0.95,
    as_json: JsonOption = False,
) -> None:
    """Show how often each model's calls succeed; exits with 1 when a model is below the target."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/receipts/success", {"window": window, "run_id": run, "target": target})
    below = [one["model"] for one in found["models"] if one["below_target"]]
    if call.json:
        print_json(found)
    elif not found["models"]:
        print_line("no data: there are no calls yet")
    else:
        print_table(
            ["model", "calls", "succeeded", "rate", f"target {percent(target)}"],
            [
                [
                    one["model"],
                    one["calls"],
                    one["succeeded"],
                    percent(one["rate"]),
                    "BELOW" if one["below_target"] else "met",
                ]
                for one in found["models"]
            ],
        )
    raise typer.Exit(1 if below else 0)


@app.command()
def verify(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Check that every receipt stands as it was written; exits with 1 when one does not.

    A torn last line is named but is no failure: its call never answered.
    """
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/receipts/verify")
    if call.json:
        print_json(found)
    else:
        print_line(
            f"{found['lines']} receipts of {found['writers']} writers in {found['files']} files, "
            f"compared with {found['heads']} heads"
        )
        for one in found["findings"]:
            line = "" if one["line"] is None else f", line {one['line']}"
            print_line(f"{one['problem']}: {one['file']}{line}: {one['what']}; {one['action']}")
        print_line("clean" if found["clean"] else "intact" if found["intact"] else "NOT INTACT")
    raise typer.Exit(0 if found["intact"] else 1)


def _tail_row(one: dict[str, Any]) -> list[object]:
    receipt = one["receipt"]
    time, run, model, agent, http, latency, *rest = _row(one)
    counted = [receipt["input_tokens"], receipt["output_tokens"]]
    tokens = "no data" if None in counted else f"{counted[0]} + {counted[1]}"
    cost = "unknown" if receipt["cost_usd"] is None else receipt["cost_usd"]
    return [time, receipt["workload"], run, model, agent, http, latency, tokens, cost, *rest]


def _row(one: dict[str, Any]) -> list[object]:
    receipt = one["receipt"]
    return [
        receipt["ts"][:23],
        receipt["run_id"] or "none",
        receipt["model"],
        receipt["agent"] or "none",
        "none" if receipt["http_status"] is None else receipt["http_status"],
        f"{receipt['latency_ms']:.1f}",
        percent(one["accuracy"]),
        receipt["error"] or "",
        receipt["item_id"] or "none",
    ]
