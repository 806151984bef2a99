"""`wk eval`: answer a dataset and score the answers, compare two runs, and measure the judges."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchkeeper.cli.commands.eval_calls import eval_calls, eval_dataset
from watchkeeper.cli.evaluation_run import print_comparison, run_suite, score_told
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line, print_table
from watchkeeper.cli.suite_files import load_dataset, load_suite, text_of_file
from watchkeeper.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from watchkeeper.evaluation.eval_summary import EvalSummary
    from watchkeeper.evaluation.suite import LoadedSuite
    from watchkeeper.statistics.judged_share import Confusion

app = command_app("Answer datasets, score the answers, compare runs, and measure judges.", group=True)
_SUMMARY = "watchkeeper.evaluation.eval_summary:EvalSummary"
schemas: dict[str, Any] = {
    "eval run": _SUMMARY,
    "eval show": _SUMMARY,
    "eval compare": "watchkeeper.evaluation.eval_comparison:ScorerComparison[]",
    "eval calls": "watchkeeper.cli.commands.eval_calls:Judged",
    "eval dataset": "watchkeeper.cli.commands.eval_calls:DatasetMade",
    "eval judge": "watchkeeper.evaluation.judge_quality:JudgeQuality[]",
}
app.command(name="calls")(eval_calls)
app.command(name="dataset")(eval_dataset)
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
    as_json: JsonOption = False,
) -> None:
    """Answer every item and score the answers; exits with 1 when an answer failed or could not be scored."""
    call = invoked(ctx, as_json=as_json)
    loaded = _changed(_load(suite, dataset), target=target, repeats=repeats)
    summary = run_suite(call, loaded, output, resume=resume, judges=_judges(judge))
    _tell(call, summary)
    unscored = any(one.not_checked for one in summary.scorers)
    raise typer.Exit(1 if summary.failed or unscored else 0)


@app.command()
def show(
    *,
    ctx: typer.Context,
    run_file: Annotated[Path, typer.Argument(metavar="RUN", help="The file of a run.")],
    judge: JudgeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a run came to, with intervals; exits with 1 when it broke off before its last answer."""
    from watchkeeper.evaluation.eval_file import read_eval_file
    from watchkeeper.evaluation.eval_summary import summarise_run

    call = invoked(ctx, as_json=as_json)
    head, lines = read_eval_file(run_file)
    summary = summarise_run(head, lines, judges=_judges(judge))
    _tell(call, summary)
    raise typer.Exit(1 if summary.broke_off else 0)


@app.command()
def compare(
    *,
    ctx: typer.Context,
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="The file of a run.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="That of another over the same items.")],
    as_json: JsonOption = False,
) -> None:
    """Compare two runs item by item; exits with 1 when the second is worse by any scorer."""
    from watchkeeper.evaluation.eval_comparison import compare_runs
    from watchkeeper.evaluation.eval_file import read_eval_file

    call = invoked(ctx, as_json=as_json)
    found = compare_runs(read_eval_file(before), read_eval_file(after))
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
    if call.json:
        print_json([asdict(one) for one in found])
        return
    print_table(
        ["judge", "passes right ones", "fails wrong ones", "undecided", "unsteady", "disagrees with"],
        [
            [
                one.judge,
                score_told(one.sensitivity),
                score_told(one.specificity),
                one.undecided,
                score_told(one.unsteady),
                ", ".join(f"{name} {share:.1%}" for name, share in one.disagrees.items()) or "—",
            ]
            for one in found
        ],
    )


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


def _tell(call: Invocation, summary: "EvalSummary") -> None:
    if call.json:
        print_json(asdict(summary))
        return
    who = summary.target or "given answers"
    print_line(f"{summary.name}: {summary.answers} answers by {who} over {summary.dataset}")
    if summary.broke_off:
        print_line(f"it broke off: {summary.expected_answers} answers are wanted; go on with `--resume`")
    seconds = "no data" if summary.median_seconds is None else f"{summary.median_seconds:.2f} s"
    cost = "not known" if summary.cost_usd is None else f"{summary.cost_usd} USD"
    print_line(f"{summary.failed} failed; median {seconds}; cost {cost}")
    print_table(
        ["scorer", "items", "score", "95 % interval", "not checked", "spread of repeats", "corrected"],
        [
            [
                one.scorer,
                one.items,
                None if one.score is None else f"{one.score.mean:.3f}",
                None if one.score is None else f"{one.score.low:.3f} to {one.score.high:.3f}",
                one.not_checked,
                score_told(one.repeat_spread),
                "—"
                if one.corrected is None
                else f"{one.corrected.share:.3f} ({one.corrected.low:.3f} to {one.corrected.high:.3f})",
            ]
            for one in summary.scorers
        ],
    )
