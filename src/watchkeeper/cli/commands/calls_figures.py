"""`wk calls figures`: what calls add up to, by anything, over time, beside the period before."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from watchkeeper.cli.asked_calls import AgentOption, ComponentOption, ModelOption
from watchkeeper.cli.asked_options import SinceOption, TimezoneOption, UntilOption, WorkloadOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.told_figures import between, duration, known, moment, rate
from watchkeeper.domain.percent_text import percent_text

schemas: dict[str, Any] = {"calls figures": "watchkeeper.telemetry.questions.answers:FiguresAnswer"}
NOT_TOLD = "not told"
_COLUMNS = [
    "calls",
    "errors",
    "average",
    "max",
    "P50",
    "P95",
    "P99",
    "cache hits",
    "fallbacks",
    "tokens",
    "USD",
]


def call_figures(
    *,
    ctx: typer.Context,
    by: Annotated[str | None, typer.Option(help="What to tell apart, with commas: model,agent.")] = None,
    step: Annotated[str | None, typer.Option(help="minute, hour or day: a row a step.")] = None,
    compare: Annotated[bool, typer.Option("--compare", help="Beside the period before.")] = False,
    since: SinceOption = None,
    until: UntilOption = None,
    timezone: TimezoneOption = None,
    workload: WorkloadOption = None,
    model: ModelOption = None,
    agent: AgentOption = None,
    component: ComponentOption = None,
    run: Annotated[str | None, typer.Option("--run", help="Only this run's.")] = None,
    counted: Annotated[bool, typer.Option("--counted", help="Each model call once, nothing else.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Add calls up: count, errors, percentiles, tokens, cost; of the last 24 hours if not told."""
    call = invoked(ctx, as_json=as_json)
    asked = {
        "by": by,
        "step": step,
        "compare": compare or None,
        "since": since,
        "until": until,
        "timezone": timezone,
        "workload": workload,
        "model": model,
        "agent": agent,
        "component": component,
        "run_id": run,
        "counted_only": counted or None,
    }
    with connect(call) as client:
        found = client.get("/figures", asked)
    if call.json:
        print_json(found)
        return
    print_line(between(found["range"]))
    names = [*(["from (UTC)"] if found["step"] else []), *found["by"]]
    rows = [[*_names(one, found), *_figures(one)] for one in found["rows"]] if names else []
    rows.append([*_title("total", names), *_figures(found["total"])])
    if found["before"]:
        rows.append([*_title("before", names), *_figures(found["before"]["total"])])
        rows.append([*_title("change", names), *_changes(found["before"]["change"])])
    print_table([*(names or [""]), *_COLUMNS], rows)


def _title(word: str, names: list[str]) -> list[object]:
    """The first cells of a row that is no group's."""
    return [word, *[""] * (len(names) - 1)]


def _names(one: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str | None]:
    if found["step"]:
        yield moment(one["begins"])
    for name in found["by"]:
        yield one["group"][name] or NOT_TOLD


def _figures(one: Mapping[str, Any]) -> list[object]:
    return [
        f"{one['calls']:,}",
        rate(one["error_rate"]),
        *(duration(one[name]) for name in ("average_ms", "max_ms", "p50_ms", "p95_ms", "p99_ms")),
        rate(one["cache_hit_rate"]),
        rate(one["degraded_rate"]),
        f"{known(one['input_tokens']) or '–'} → {known(one['output_tokens']) or '–'}",
        known(one["cost_usd"]),
    ]


def _changes(change: Mapping[str, float | None]) -> list[object]:
    told = ("calls", "error_rate", "average_ms", "max_ms", "p50_ms", "p95_ms", "p99_ms", "cache_hit_rate")
    figures = [_percent(change[name]) for name in (*told, "degraded_rate")]
    return [*figures, _percent(change["input_tokens"]), _percent(change["cost_usd"])]


def _percent(part: float | None) -> str | None:
    return None if part is None else percent_text(part, signed=True)
