"""Who has won, and whether that can be said yet."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from watchkeeper.releases.experiments.experiment import Arm, Experiment
from watchkeeper.releases.experiments.ports import ArmRecord
from watchkeeper.releases.experiments.simulation import simulate
from watchkeeper.releases.experiments.verdict import ExperimentVerdict, look_at
from watchkeeper.releases.gate import Record
from watchkeeper.statistics.always_valid import Side


def experiment(*arms: str) -> Experiment:
    return Experiment(
        name="tone",
        workload="shop",
        arms=tuple(Arm(name=arm, release_id=f"shop-{arm}", share=10_000 // len(arms)) for arm in arms),
        control=arms[0],
        metric="quality",
        evaluation="kindness",
        share=10_000,
        least=None,
        alpha=0.05,
        planned=1_000,
        enough=50,
        started_by="Ida",
        started_at=datetime(2026, 3, 1, tzinfo=UTC),
        reason="does tone matter",
        ends_at=None,
    )


TWO = experiment("plain", "warm")


def record(subjects: int, right: float, *, failed: float = 0.0, latency: Side | None = None) -> ArmRecord:
    def share(mean: float) -> Side:
        return Side(subjects, mean, mean * (1 - mean))

    told = Record(calls=subjects, quality=share(right), errors=share(failed), latency=latency)
    return ArmRecord(subjects=subjects, calls=subjects, record=told)


def look(one: Experiment, **records: ArmRecord) -> ExperimentVerdict:
    return look_at(one, records)


def test_what_nobody_judged_is_no_data_and_not_zero() -> None:
    unjudged = ArmRecord(subjects=300, calls=900, record=Record(calls=900))
    found = look(TWO, plain=record(300, 0.8), warm=unjudged)
    assert (found.decision, found.winner, found.needed) == ("no data", None, None)
    assert found.told == "no data yet: nobody knows the quality of warm"
    of_warm = next(one for one in found.figures if (one.arm, one.measure) == ("warm", "quality"))
    assert (of_warm.mean, of_warm.low, of_warm.subjects) == (None, None, 0)


def test_of_few_subjects_nothing_is_told_but_how_many_more_it_needs() -> None:
    found = look(TWO, plain=record(40, 0.0), warm=record(20, 1.0))
    assert (found.decision, found.needed) == ("too few", 90)
    assert found.told.startswith("no winner yet: warm has 20 of the 50 subjects")


def test_an_arm_that_is_plainly_better_wins() -> None:
    found = look(TWO, plain=record(1_500, 0.80), warm=record(1_500, 0.90))
    assert (found.decision, found.winner) == ("winner", "warm")
    assert found.told == "warm wins: better than plain in quality"
    contrast = next(one for one in found.contrasts if one.measure == "quality")
    assert (contrast.arm, contrast.other) == ("warm", "plain")
    assert contrast.difference == pytest.approx(0.10)
    assert 0 < contrast.low < 0.10 < contrast.high


def test_where_it_is_open_it_says_how_many_more_and_so_many_more_decide_it() -> None:
    found = look(TWO, plain=record(300, 0.85), warm=record(300, 0.90))
    assert (found.decision, found.winner) == ("open", None)
    assert found.needed is not None
    assert f"about {found.needed} more subjects needed if warm stays ahead so" in found.told
    more = 300 + found.needed // 2 + 1
    assert look(TWO, plain=record(more, 0.85), warm=record(more, 0.90)).winner == "warm"
    fewer = more - found.needed // 20
    assert look(TWO, plain=record(fewer, 0.85), warm=record(fewer, 0.90)).winner is None


def test_arms_that_are_alike_are_no_winner_in_sight_unless_a_least_difference_is_given() -> None:
    alike = {"plain": record(4_000, 0.9), "warm": record(4_000, 0.9)}
    assert look(TWO, **alike).told.startswith("no winner yet, and none in sight")
    decided = look(replace(TWO, least=0.05), **alike)
    assert decided.decision == "no difference"
    assert decided.told == "no difference that matters: in quality no two arms are 0.05 apart"


def test_of_three_arms_one_wins_only_when_it_is_better_than_both_and_needs_more_for_it() -> None:
    three = experiment("plain", "warm", "terse")
    records = {"plain": record(560, 0.80), "warm": record(560, 0.88)}
    assert look(TWO, **records).winner == "warm"
    assert look(three, **records, terse=record(560, 0.60)).winner is None
    assert look(three, **records, terse=record(560, 0.879)).decision == "open"
    assert (
        look(three, plain=record(900, 0.8), warm=record(900, 0.88), terse=record(900, 0.6)).winner == "warm"
    )


def test_less_is_better_of_latency_which_is_told_in_milliseconds_and_compared_relatively() -> None:
    by_latency = replace(TWO, metric="latency")
    slow, quick = Side(2_000, 18.42, 0.36), Side(2_000, 18.22, 0.36)
    found = look(by_latency, plain=record(2_000, 0.9, latency=slow), warm=record(2_000, 0.9, latency=quick))
    assert found.winner == "warm"
    means = {one.arm: one.mean for one in found.figures if one.measure == "latency"}
    assert means["plain"] == pytest.approx(100.0, rel=0.01)
    contrast = next(one for one in found.contrasts if one.measure == "latency")
    assert contrast.difference == pytest.approx(-0.181, abs=0.001)


def test_an_arm_that_fails_oftener_than_the_control_is_told_of() -> None:
    found = look(TWO, plain=record(400, 0.9, failed=0.01), warm=record(400, 0.9, failed=0.2))
    assert found.harmed == ("warm",)
    assert look(TWO, plain=record(400, 0.9, failed=0.2), warm=record(400, 0.9)).harmed == ()


@pytest.mark.slow
def test_looked_at_over_and_over_equal_arms_hardly_ever_have_a_winner_and_better_ones_have() -> None:
    three = experiment("plain", "warm", "terse")
    false = [simulate(TWO, (0.9, 0.9), seed=seed, most_subjects=3_000).winner for seed in range(60)]
    false += [simulate(three, (0.5,) * 3, seed=seed, most_subjects=3_000).winner for seed in range(40)]
    assert sum(winner is not None for winner in false) <= 5
    true = [simulate(TWO, (0.80, 0.90), seed=seed, most_subjects=6_000) for seed in range(50)]
    assert all(one.winner == "warm" for one in true)
    assert sorted(one.subjects for one in true)[25] < 1_200
