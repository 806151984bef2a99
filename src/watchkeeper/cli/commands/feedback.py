"""`wk feedback`: what people think of answers."""

from typing import Annotated, Any

import typer

from watchkeeper.cli.asked_options import WorkloadOption
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.who import ByOption, by_whom
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.feedback import RATINGS
from watchkeeper.domain.percent_text import percent_text

app = command_app("Give feedback on answers, list it, and say how satisfied people are.", group=True)
schemas: dict[str, Any] = {
    "feedback list": "watchkeeper.app.api.queries:FeedbackRows",
    "feedback give": "watchkeeper.app.api.records:Accepted",
    "feedback satisfaction": "watchkeeper.telemetry.questions.satisfaction:Satisfaction",
}


@app.command(name="list")
def listing(
    *,
    ctx: typer.Context,
    workload: WorkloadOption = None,
    rating: Annotated[str | None, typer.Option(help="Only thumbs_up or thumbs_down.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List feedback, newest first."""
    call = invoked(ctx, as_json=as_json)
    asked = {"workload": workload, "rating": rating, "limit": limit}
    with connect(call) as client:
        found = client.get("/feedback", {name: value for name, value in asked.items() if value is not None})
    if call.json:
        print_json(found)
    elif not found["rows"]:
        print_line("nobody has said anything yet: no data")
    else:
        print_table(
            ["workload", "rating", "comment", "correction", "by", "query", "trace"],
            [
                [
                    one["workload"],
                    one["rating"] or "—",
                    one["comment"] or "",
                    one["correction"] or "",
                    one["author"] or "—",
                    one["query_id"] or "—",
                    one["trace_id"] or "—",
                ]
                for one in found["rows"]
            ],
        )


@app.command()
def give(
    *,
    ctx: typer.Context,
    workload: Annotated[str, typer.Option(help="The workload that answered.")],
    rating: Annotated[str | None, typer.Option(help="thumbs_up or thumbs_down.")] = None,
    comment: Annotated[str | None, typer.Option(help="In words.")] = None,
    correction: Annotated[str | None, typer.Option(help="What the answer should have been.")] = None,
    query: Annotated[str | None, typer.Option(help="The id of the query it is about.")] = None,
    trace: Annotated[str | None, typer.Option(help="The trace of the call it is about.")] = None,
    span: Annotated[str | None, typer.Option(help="The span of the call it is about.")] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what you think of an answer; a correction can become an item of a dataset."""
    call = invoked(ctx, as_json=as_json)
    if rating is not None and rating not in RATINGS:
        raise InvalidInputError(
            f"{rating[:60]!r} is no rating", action=f"give {' or '.join(RATINGS)}, words go into --comment"
        )
    said = {
        "workload": workload,
        "rating": rating,
        "comment": comment,
        "correction": correction,
        "query_id": query,
        "trace_id": trace,
        "span_id": span,
        "author": by_whom(call, by),
    }
    with connect(call) as client:
        kept = client.post("/feedback", {name: value for name, value in said.items() if value is not None})
    if call.json:
        print_json(kept)
    else:
        print_line("kept")


@app.command()
def satisfaction(
    *,
    ctx: typer.Context,
    workload: WorkloadOption = None,
    since: Annotated[str, typer.Option(help="Where it begins, such as -7d, 2026-11 or yesterday.")] = "-7d",
    as_json: JsonOption = False,
) -> None:
    """Say which share of the ratings is positive, of how many."""
    call = invoked(ctx, as_json=as_json)
    asked = {"since": since} | ({} if workload is None else {"workload": workload})
    with connect(call) as client:
        found = client.get("/feedback/satisfaction", asked)
    if call.json:
        print_json(found)
        return
    if found["share"] is None:
        print_line("satisfaction: no data, nobody has rated an answer")
        return
    share = percent_text(found["share"], decimals=1)
    print_line(f"satisfaction: {share} ({found['positive']} of {found['total']})")
