"""`wk cost by|forecast|month`: what was spent, where this month ends, and a month's review as a file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.asked_options import SinceOption, TimezoneOption, UntilOption, WorkloadOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.csv_output import csv_text, print_csv
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.told_figures import between, rate, usd
from watchkeeper.domain.errors import InvalidInputError

schemas: dict[str, Any] = {
    "cost by": (
        "watchkeeper.costs.spending.cost_table:CostTable | watchkeeper.costs.spending.unit_cost:UnitCosts"
    ),
    "cost forecast": "watchkeeper.costs.spending.forecast:Forecast",
    "cost month": "watchkeeper.costs.spending.month_review:MonthReview",
}
UNIT = "unit"
NOT_TOLD = "not told"
"""What stands for calls that told of no model, agent or whatever was asked by."""
FORMATS = (".json", ".csv")
CsvOption = Annotated[bool, typer.Option("--csv", help="Print CSV; an empty cell is no data.")]


def by(
    *,
    ctx: typer.Context,
    what: Annotated[
        str,
        typer.Argument(
            help="model, workload, agent, day, provider, route, release, run_id, item_id…; several with "
            "commas; or unit: a stock, a document, a query."
        ),
    ],
    workload: WorkloadOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    timezone: TimezoneOption = None,
    csv: CsvOption = False,
    as_json: JsonOption = False,
) -> None:
    """Say what was spent by anything; of the last 30 days if nothing else is asked.

    Calls of unknown price are counted beside the sums. Entered costs stand apart.
    """
    call = invoked(ctx, as_json=as_json)
    if csv and call.json:
        raise InvalidInputError("--csv and --json are two forms of one answer", action="ask for one of them")
    asked = {"workload": workload, "since": since, "until": until, "timezone": timezone}
    with connect(call) as client:
        found = (
            client.get("/costs/units", asked) if what == UNIT else client.get("/costs", {**asked, "by": what})
        )
    if call.json:
        print_json(found)
    elif what == UNIT:
        _print_units(found, as_csv=csv)
    else:
        _print_table(found, as_csv=csv)


def forecast(
    ctx: typer.Context,
    workload: WorkloadOption = None,
    timezone: TimezoneOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say where this month ends if it goes on as so far, with its range and how it was reckoned.

    Exits with 1 when nothing can be said yet.
    """
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/costs/forecast", {"workload": workload, "timezone": timezone})
    if call.json:
        print_json(found)
    else:
        for line in _forecast_lines(found):
            print_line(line)
    raise typer.Exit(1 if found["forecast_usd"] is None else 0)


def month(
    *,
    ctx: typer.Context,
    month: Annotated[str, typer.Argument(help="Such as 2026-11.")],
    output: Annotated[Path | None, typer.Option(help="Write it to a .json or .csv file.")] = None,
    timezone: TimezoneOption = None,
    as_json: JsonOption = False,
) -> None:
    """Review a month: spend against budgets, models, cost per unit with its trend, and the forecast."""
    call = invoked(ctx, as_json=as_json)
    if output is not None and output.suffix not in FORMATS:
        raise InvalidInputError(
            f"{output} is no file of a form this is written in",
            action=f"name one that ends in {' or '.join(FORMATS)}",
        )
    with connect(call) as client:
        found = client.get(f"/costs/months/{month}", {"timezone": timezone})
    if output is not None:
        _write(output, found)
    if call.json:
        print_json(found)
    else:
        _print_month(found)
        if output is not None:
            print_line(f"written to {output}")


def _print_table(found: Mapping[str, Any], *, as_csv: bool) -> None:
    columns = list(found["by"])
    if as_csv:
        print_csv(_csv_rows(found))
        return
    rows = [[*(one["group"][name] or NOT_TOLD for name in columns), *_figures(one)] for one in found["rows"]]
    rows.append(
        ["total", *[""] * (len(columns) - 1), *_figures(found["total"])]
        if columns
        else _figures(found["total"])
    )
    print_line(between(found))
    print_table(
        [*columns, "calls", "tokens in", "tokens out", "USD", "share", "of calls", "price unknown"], rows
    )
    for one in found["entered"]:
        by_whom = f" by {one['by']}" if one["by"] else ""
        print_line(f"entered into {one['budget']}: {usd(one['usd'])} USD, {one['what']}{by_whom}")
    if found["entered"]:
        print_line(f"calls and entered costs together: {usd(found['all_usd'])} USD")


