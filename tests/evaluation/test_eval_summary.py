"""What a run comes to: repeats of an item make nobody surer, and no score beyond 0 and 1 counts."""

from dataclasses import dataclass

import pytest

from watchkeeper.evaluation.dataset import Dataset, DatasetItem
from watchkeeper.evaluation.eval_line import EvalHead, EvalLine, LineScore
from watchkeeper.evaluation.eval_summary import ScorerSummary, summarise_run
from watchkeeper.evaluation.evaluating import Answered, evaluate
from watchkeeper.evaluation.scorers.scorer import ScoreGiven
from watchkeeper.statistics.judged_share import Confusion

JUDGE = Confusion(right_passed=18, right_failed=2, wrong_passed=2, wrong_failed=18)


def summed(scores: dict[str, list[float]]) -> ScorerSummary:
    """The summary of a run whose items got these scores, a score a repeat."""
    repeats = max(map(len, scores.values()))
    head = EvalHead(
        name="capitals",
        dataset="items.jsonl",
        dataset_sha256="0" * 64,
        suite_sha256="1" * 64,
        target=None,
        scorers={"exact": "1"},
        repeats=repeats,
        started_at="2026-03-01T12:00:00+00:00",
        items=len(scores),
    )
    lines = [
        EvalLine(item=item, repeat=number, output="x", scores={"exact": LineScore(value=value)})
        for item, values in scores.items()
        for number, value in enumerate(values, start=1)
    ]
    [found] = summarise_run(head, lines, judges={"exact": JUDGE}).scorers
    return found


def test_few_items_which_are_all_right_have_an_interval_of_some_width() -> None:
    found = summed({name: [1.0] for name in "abc"})
    assert found.score is not None
    assert (found.score.mean, found.score.high) == (1.0, 1.0)
    assert found.score.low < 0.35


def test_repeats_of_an_item_make_nobody_surer() -> None:
    items = {f"i{n}": [float(n % 4 > 0)] for n in range(12)}
    once, often = summed(items), summed({name: scores * 5 for name, scores in items.items()})
    assert (once.items, often.items) == (12, 12)
    assert once.score == often.score
    assert once.corrected == often.corrected


class Broken:
    """A scorer that raises on one answer."""

    name = "broken"
    version = "1"

    def score(self, item: DatasetItem, output: object) -> ScoreGiven:
        if item.item_id == "a":
            raise KeyError("total")
        return ScoreGiven(1.0)


def test_a_scorer_that_raises_is_named_with_the_answer_and_the_run_goes_on() -> None:
    items = tuple(DatasetItem(item_id=name, input="?") for name in ("a", "b"))
    scorers = [Broken(), Generous(0.5)]
    lines = list(
        evaluate(
            Dataset(name="two", items=items, sha256="0"),
            lambda item, repeat: Answered(output="x"),
            scorers,
            repeats=1,
            at_once=1,
        )
    )
    told = {line.item: (line.scores["broken"], line.scores["generous"].value) for line in lines}
    assert told["a"] == (LineScore(value=None, reason="the scorer failed: KeyError: 'total'"), 0.5)
    assert told["b"] == (LineScore(value=1.0), 0.5)


@dataclass
class Generous:
    """A scorer with a defect: it gives what it was told, right or not."""

    value: float
    name: str = "generous"
    version: str = "1"

    def score(self, item: DatasetItem, output: object) -> ScoreGiven:
        return ScoreGiven(self.value)


@pytest.mark.parametrize(
    ("given", "kept"), [(1.0000000001, 1.0), (-1e-12, 0.0), (1.7, None), (float("nan"), None)]
)
def test_a_score_beyond_its_bounds_is_the_scorers_failure_unless_it_is_rounding(
    given: float, kept: float | None
) -> None:
    dataset = Dataset(name="one", items=(DatasetItem(item_id="a", input="?"),), sha256="0")
    [line] = evaluate(dataset, lambda item, repeat: Answered(output="x"), [Generous(given)], repeats=1)
    assert line.scores["generous"].value == kept
    if kept is None:
        assert line.scores["generous"].reason.startswith("the scorer failed: it gave ")
