"""`wk calls list|show|search`: the calls telemetry has, newest first, and one of them whole."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from watchkeeper.cli.asked_calls import (
    AgentOption,
    ArmOption,
    CachedOption,
    ComponentOption,
    ConversationOption,
    DegradedOption,
    ErrorOption,
    ExperimentOption,
    FailedOption,
    GatewayOption,
    ItemOption,
    ModelOption,
    OperationOption,
    ProviderOption,
    QueryTypeOption,
    ReleaseOption,
    RouteOption,
    RunOption,
    SlowerOption,
    StepsOption,
    TraceOption,
)
from watchkeeper.cli.asked_options import SinceOption, TimezoneOption, UntilOption, WorkloadOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.printing import print_json, print_line, print_table, shown
from watchkeeper.cli.told_figures import between, duration, moment, usd

schemas: dict[str, Any] = {
    "calls list": "watchkeeper.telemetry.questions.calls_page:CallsPage",
    "calls search": "watchkeeper.telemetry.questions.calls_page:CallsPage",
    "calls show": "watchkeeper.telemetry.questions.calls_page:CallDetail",
}
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many.")]
AfterOption = Annotated[str | None, typer.Option(help="Go on after a page: the `next` it ended with.")]
LONGEST = 60
"""Characters of a preview in the table."""


def list_calls(
    *,
    ctx: typer.Context,
    limit: LimitOption = 50,
    since: SinceOption = None,
    until: UntilOption = None,
    timezone: TimezoneOption = None,
    workload: WorkloadOption = None,
    model: ModelOption = None,
    agent: AgentOption = None,
    provider: ProviderOption = None,
    route: RouteOption = None,
    release: ReleaseOption = None,
    experiment: ExperimentOption = None,
    arm: ArmOption = None,
    component: ComponentOption = None,
    operation: OperationOption = None,
    run: RunOption = None,
    item: ItemOption = None,
    conversation: ConversationOption = None,
    query_type: QueryTypeOption = None,
    trace: TraceOption = None,
    error: ErrorOption = None,
    failed: FailedOption = None,
    cached: CachedOption = None,
    degraded: DegradedOption = None,
    slower_than: SlowerOption = None,
    gateway: GatewayOption = False,
    steps: StepsOption = False,
    after: AfterOption = None,
    as_json: JsonOption = False,
) -> None:
    """List calls of models, newest first; of the last 24 hours if nothing else is asked.

    With `--steps`, or when an operation, a component or a trace is named, other steps are listed too.
    """
    every_step = steps or bool(operation or component or trace)
    _print_page(
        invoked(ctx, as_json=as_json),
        {
            "limit": limit,
            "since": since,
            "until": until,
            "timezone": timezone,
            "workload": workload,
            "model": model,
            "agent": agent,
            "provider": provider,
            "route": route,
            "release": release,
            "experiment": experiment,
            "arm": arm,
            "component": component,
            "operation": operation,
            "run_id": run,
            "item_id": item,
            "conversation_id": conversation,
            "query_type": query_type,
            "trace_id": trace,
            "error_code": error,
            "ok": None if failed is None else not failed,
            "cached": cached,
            "degraded": degraded,
            "min_duration_ms": slower_than,
            "gateway_only": gateway or None,
            "model_operations_only": None if every_step else True,
            "after": after,
        },
    )


def search_calls(
    *,
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="Words, and phrases in quotes: 'margin \"net debt\"'.")],
    limit: LimitOption = 50,
    since: SinceOption = None,
    until: UntilOption = None,
    timezone: TimezoneOption = None,
    workload: WorkloadOption = None,
    model: ModelOption = None,
    agent: AgentOption = None,
    after: AfterOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find calls by what was asked or answered, newest first; case does not count."""
    _print_page(
        invoked(ctx, as_json=as_json),
        {
            "q": text,
            "limit": limit,
            "since": since,
            "until": until,
            "timezone": timezone,
            "workload": workload,
            "model": model,
            "agent": agent,
            "after": after,
        },
    )


def show_call(
    ctx: typer.Context,
    trace_id: Annotated[str, typer.Argument(help="The trace's id.")],
    span_id: Annotated[str, typer.Argument(help="The call's id.")],
    as_json: JsonOption = False,
) -> None:
    """Show one call whole: figures, what was asked and answered, and what was thought of it."""
    from urllib.parse import quote

    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get(f"/calls/{quote(trace_id, safe='')}/{quote(span_id, safe='')}")
    if call.json:
        print_json(found)
        return
    row = found["row"]
    print_line(
        f"{row['name']}: {_state(row)}, {duration(row['duration_ms'])}, {moment(row['started_at'])} UTC"
    )
    told = {name: value for name, value in row.items() if name not in _TOLD_ABOVE and value is not None}
    print_table(["what", "value"], [[name, shown(value)] for name, value in told.items()])
    for title in ("prompt", "reply"):
        _print_content(title, found[title], row[f"{title}_preview"])
    for one in found["evaluations"]:
        figures = " ".join(str(part) for part in (one["value"], one["label"]) if part is not None)
        print_line(
            f"evaluation {one['name']}: {figures or one['error'] or 'nothing'} ({one['evaluator'] or '?'})"
        )
    for one in found["feedback"]:
        print_line(f"feedback {one['rating'] or ''}: {one['comment'] or one['correction'] or ''}")


_TOLD_ABOVE = {"name", "ok", "duration_ms", "started_at", "start_ns", "prompt_preview", "reply_preview"}


def _print_page(call: Invocation, asked: Mapping[str, Any]) -> None:
    with connect(call) as client:
        page = client.get("/calls", asked)
    if call.json:
        print_json(page)
        return
    if not page["calls"]:
        print_line(f"no calls ({between(page['range'])})")
        return
    print_table(
        [
            "time (UTC)",
            "workload",
            "name",
            "model",
            "agent",
            "state",
            "took",
            "tokens",
            "USD",
            "asked",
            "trace",
            "span",
        ],
        [_row(one) for one in page["calls"]],
    )
    if page["next"]:
        print_line(f"there are older ones: --after {page['next']}")


def _row(one: Mapping[str, Any]) -> list[object]:
    tokens = [one["input_tokens"], one["output_tokens"]]
    return [
        moment(one["started_at"]),
        one["workload"],
        one["name"],
        one["model"] or "",
        one["agent"] or one["component"] or "",
        _state(one),
        duration(one["duration_ms"]),
        "" if tokens == [None, None] else " → ".join("?" if part is None else f"{part:,}" for part in tokens),
        usd(one["cost_usd"]) or ("unknown" if one["is_model_call"] else ""),
        _short(one["snippet"] or one["prompt_preview"] or ""),
        one["trace_id"],
        one["span_id"],
    ]


def _state(one: Mapping[str, Any]) -> str:
    words = ["ok" if one["ok"] else f"failed: {one['error_code'] or one['http_status'] or 'error'}"]
    words += [word for word, so in (("cached", one["cached"]), ("fallback", one["degraded"])) if so]
    return ", ".join(words)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


def _print_content(title: str, content: Mapping[str, Any] | None, preview: str | None) -> None:
    if content is not None and content["text"] is not None:
        print_line(f"{title}:\n{content['text']}\n")
    elif content is not None:
        what = "not kept" if content["state"] == "not kept" else content["state"]
        binary = f"{content['size_bytes']} bytes of {content['media_type']}"
        print_line(f"{title}: {binary if content['state'] == 'kept' else what}")
    elif preview is not None:
        print_line(f"{title} (its beginning): {preview}")
