"""Running a suite from a command: calls, a bar, and a file that grows line by line."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.printing import print_table

if TYPE_CHECKING:
    from watchkeeper.evaluation.eval_comparison import ScorerComparison
    from watchkeeper.evaluation.eval_summary import EvalSummary
    from watchkeeper.evaluation.suite import LoadedSuite
    from watchkeeper.statistics.judged_share import Confusion


def run_suite(
    call: Invocation,
    loaded: "LoadedSuite",
    output: Path,
    *,
    resume: bool,
    judges: "Mapping[str, Confusion] | None" = None,
) -> "EvalSummary":
    """Answer and score what a suite names, line by line into a file.

    Args:
        call: Its settings tell routes and targets, its data folder keeps receipts.
        loaded: The suite and its items.
        output: The file.
        resume: Whether to go on with what it holds.
        judges: How judges do on answers whose truth is known.

    Raises:
        WatchkeeperError: As whatever is wrong is told.
    """
    from watchkeeper.adapters.clock import SystemClock
    from watchkeeper.app.evaluation_calls import EvaluationCalls
    from watchkeeper.evaluation.eval_file import EvalFile
    from watchkeeper.evaluation.eval_line import EvalHead
    from watchkeeper.evaluation.eval_summary import summarise_run
    from watchkeeper.evaluation.evaluating import evaluate, given_answers
    from watchkeeper.evaluation.suite import check_prompts, suite_scorers

    suite, dataset = loaded.suite, loaded.dataset
    calls = EvaluationCalls(call.settings, call.data_dir, workload=suite.workload)
    try:
        scorers = suite_scorers(suite, calls.judge)
        answer: Any = given_answers
        if suite.system is not None:
            calls.check(suite.system.target)
            check_prompts(suite.system, dataset)
            answer = partial(_asked, calls, suite)
        head = EvalHead(
            name=suite.name,
            dataset=dataset.name,
            dataset_sha256=dataset.sha256,
            suite_sha256=suite.sha256,
            target=None if suite.system is None else suite.system.target,
            scorers={scorer.name: scorer.version for scorer in scorers},
            repeats=suite.repeats,
            started_at=SystemClock().now().isoformat(),
            items=len(dataset.items),
            workload=suite.workload,
        )
        with EvalFile(output, head, resume=resume) as file:
            done = [line.key for line in file.done]
            lines = list(file.done)
            with _progress(call, len(dataset.items) * suite.repeats, len(done)) as advance:
                for line in evaluate(
                    dataset, answer, scorers, repeats=suite.repeats, done=done, at_once=suite.at_once
                ):
                    file.append(line)
                    lines.append(line)
                    advance()
    finally:
        calls.close()
    return summarise_run(head, lines, judges=judges)


def _asked(calls: Any, suite: Any, item: Any, repeat: int) -> Any:  # noqa: ARG001 - an `Answerer`
    return calls.answer(suite, suite.system, item)


@contextmanager
def _progress(call: Invocation, total: int, done: int) -> Iterator[Any]:
    """A bar on the error stream, quiet where it is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("answering"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(file=sys.stderr),
        disable=call.json or not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("answering", total=total, completed=done)
        yield lambda: bar.advance(task)


def print_comparison(found: "Sequence[ScorerComparison]") -> None:
    """Print how two runs differ."""
    print_table(
        ["scorer", "pairs", "only in one", "before", "after", "difference", "95 % interval", "p", "verdict"],
        [
            [
                one.scorer,
                one.pairs,
                one.unpaired,
                score_told(one.before),
                score_told(one.after),
                None if one.difference is None else f"{one.difference.mean:+.3f}",
                None
                if one.difference is None
                else f"{one.difference.low:+.3f} to {one.difference.high:+.3f}",
                score_told(one.p_value),
                one.verdict,
            ]
            for one in found
        ],
    )


def score_told(value: float | None) -> str | None:
    """A score for a person."""
    return None if value is None else f"{value:.3f}"