def _figures(one: Mapping[str, Any]) -> list[object]:
    return [
        f"{one['calls']:,}",
        *(None if one[name] is None else f"{one[name]:,}" for name in ("input_tokens", "output_tokens")),
        usd(one["cost_usd"]),
        rate(one["share"]),
        rate(one["call_share"]),
        f"{one['unknown_calls']:,} calls" if one["unknown_calls"] else "",
    ]


def _csv_rows(found: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    names = list(found["by"])
    figures = ("calls", "input_tokens", "output_tokens", "cost_usd", "unknown_calls", "share", "call_share")
    yield ["kind", *names, *figures]
    for one in found["rows"]:
        yield ["calls", *(one["group"][name] for name in names), *(one[name] for name in figures)]
    for one in found["entered"]:
        yield ["entered", *[one["what"], *[None] * len(names)][: len(names)], None, None, None, one["usd"], 0]


def _print_units(found: Mapping[str, Any], *, as_csv: bool) -> None:
    if as_csv:
        print_csv(_unit_rows(found))
        return
    print_line(between(found))
    if not found["units"]:
        print_line("no stock, document or query has calls in this time")
        return
    print_table(
        ["workload", "unit", "how many", "USD each", "USD in all", "calls", "price unknown"],
        [
            [
                one["workload"],
                one["unit"],
                one["units"],
                usd(one["usd_per_unit"]) or _at_least(one),
                usd(one["cost_usd"]),
                one["calls"],
                f"{one['unknown_calls']} calls" if one["unknown_calls"] else "",
            ]
            for one in found["units"]
        ],
    )
    for one in found["units"]:
        days = [day for day in one["trend"] if day["units"]]
        print_table(
            ["day", f"{one['unit']} count", "USD each", "USD"],
            [
                [day["day"], day["units"], usd(day["usd_per_unit"]) or _at_least(day), usd(day["cost_usd"])]
                for day in days
            ],
            title=f"{one['workload']} per {one['unit']}, by day",
        )


def _at_least(one: Mapping[str, Any]) -> str | None:
    least = usd(one["at_least_usd_per_unit"])
    return None if least is None else f"{least} or more"


def _unit_rows(found: Mapping[str, Any]) -> Iterator[Sequence[object]]:
    yield "workload", "unit", "day", "units", "cost_usd", "usd_per_unit", "unknown_calls"
    for one in found["units"]:
        yield (
            one["workload"],
            one["unit"],
            None,
            one["units"],
            one["cost_usd"],
            one["usd_per_unit"],
            one["unknown_calls"],
        )
        for day in one["trend"]:
            yield (
                one["workload"],
                one["unit"],
                day["day"],
                day["units"],
                day["cost_usd"],
                day["usd_per_unit"],
                None,
            )


def _forecast_lines(found: Mapping[str, Any]) -> Iterator[str]:
    ends = usd(found["forecast_usd"])
    if ends is None:
        yield f"{found['month']}: spent {usd(found['spent_usd'])} USD by calls; {found['how']}"
    else:
        yield f"{found['month']}: spent {usd(found['spent_usd'])} USD by calls, ends at about {ends} USD"
        if found["low_usd"] is not None:
            yield f"  between {usd(found['low_usd'])} and {usd(found['high_usd'])} USD"
        yield f"  reckoned from {found['how']}"
    if found["unknown_calls"]:
        yield f"  {found['unknown_calls']} calls of unknown price are in none of these; set `prices`"


def _write(output: Path, found: Mapping[str, Any]) -> None:
    from pydantic import TypeAdapter

    from watchkeeper.costs.spending.month_review import MonthReview, csv_rows

    if output.suffix == ".json":
        text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    else:
        text = csv_text(csv_rows(TypeAdapter(MonthReview).validate_python(found)))
    output.write_text(text, encoding="utf-8", newline="")


def _print_month(found: Mapping[str, Any]) -> None:
    so_far = "" if found["complete"] else ", as far as it has come"
    print_line(f"{found['month']}, days of {found['timezone']}{so_far}")
    if found["budgets"]:
        print_table(
            ["budget", "for", "limit", "spent", "entered of it", "unsettled", "used %", "price unknown"],
            [
                [
                    *(one["budget"], one["line"]),
                    *(usd(one[name]) for name in ("limit_usd", "spent_usd", "entered_usd", "unsettled_usd")),
                    one["used_percent"],
                    f"{one['unpriced_calls']} calls" if one["unpriced_calls"] else "",
                ]
                for one in found["budgets"]
            ],
            title="spend against budget, USD",
        )
    _print_table(found["models"], as_csv=False)
    _print_units({**found["models"], "units": found["units"]}, as_csv=False)
    for line in _forecast_lines(found["forecast"]):
        print_line(line)
