"""`wk eval`: answer a dataset and score the answers, compare two runs, and measure the judges."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.cli.commands.eval_calls import eval_calls, eval_dataset
from watchkeeper.cli.commands.eval_kept import eval_add, eval_export, eval_judges, eval_list
from watchkeeper.cli.evaluation_run import print_comparison, run_suite, score_told
from watchkeeper.cli.evaluation_told import tell_summary
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.kept_runs import KeepOption, keep_judges, keep_run, kept_summary, run_named
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.suite_files import load_dataset, load_suite, text_of_file
from watchkeeper.cli.who import ByOption
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.percent_text import percent_text

if TYPE_CHECKING:
    from watchkeeper.evaluation.suite import LoadedSuite
    from watchkeeper.statistics.bounded_mean import Interval
    from watchkeeper.statistics.judged_share import Confusion

app = command_app("Answer datasets, score the answers, compare runs, and measure judges.", group=True)
schemas: dict[str, Any] = {
    "eval run": "watchkeeper.cli.evaluation_printed:RunPrinted",
    "eval show": "watchkeeper.evaluation.eval_summary:EvalSummary",
    "eval add": "watchkeeper.cli.commands.eval_kept:RunAdded[]",
    "eval list": "watchkeeper.app.api.evaluation_runs:EvalRunList",
    "eval export": "watchkeeper.cli.commands.eval_kept:RunExported",
    "eval judges": "watchkeeper.evaluation.judge_record:JudgeRecord[]",
    "eval compare": "watchkeeper.evaluation.eval_comparison:ScorerComparison[]",
    "eval calls": "watchkeeper.cli.commands.eval_calls:Judged",
    "eval dataset": "watchkeeper.cli.commands.eval_calls:DatasetMade",
    "eval judge": "watchkeeper.evaluation.judge_quality:JudgeQuality[]",
}
app.command(name="calls")(eval_calls)
app.command(name="dataset")(eval_dataset)
app.command(name="add")(eval_add)
app.command(name="list")(eval_list)
app.command(name="export")(eval_export)
app.command(name="judges")(eval_judges)
SuiteArgument = Annotated[Path, typer.Argument(metavar="SUITE", help="The suite's YAML file.")]
DatasetOption = Annotated[
    Path | None, typer.Option(help="A file of JSON lines in place of the suite's dataset.")
]
JudgeOption = Annotated[
    Path | None,
    typer.Option("--judge", help="What `wk eval judge --json` wrote: scores are corrected by it."),
]


@app.command()
def run(
    *,
    ctx: typer.Context,
    suite: SuiteArgument,
    output: Annotated[Path, typer.Option(help="The file answers and scores go to, line by line.")],
    dataset: DatasetOption = None,
    target: Annotated[str | None, typer.Option(help="Another route or target than the suite's.")] = None,
    repeats: Annotated[int | None, typer.Option(min=1, help="How often each item is answered.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what the file holds.")] = False,
    judge: JudgeOption = None,
    keep: KeepOption = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer every item and score the answers; exits with 1 when an answer failed or could not be scored."""
    call = invoked(ctx, as_json=as_json)
    loaded = _changed(_load(suite, dataset), target=target, repeats=repeats)
    summary = run_suite(call, loaded, output, resume=resume, judges=_judges(judge))
    told = asdict(summary)
    if not call.json:
        tell_summary(told)
    kept_as = keep_run(call, output, keep=keep, by=by)
    if call.json:
        print_json({**told, "kept_as": kept_as})
    unscored = any(one.not_checked for one in summary.scorers)
    raise typer.Exit(1 if summary.failed or unscored else 0)


