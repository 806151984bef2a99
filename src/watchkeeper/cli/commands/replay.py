"""`wk replay`: real calls of the past asked of a candidate, judged beside the answers that were given."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.cli.commands.eval_calls import (
    LimitOption,
    SinceOption,
    found_calls,
    items_of_calls,
    write_dataset,
)
from watchkeeper.cli.connect import connect
from watchkeeper.cli.evaluation_run import print_comparison, run_suite
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.kept_runs import keep_run
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.cli.suite_files import load_dataset, load_suite
from watchkeeper.cli.who import ByOption, by_whom
from watchkeeper.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from watchkeeper.evaluation.eval_comparison import ScorerComparison
    from watchkeeper.evaluation.suite import LoadedSuite, Suite

app = command_app("")
_RUNS = ("before.jsonl", "candidate.jsonl")
schemas: dict[str, Any] = {"replay": "watchkeeper.cli.commands.replay:Replayed"}


@dataclass(frozen=True, slots=True)
class Replayed:
    """What `wk replay --json` prints."""

    calls: int
    not_replayable: int
    """Calls whose content is not kept."""
    failed: int
    """Of the candidate's answers."""
    comparison: tuple[dict[str, Any], ...]
    """By scorer, the candidate less what was answered."""
    verdict: str
    """`passed`, `failed`, or `not checked` where nothing could be compared."""
    kept_as: tuple[str | None, str | None]
    """Both runs' ids at the server, the candidate's last."""


@app.command()
def replay(
    *,
    ctx: typer.Context,
    suite: Annotated[Path, typer.Argument(metavar="SUITE", help="The suite whose scorers judge.")],
    workload: Annotated[str, typer.Option(help="Whose calls.")],
    candidate: Annotated[str, typer.Option(help="The route or target they are asked of.")],
    output: Annotated[Path, typer.Option(help="A folder for the calls and both runs; it must not be there.")],
    against: Annotated[
        str | None, typer.Option(help="A route or target asked beside it; else the answers that were given.")
    ] = None,
    since: SinceOption = "-24h",
    limit: LimitOption = 100,
    release: Annotated[
        str | None, typer.Option(help="A release whose proof this is: the verdict is kept with it.")
    ] = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a candidate what was really asked, and judge both; exits with 1 unless it was judged no worse."""
    call = invoked(ctx, as_json=as_json)
    read = load_suite(suite)
    if output.exists():
        raise InvalidInputError(f"{output} is there already", action="give a folder that is not")
    calls, skipped = _collected(call, output, workload=workload, since=since, limit=limit)
    found = _compared(call, read, output, candidate=candidate, against=against)
    before, after = (keep_run(call, output / name, keep=None, by=by) for name in _RUNS)
    told = Replayed(
        calls=calls,
        not_replayable=skipped,
        failed=found[1],
        comparison=tuple(asdict(one) for one in found[0]),
        verdict=_verdict(found[0], failed=found[1]),
        kept_as=(before, after),
    )
    if release is not None:
        _prove(call, release, told, by=by)
    if call.json:
        print_json(told)
    else:
        print_line(f"{calls} calls replayed, {skipped} not replayable: their content is not kept")
        print_comparison(found[0])
        print_line(f"{told.verdict}; {told.failed} answers failed")
    raise typer.Exit(0 if told.verdict == "passed" else 1)


def _collected(call: Invocation, output: Path, *, workload: str, since: str, limit: int) -> tuple[int, int]:
    with connect(call) as client:
        found = found_calls(client, workload=workload, since=since, limit=limit)
        items = [item for _, item in items_of_calls(client, found) if item is not None]
    if not items:
        raise InvalidInputError(
            f"no call of {workload!r} can be replayed: none has its content kept",
            action="ask for other calls, or see `content.opt_out`",
        )
    output.mkdir(parents=True)
    write_dataset(output / "calls.jsonl", items)
    return len(items), len(found) - len(items)


def _compared(
    call: Invocation, read: "Suite", output: Path, *, candidate: str, against: str | None
) -> "tuple[tuple[ScorerComparison, ...], int]":
    from watchkeeper.evaluation.eval_comparison import compare_runs
    from watchkeeper.evaluation.eval_file import read_eval_file

    old, new = (output / name for name in _RUNS)
    run_suite(call, _asking(read, output, against), old, resume=False)
    summary = run_suite(call, _asking(read, output, candidate), new, resume=False)
    runs = (read_eval_file(one) for one in (old, new))
    return compare_runs(*runs), summary.failed


def _asking(read: "Suite", output: Path, target: str | None) -> "LoadedSuite":
    """The suite over the collected calls, asked of a target; None scores what was answered."""
    from watchkeeper.evaluation.suite import LoadedSuite, SystemUnderTest

    system = None
    if target is not None:
        # What was asked goes out as it was: nothing of a prompt may be put around it again.
        kept = {} if read.system is None else read.system.model_dump(by_alias=True)
        asked = {**kept, "target": target, "prompt": "{input}", "instructions": None}
        system = SystemUnderTest.model_validate(asked)
    return LoadedSuite(read.model_copy(update={"system": system}), load_dataset(output / "calls.jsonl"))


def _verdict(found: "tuple[ScorerComparison, ...]", *, failed: int) -> str:
    if failed or any(one.verdict == "worse" for one in found):
        return "failed"
    return "not checked" if any(one.verdict == "no data" for one in found) else "passed"


def _prove(call: Invocation, release: str, told: Replayed, *, by: str | None) -> None:
    differences = ", ".join(
        f"{one['scorer']} {one['difference']['mean']:+.3f}" for one in told.comparison if one["difference"]
    )
    body = {
        "check": "replay",
        "verdict": told.verdict,
        "told": f"{told.calls} calls, {told.failed} failed; {differences or 'nothing compared'}",
        "by": by_whom(call, by),
    }
    with connect(call) as client:
        client.post(f"/releases/{release}/proofs", body)
