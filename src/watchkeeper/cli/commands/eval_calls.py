"""`wk eval calls` and `wk eval dataset`: stored calls judged, and made into datasets."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.suite_files import load_suite
from watchkeeper.domain.errors import ConflictError, InvalidInputError

if TYPE_CHECKING:
    from watchkeeper.app.client import ApiClient
    from watchkeeper.evaluation.dataset import DatasetItem

WorkloadOption = Annotated[str | None, typer.Option(help="Only calls of this workload.")]
ReleaseOption = Annotated[str | None, typer.Option(help="Only calls that worked with this release.")]
SinceOption = Annotated[str, typer.Option(help="Where it begins, such as -24h, 2026-11 or yesterday.")]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many calls, the newest.")]


@dataclass(frozen=True, slots=True)
class Judged:
    """What `wk eval calls --json` prints."""

    calls: int
    skipped: int
    """Calls whose content is not kept."""
    scores: dict[str, dict[str, float | int | None]]
    """By scorer: `mean` (null is no data), `judged`, `not_checked`."""


@dataclass(frozen=True, slots=True)
class DatasetMade:
    """What `wk eval dataset --json` prints."""

    file: str
    items: int
    skipped: int
    """Calls or corrections whose content is not kept."""


def eval_calls(
    *,
    ctx: typer.Context,
    suite: Annotated[Path, typer.Argument(metavar="SUITE", help="The suite whose scorers judge.")],
    workload: WorkloadOption = None,
    release: ReleaseOption = None,
    since: SinceOption = "-24h",
    limit: LimitOption = 200,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the scores, and keep none.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Judge stored calls by a suite's scorers; the scores stand with the calls, and releases go by them."""
    from watchkeeper.app.evaluation_calls import EvaluationCalls
    from watchkeeper.evaluation.suite import suite_scorers

    call = invoked(ctx, as_json=as_json)
    read = load_suite(suite)
    given: dict[str, list[float | None]] = {}
    asker = EvaluationCalls(call.settings, call.data_dir, workload=read.workload)
    try:
        scorers = suite_scorers(read, asker.judge)
        with connect(call) as client:
            found = found_calls(client, workload=workload, release=release, since=since, limit=limit)
            items = [(row, item) for row, item in items_of_calls(client, found) if item is not None]
            for row, item in items:
                rows = []
                for scorer in scorers:
                    score = scorer.score(item, item.output)
                    given.setdefault(scorer.name, []).append(score.value)
                    rows.append(_evaluation(row, scorer.name, scorer.version, score))
                if not dry_run:
                    client.post("/evaluations", rows)
    finally:
        asker.close()
    judged = Judged(len(items), len(found) - len(items), {name: _added(them) for name, them in given.items()})
    if call.json:
        print_json(asdict(judged))
        return
    print_line(f"{judged.calls} calls judged, {judged.skipped} skipped: their content is not kept")
    print_table(
        ["scorer", "mean", "judged", "not checked"],
        [
            [name, None if one["mean"] is None else f"{one['mean']:.3f}", one["judged"], one["not_checked"]]
            for name, one in judged.scores.items()
        ],
    )