@app.command()
def show(
    *,
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="The file of a run, or the id of a kept one.")],
    judge: JudgeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a run came to, with intervals; exits with 1 when it broke off before its last answer."""
    from watchkeeper.evaluation.eval_summary import summarise_run

    call = invoked(ctx, as_json=as_json)
    told = kept_summary(call, run) if judge is None else None
    if told is None:
        summary = summarise_run(*run_named(call, run), judges=_judges(judge))
        told = asdict(summary)
    if call.json:
        print_json(told)
    else:
        tell_summary(told)
    wanted = told["expected_answers"]
    raise typer.Exit(1 if wanted is not None and told["answers"] < wanted else 0)


@app.command()
def compare(
    *,
    ctx: typer.Context,
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="The file of a run, or a kept one's id.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="Another one over the same items.")],
    as_json: JsonOption = False,
) -> None:
    """Compare two runs item by item; exits with 1 when the second is worse by any scorer."""
    from watchkeeper.evaluation.eval_comparison import compare_runs

    call = invoked(ctx, as_json=as_json)
    found = compare_runs(run_named(call, before), run_named(call, after))
    if call.json:
        print_json([asdict(one) for one in found])
    else:
        print_comparison(found)
    raise typer.Exit(1 if any(one.verdict == "worse" for one in found) else 0)


@app.command(name="judge")
def judge_command(
    *,
    ctx: typer.Context,
    suite: SuiteArgument,
    golden: Annotated[
        Path, typer.Option(help='JSON lines with `output` and `"tags": {"right": "yes"}` or `"no"`.')
    ],
    output: Annotated[Path, typer.Option(help="The file the judges' verdicts go to.")],
    repeats: Annotated[int, typer.Option(min=1, help="How often each answer is judged.")] = 3,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what the file holds.")] = False,
    keep: KeepOption = None,
    by: ByOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure a suite's scorers on answers whose truth is known: errors, steadiness, disagreement."""
    from watchkeeper.evaluation.eval_file import read_eval_file
    from watchkeeper.evaluation.judge_quality import judge_quality

    call = invoked(ctx, as_json=as_json)
    loaded = _changed(_load(suite, golden), repeats=repeats, system=False)
    judge_quality(
        loaded.dataset, (), {}
    )  # every golden item says whether it is right, before any is paid for
    run_suite(call, loaded, output, resume=resume)
    head, lines = read_eval_file(output)
    found = judge_quality(loaded.dataset, lines, head.scorers)
    told = [asdict(one) for one in found]
    keep_judges(call, head, told, keep=keep, by=by)
    if call.json:
        print_json(told)
        return
    print_table(
        ["judge", "passes right ones", "fails wrong ones", "undecided", "unsteady", "disagrees with"],
        [
            [
                one.judge,
                _share_told(one.sensitivity_interval),
                _share_told(one.specificity_interval),
                one.undecided,
                score_told(one.unsteady),
                ", ".join(f"{name} {percent_text(share)}" for name, share in one.disagrees.items()) or "—",
            ]
            for one in found
        ],
    )
    for one in found:
        if one.erred:
            print_line(f"{one.judge} judged wrongly: {', '.join(one.erred)}")


def _share_told(share: "Interval | None") -> str | None:
    return None if share is None else f"{share.mean:.3f} ({share.low:.3f} to {share.high:.3f})"


def _load(suite_file: Path, dataset_file: Path | None) -> "LoadedSuite":
    from watchkeeper.evaluation.suite import LoadedSuite

    suite = load_suite(suite_file)
    if dataset_file is None:
        if suite.dataset is None:
            raise InvalidInputError(f"{suite_file} names no dataset", action="name one, or give --dataset")
        dataset_file = suite_file.parent / suite.dataset
    return LoadedSuite(suite, load_dataset(dataset_file))


def _changed(
    loaded: "LoadedSuite", *, target: str | None = None, repeats: int | None = None, system: bool = True
) -> "LoadedSuite":
    """The suite with what the command line says over it."""
    from watchkeeper.evaluation.suite import LoadedSuite

    suite = loaded.suite
    if repeats is not None:
        suite = suite.model_copy(update={"repeats": repeats})
    if not system:
        suite = suite.model_copy(update={"system": None})
    elif target is not None:
        if suite.system is None:
            raise InvalidInputError(
                "the suite names no system", action="leave out --target: outputs are given"
            )
        suite = suite.model_copy(update={"system": suite.system.model_copy(update={"target": target})})
    return LoadedSuite(suite, loaded.dataset)


def _judges(file: Path | None) -> "dict[str, Confusion] | None":
    """The measured errors of judges, by their names."""
    if file is None:
        return None
    import json

    from watchkeeper.statistics.judged_share import Confusion

    try:
        return {one["judge"]: Confusion(**one["confusion"]) for one in json.loads(text_of_file(file))}
    except (ValueError, KeyError, TypeError):
        raise InvalidInputError(
            f"{file} tells of no judge", action="name what `wk eval judge --json` wrote"
        ) from None
