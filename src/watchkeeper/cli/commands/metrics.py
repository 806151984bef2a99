"""`wk metrics`: the metrics there are, any of them over time, and the six key figures of calls."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from watchkeeper.cli.asked_options import SinceOption, TimezoneOption, UntilOption, WorkloadOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.told_figures import between, duration, moment, rate
from watchkeeper.domain.errors import InvalidInputError

app = command_app("List the metrics there are, and show any of them over time.", group=True)
schemas: dict[str, Any] = {
    "metrics list": "watchkeeper.telemetry.metric_question:MetricName[]",
    "metrics show": "watchkeeper.telemetry.questions.metric_answer:MetricAnswer",
    "metrics key": "watchkeeper.telemetry.questions.key_metrics:KeyMetrics",
    "metrics components": "watchkeeper.telemetry.questions.component_health:ComponentHealth[]",
}
_BAR = 30
_MARKS = {"ok": "✓", "missed": "⚠", "no data": "–", "no target": ""}


@app.command(name="list")
def listing(ctx: typer.Context, workload: WorkloadOption = None, as_json: JsonOption = False) -> None:
    """List the metrics there are points of."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/metrics/names", {"workload": workload})
    if call.json:
        print_json(found)
    else:
        print_table(
            ["workload", "metric", "kind", "unit", "series", "tags"],
            [
                [
                    one["workload"],
                    one["name"],
                    one["kind"],
                    one["unit"],
                    one["series"],
                    ", ".join(one["tags"]),
                ]
                for one in found
            ],
            none="no metrics yet; applications send them by OTLP or with watchkeeper.sdk's record_metric",
        )


@app.command()
def show(
    *,
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The metric's name.")],
    workload: WorkloadOption = None,
    tag: Annotated[list[str] | None, typer.Option(help="Only points with this tag: name=value.")] = None,
    kind: Annotated[str | None, typer.Option(help="counter, gauge, histogram or rate.")] = None,
    statistic: Annotated[
        str | None, typer.Option(help="mean, sum, rate, p50, p95, p99, min, max, count or last.")
    ] = None,
    since: SinceOption = None,
    until: UntilOption = None,
    step: Annotated[
        str | None, typer.Option(help="minute, hour, day, 30s, 5m; fitting if not given.")
    ] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Beside the period before.")] = False,
    timezone: TimezoneOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a metric over time with its statistics; exits with 1 when there is no point."""
    call = invoked(ctx, as_json=as_json)
    asked = {
        "name": name,
        "workload": workload,
        "kind": kind,
        "statistic": statistic,
        "since": since,
        "until": until,
        "step": step,
        "compare": compare,
        "timezone": timezone,
        **dict(_tag(one) for one in tag or ()),
    }
    with connect(call) as client:
        found = client.get("/metrics/series", asked)
    if call.json:
        print_json(found)
    else:
        _print_series(found)
    raise typer.Exit(0 if found["statistics"]["count"] else 1)


@app.command()
def key(
    *,
    ctx: typer.Context,
    workload: WorkloadOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    timezone: TimezoneOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the six figures an operator looks at first; exits with 1 when one misses its target."""
    call = invoked(ctx, as_json=as_json)
    asked = {"workload": workload, "since": since, "until": until, "timezone": timezone}
    with connect(call) as client:
        found = client.get("/figures/key", asked)
    if call.json:
        print_json(found)
    else:
        print_line(between(found["range"]))
        print_table(
            ["", "figure", "value", "target", "verdict"],
            [
                [_MARKS[one["verdict"]], one["name"], _value(one), one["target"] or "none", one["verdict"]]
                for one in found["metrics"]
            ],
        )
        if found["models"]:
            print_table(
                ["model", "calls", "share"],
                [
                    [one["model"] or "not told", f"{one['calls']:,}", rate(one["share"])]
                    for one in found["models"]
                ],
            )
    raise typer.Exit(1 if any(one["verdict"] == "missed" for one in found["metrics"]) else 0)


@app.command()
def components(
    *,
    ctx: typer.Context,
    workload: WorkloadOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    timezone: TimezoneOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how each component does: state, calls, failures, latency; exits with 1 when one is failing."""
    call = invoked(ctx, as_json=as_json)
    asked = {"workload": workload, "since": since, "until": until, "timezone": timezone}
    with connect(call) as client:
        found = client.get("/components", asked)
    if call.json:
        print_json(found)
    else:
        print_table(
            [
                "workload",
                "component",
                "state",
                "calls",
                "failed",
                "success",
                "average",
                "P95",
                "last seen (UTC)",
            ],
            [
                [
                    *(one["workload"], one["component"], one["state"], one["calls"], one["failed"]),
                    *(rate(one["success_rate"]), duration(one["average_ms"]), duration(one["p95_ms"])),
                    moment(one["last_seen"]),
                ]
                for one in found
            ],
            none="no component was seen in the last 30 days",
        )
    raise typer.Exit(1 if any(one["state"] == "failing" for one in found) else 0)


def _value(one: Mapping[str, Any]) -> str | None:
    value = one["value"]
    if value is None:
        return None
    if one["unit"] == "calls":
        return f"{value:,.0f}"
    return duration(value) if one["unit"] == "ms" else rate(value)


def _tag(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise InvalidInputError(
            f"--tag {text!r:.60} names no tag and value", action="write it as --tag step=rank"
        )
    return f"tag.{name}", value


def _print_series(found: Mapping[str, Any]) -> None:
    unit = f" in {found['unit']}" if found["unit"] else ""
    print_line(f"{found['name']}{unit}, {found['statistic']} of every {found['step_s']} s")
    print_line(between(found["range"]))
    told = [one["value"] for one in found["points"] if one["value"] is not None]
    if not told:
        print_line("no point in this time")
        return
    before = found["before"]["points"] if found["before"] else None
    rows = []
    for place, one in enumerate(found["points"]):
        earlier = [] if before is None else [_figure(before[place]["value"] if place < len(before) else None)]
        rows.append(
            [moment(one["begins"]), _figure(one["value"]), *earlier, one["count"], _bar(one["value"], told)]
        )
    print_table(
        ["from (UTC)", found["statistic"], *([] if before is None else ["before"]), "count", ""], rows
    )
    columns = ["", "count", "mean", "std", "min", "p50", "p95", "p99", "max", "last", "sum", "per_second"]
    periods = [("now", found["statistics"])]
    if found["before"]:
        periods.append(("before", found["before"]["statistics"]))
    print_table(columns, [[name, *(_figure(one[column]) for column in columns[1:])] for name, one in periods])


def _figure(value: float | None) -> str | None:
    return None if value is None else f"{value:,.6g}"


def _bar(value: float | None, told: list[float]) -> str:
    """How large a value is beside the others; from 0 on, unless some are below it."""
    if value is None:
        return ""
    low, high = min([0.0, *told]), max([0.0, *told])
    return "█" * max(1, round((value - low) / (high - low) * _BAR)) if high > low else "█"