def eval_dataset(
    *,
    ctx: typer.Context,
    output: Annotated[Path, typer.Option(help="The file of JSON lines to write; it must not be there.")],
    workload: WorkloadOption = None,
    release: ReleaseOption = None,
    since: SinceOption = "-24h",
    limit: LimitOption = 200,
    corrections: Annotated[
        bool, typer.Option("--corrections", help="Answers people corrected, with their corrections.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a dataset of stored calls, or of answers that people corrected."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        if corrections:
            made, asked = _corrected(client, workload=workload, since=since, limit=limit)
        else:
            found = found_calls(client, workload=workload, release=release, since=since, limit=limit)
            made, asked = [item for _, item in items_of_calls(client, found) if item is not None], len(found)
    if not made:
        raise InvalidInputError(
            "nobody corrected an answer whose call has its content kept"
            if corrections
            else "no such call has its content kept",
            action="ask for others (`--since`, `--workload`), or see `content.opt_out`",
        )
    write_dataset(output, made)
    told = DatasetMade(str(output), len(made), asked - len(made))
    if call.json:
        print_json(asdict(told))
    else:
        print_line(f"{told.items} items in {told.file}; {told.skipped} skipped: their content is not kept")


def found_calls(client: "ApiClient", **asked: str | int | None) -> list[dict[str, Any]]:
    """The calls asked for that went well, newest first."""
    wanted = {name: value for name, value in asked.items() if value is not None}
    return list(client.get("/calls", {**wanted, "counted_only": True, "ok": True})["calls"])


def items_of_calls(
    client: "ApiClient", found: list[dict[str, Any]]
) -> "Iterator[tuple[dict[str, Any], DatasetItem | None]]":
    """Each call with the item it makes; None where its content is not kept."""
    from watchkeeper.evaluation.stored_call import item_of_call

    for row in found:
        detail = client.get(f"/calls/{row['trace_id']}/{row['span_id']}")
        prompt, reply = (_text(detail[side]) for side in ("prompt", "reply"))
        kept = prompt is not None and reply is not None
        name = f"{row['trace_id']}/{row['span_id']}"
        yield row, item_of_call(name, prompt, reply) if kept else None


def _text(content: dict[str, Any] | None) -> str | None:
    return None if content is None else content["text"]


def _corrected(
    client: "ApiClient", *, workload: str | None, since: str, limit: int
) -> "tuple[list[DatasetItem], int]":
    from watchkeeper.evaluation.stored_call import item_of_call

    rows = [
        one
        for one in client.get("/feedback", {"since": since, "limit": limit, "workload": workload})["rows"]
        if one["correction"]
    ]
    made = []
    for one in rows:
        span = _span_meant(client, one)
        if span is None:
            continue
        detail = client.get(f"/calls/{one['trace_id']}/{span}")
        prompt = _text(detail["prompt"])
        if prompt is not None:
            made.append(
                item_of_call(one["feedback_id"], prompt, _text(detail["reply"]), expected=one["correction"])
            )
    return made, len(rows)


def _span_meant(client: "ApiClient", feedback: dict[str, Any]) -> str | None:
    """The call feedback is about: the one it names, else the only one of its trace."""
    if feedback["trace_id"] is None or feedback["span_id"] is not None:
        return None if feedback["trace_id"] is None else str(feedback["span_id"])
    asked = {"trace_id": feedback["trace_id"], "since": "1971-01-01", "counted_only": True, "limit": 2}
    found = client.get("/calls", asked)["calls"]
    return str(found[0]["span_id"]) if len(found) == 1 else None


def write_dataset(output: Path, items: "list[DatasetItem]") -> None:
    """Write items as JSON lines; a file that is there is left alone.

    Raises:
        ConflictError: It is there.
    """
    lines = []
    for item in items:
        said = {"id": item.item_id, "input": item.input, "expected": item.expected, "output": item.output}
        kept = {name: value for name, value in said.items() if value is not None}
        lines.append(json.dumps(kept, ensure_ascii=False))
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except FileExistsError:
        raise ConflictError(f"{output} is there already", action="give another --output") from None


def _evaluation(row: dict[str, Any], name: str, version: str, score: Any) -> dict[str, Any]:
    said = f"{row['trace_id']}/{row['span_id']}/{name}/{version}"
    judged = {"value": score.value} if score.value is not None else {"error": score.reason or "not checked"}
    return {
        # The same call judged again by the same scorer is the same row.
        "evaluation_id": hashlib.sha256(said.encode()).hexdigest()[:32],
        "workload": row["workload"],
        "name": name,
        "evaluator": f"{name} {version}",
        "explanation": score.reason or None,
        "trace_id": row["trace_id"],
        "span_id": row["span_id"],
        **judged,
    }


def _added(values: list[float | None]) -> dict[str, float | int | None]:
    judged = [value for value in values if value is not None]
    return {
        "mean": sum(judged) / len(judged) if judged else None,
        "judged": len(judged),
        "not_checked": len(values) - len(judged),
    }
