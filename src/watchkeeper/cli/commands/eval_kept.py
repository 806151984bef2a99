"""`wk eval add`, `list`, `export` and `judges`: runs and judges that the server keeps."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from watchkeeper.cli.connect import connect
from watchkeeper.cli.evaluation_told import corrected_told
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.kept_runs import add_run, fetched_run
from watchkeeper.cli.percent import percent
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.who import ByOption, by_whom
from watchkeeper.domain.errors import ConflictError
from watchkeeper.evaluation.eval_file import EvalFile

WorkloadOption = Annotated[str | None, typer.Option(help="Only this workload's.")]
LimitOption = Annotated[int, typer.Option(min=1, max=1000, help="How many, the last.")]


@dataclass(frozen=True, slots=True)
class RunAdded:
    """What `wk eval add --json` prints of each file."""

    file: str
    run_id: str
    added: int
    """Answers that were not kept yet."""


@dataclass(frozen=True, slots=True)
class RunExported:
    """What `wk eval export --json` prints."""

    run_id: str
    file: str
    answers: int


def eval_add(
    *,
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files that `wk eval run` wrote.")],
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Keep runs at the server; what is kept of one already stays as it is."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        told = [RunAdded(str(one), *add_run(client, one, by=by_whom(call, by))) for one in files]
    if call.json:
        print_json(told)
        return
    for one in told:
        print_line(f"{one.file} is kept as {one.run_id}: {one.added} answers were new")


def eval_list(
    *,
    ctx: typer.Context,
    workload: WorkloadOption = None,
    suite: Annotated[str | None, typer.Option(help="Only runs of the suite of this name.")] = None,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """List the runs that are kept, the last first, each with its scores."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/evaluation/runs", {"workload": workload, "name": suite, "limit": limit})
    if call.json:
        print_json(found)
        return
    print_table(
        [
            "run",
            "suite",
            "answered by",
            "kept at",
            "answers",
            "scorer",
            "score",
            "95 % interval",
            "corrected",
        ],
        [row for run in found["runs"] for row in _rows(run)],
        none="no evaluation run is kept: `wk eval run`, or `wk eval add FILE`",
    )


def eval_export(
    *,
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="The id of a kept run.")],
    output: Annotated[Path, typer.Option(help="The file to write; it must not be there.")],
    as_json: JsonOption = False,
) -> None:
    """Write a kept run to a file, as `wk eval run` writes it."""
    call = invoked(ctx, as_json=as_json)
    if output.exists():
        raise ConflictError(f"{output} is there already", action="give another --output")
    with connect(call) as client:
        head, lines = fetched_run(client, run)
    with EvalFile(output, head, resume=False) as file:
        for one in lines:
            file.append(one)
    told = RunExported(run, str(output), len(lines))
    if call.json:
        print_json(told)
    else:
        print_line(f"{told.answers} answers of {told.run_id} are in {told.file}")


def eval_judges(
    *,
    ctx: typer.Context,
    workload: WorkloadOption = None,
    suite: Annotated[str | None, typer.Option(help="Only those of the suite of this name.")] = None,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """List what was measured of judges, the newest first."""
    call = invoked(ctx, as_json=as_json)
    with connect(call) as client:
        found = client.get("/evaluation/judges", {"workload": workload, "suite": suite, "limit": limit})
    if call.json:
        print_json(found)
        return
    print_table(
        ["suite", "judge", "measured at", "passes right ones", "fails wrong ones", "undecided", "unsteady"],
        [
            [
                one["suite"],
                one["quality"]["judge"],
                one["measured_at"],
                _of(one, "sensitivity", "right_passed", "right_failed"),
                _of(one, "specificity", "wrong_failed", "wrong_passed"),
                one["quality"]["undecided"],
                None if one["quality"]["unsteady"] is None else percent(one["quality"]["unsteady"]),
            ]
            for one in found
        ],
        none="no judge was measured: `wk eval judge SUITE --golden FILE --output FILE --keep`",
    )


def _rows(run: dict[str, Any]) -> list[list[object]]:
    summary = run["summary"]
    answers = f"{summary['answers']}, broke off" if run["broke_off"] else summary["answers"]
    who = summary["target"] or "given answers"
    first: list[object] = [run["run_id"], summary["name"], who, run["kept_at"], answers]
    return [
        [
            *(first if number == 0 else [""] * len(first)),
            one["scorer"],
            None if one["score"] is None else f"{one['score']['mean']:.3f}",
            None if one["score"] is None else f"{one['score']['low']:.3f} to {one['score']['high']:.3f}",
            corrected_told(one),
        ]
        for number, one in enumerate(summary["scorers"])
    ]


def _of(record: dict[str, Any], share: str, hits: str, misses: str) -> str | None:
    quality = record["quality"]
    if quality[share] is None:
        return None
    confusion = quality["confusion"]
    return f"{percent(quality[share])}, {confusion[hits]} of {confusion[hits] + confusion[misses]}"
