"""One contract for evaluation runs in memory and in PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.evaluations import PostgresEvaluations
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.evaluation.eval_line import EvalHead, EvalLine, LineScore
from watchkeeper.evaluation.judge_quality import JudgeQuality
from watchkeeper.evaluation.judge_record import JudgeRecord
from watchkeeper.evaluation.kept_run import KeptRun
from watchkeeper.evaluation.ports import EvaluationStore
from watchkeeper.statistics.judged_share import Confusion
from watchkeeper.testing.evaluation import InMemoryEvaluations

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
Begin = Callable[..., KeptRun]


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def evaluations(request: pytest.FixtureRequest) -> EvaluationStore:
    if request.param == "in memory":
        return InMemoryEvaluations()
    database: Database = request.getfixturevalue("database")
    return PostgresEvaluations(database)


@pytest.fixture
def begin(evaluations: EvaluationStore, fresh: Callable[[str], str], workload: str) -> Begin:
    def begun(hours: int = 0, **other: object) -> KeptRun:
        head = EvalHead(
            name="capitals",
            dataset="items.jsonl",
            dataset_sha256="ab" * 32,
            suite_sha256="cd" * 32,
            target=None,
            scorers={"words": "1", "exact": "2"},
            repeats=2,
            started_at=NOON.isoformat(),
            items=3,
            workload=workload,
        )
        run = KeptRun(
            run_id=fresh("EVAL"),
            head=replace(head, **other),  # type: ignore[arg-type]  # fields of the head
            kept_at=NOON + timedelta(hours=hours),
            kept_by="Ida",
        )
        return evaluations.begin(run)

    return begun


def line(item: str, repeat: int = 1, score: float | None = 1.0, output: object = "Oslo") -> EvalLine:
    return EvalLine(
        item=item,
        repeat=repeat,
        output=output,
        seconds=0.25,
        cost_usd="0.000120",
        receipts=("r-1", "r-2"),
        scores={"words": LineScore(value=score, reason="too long \x00 å"), "exact": LineScore(value=None)},
    )


def test_a_run_comes_back_with_its_head_and_how_many_answers_it_has(
    evaluations: EvaluationStore, begin: Begin
) -> None:
    run = begin()
    assert evaluations.add(run.run_id, [line("a"), line("b")]) == 2
    kept = evaluations.run(run.run_id)
    assert kept == replace(run, answers=2)
    assert kept is not None and list(kept.head.scorers) == ["words", "exact"], "in the order of the suite"
    assert evaluations.run("EVAL_none") is None


def test_a_run_that_is_kept_again_stands_as_it_is(evaluations: EvaluationStore, begin: Begin) -> None:
    run = begin()
    evaluations.add(run.run_id, [line("a")])
    again = evaluations.begin(replace(run, kept_by="Bo", kept_at=NOON + timedelta(days=1)))
    assert again == replace(run, answers=1)


def test_answers_come_back_whole_in_the_order_they_came(evaluations: EvaluationStore, begin: Begin) -> None:
    run = begin()
    lines = [
        line("z"),
        line("a", output={"sums": [1, 2.5], "name": "Brf Ån"}),
        line("z", 2, score=0.5, output=["x"]),
        replace(line("b"), output=None, error="no reply", seconds=None, cost_usd=None, receipts=()),
    ]
    evaluations.add(run.run_id, lines)
    assert list(evaluations.lines(run.run_id)) == lines
    assert list(evaluations.lines(run.run_id, skip=1, limit=2)) == lines[1:3]
    assert list(evaluations.lines(run.run_id, items=["z"])) == [lines[0], lines[2]]
    assert evaluations.lines(run.run_id, items=[]) == ()


def test_an_answer_is_kept_once_and_never_changed(evaluations: EvaluationStore, begin: Begin) -> None:
    run = begin()
    evaluations.add(run.run_id, [line("a")])
    assert evaluations.add(run.run_id, [line("a", score=0.0), line("a", 2)]) == 1
    assert [one.scores["words"].value for one in evaluations.lines(run.run_id)] == [1.0, 1.0]
    with pytest.raises(NotFoundError, match="no evaluation run"):
        evaluations.add("EVAL_none", [line("a")])


def test_figures_are_the_answers_without_what_is_long(evaluations: EvaluationStore, begin: Begin) -> None:
    run = begin()
    evaluations.add(run.run_id, [line("a", score=0.25)])
    [figures] = evaluations.figures(run.run_id)
    assert (figures.output, figures.receipts, figures.seconds, figures.cost_usd) == (
        None,
        (),
        0.25,
        "0.000120",
    )
    assert figures.scores == {"words": LineScore(value=0.25), "exact": LineScore(value=None)}


def test_runs_are_listed_the_last_first_by_workload_and_name(
    evaluations: EvaluationStore, begin: Begin, workload: str
) -> None:
    old, new, other = begin(), begin(1), begin(2, name="rivers")
    assert evaluations.runs(workload=workload, limit=9) == (other, new, old)
    assert evaluations.runs(workload=workload, name="capitals", limit=9) == (new, old)
    assert evaluations.runs(workload=workload, limit=1, skip=1) == (new,)


def measured(workload: str, hours: int = 0, **other: object) -> JudgeRecord:
    confusion = Confusion(right_passed=18, right_failed=2, wrong_passed=5, wrong_failed=15)
    quality = JudgeQuality.of(
        confusion,
        judge="judge",
        version="1-aa",
        undecided=1,
        unsteady=0.125,
        disagrees={"exact": 0.25},
        erred=("w0", "w4"),
    )
    record = JudgeRecord(
        workload=workload,
        suite="capitals",
        dataset="golden.jsonl",
        dataset_sha256="ab" * 32,
        repeats=3,
        quality=quality,
        measured_at=NOON + timedelta(hours=hours),
        kept_by="Ida",
    )
    return replace(record, **other)  # type: ignore[arg-type]  # fields of the record


def test_a_measurement_of_a_judge_is_kept_once_and_the_last_comes_first(
    evaluations: EvaluationStore, workload: str
) -> None:
    first, second = measured(workload), measured(workload, 1)
    unrepeated = replace(second.quality, judge="other", unsteady=None, disagrees={})
    beside = replace(second, quality=unrepeated)
    assert evaluations.measured([first]) == 1
    assert evaluations.measured([first, beside, second]) == 2
    assert evaluations.judges(workload=workload, limit=9) == (second, beside, first)
    assert evaluations.judges(workload=workload, suite="rivers", limit=9) == ()
    assert evaluations.judges(workload=workload, limit=1) == (second,)
