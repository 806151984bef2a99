"""`wk stats`: the daily report of queries (W4-05 to W4-13)."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from watchkeeper.cli.asked_options import TimezoneOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import NO_DATA, print_json, print_line, print_table
from watchkeeper.cli.told_figures import rate

app = command_app("")
schemas: dict[str, Any] = {"stats": "watchkeeper.reporting.daily_report:DailyReport"}
_MARKS = {"ok": "✓", "not ok": "⚠", "no data": "–"}


@app.command()
def stats(
    *,
    ctx: typer.Context,
    workload: Annotated[str | None, typer.Option(help="Only this workload's; else of all together.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days, today included.")] = 7,
    timezone: TimezoneOption = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 when a figure is not accepted.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Report the queries of the last days, judge the latest day, and show how today's were answered.

    It only reads: queries are recorded by what serves them.
    """
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/stats", {"workload": workload, "days": days, "timezone": timezone})
    if call.json:
        print_json(found)
    else:
        _print(found)
    judged = [*found["validation"], found["training_first"]]
    raise typer.Exit(1 if check and any(one["state"] == "not ok" for one in judged) else 0)


def _print(found: Mapping[str, Any]) -> None:
    whose = found["workload"] or "all workloads"
    print_line(f"queries of {whose}, days of {found['timezone']}")
    if found["note"]:
        print_line(found["note"])
    print_table(
        ["date", "queries", "average ms", "history", "tools", "errors", "quality", "judged"],
        [
            [
                one["day"],
                f"{one['queries']:,}",
                None if one["average_latency_ms"] is None else f"{one['average_latency_ms']:,.0f}",
                *(rate(one[name]) for name in ("history_rate", "tools_rate", "error_rate")),
                None if one["quality"] is None else f"{one['quality']:.2f}",
                one["judged"],
            ]
            for one in found["days"]
        ],
    )
    print_table(
        ["", "figure", "value", "target", "accepted", "state", "what to do"],
        [_judged(one) for one in found["validation"]],
        title=f"the latest day with queries: {found['latest'] or NO_DATA}",
    )
    today = found["distribution"]
    rows = [[one["category"], f"{one['queries']:,}", rate(one["share"])] for one in today["categories"]]
    rows.append(["total", f"{today['total']:,}", rate(1.0) if today["total"] else None])
    print_table(["answered by", "queries", "share"], rows, title=f"today, {today['day']}")
    if today["unclassified"]:
        print_line(f"{today['unclassified']:,} more did not say what they used")
    print_table(
        ["", "figure", "value", "target", "accepted", "state", "what to do"],
        [_judged(found["training_first"])],
        title="training first, today",
    )


def _judged(one: Mapping[str, Any]) -> list[object]:
    value = one["value"]
    told = rate(value) if one["unit"] == "share" or value is None else f"{value:,.0f} ms"
    return [
        _MARKS[one["state"]],
        one["name"],
        told,
        one["target"],
        one["accepted"],
        one["state"],
        one["advice"] or "",
    ]
