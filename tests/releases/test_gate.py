"""What the gate makes of a candidate's calls beside the live release's."""

import math
from dataclasses import replace

import pytest
from pydantic import ValidationError

from watchkeeper.app.settings_releases import GateSettings
from watchkeeper.releases.gate import Record, Stratum, Tolerances, judge
from watchkeeper.releases.promotion import STAGES, next_step
from watchkeeper.releases.simulation import Simulated, simulate
from watchkeeper.statistics.always_valid import Side
from watchkeeper.telemetry.call_moments import LEAST_COST

TOLERANCES = Tolerances()
LIVE = Simulated(success=0.90)


def yes_or_no(count: int, share: float) -> Side:
    return Side(count, share, share * (1 - share))


def record(calls: int, *, quality: float = 0.9, slower: float = 0.0) -> Record:
    return Record(
        calls=calls,
        quality=yes_or_no(calls, quality),
        errors=Side(calls, 0.0, 0.0),
        latency=Side(calls, slower, 0.36),
        cost=Side(calls, -7.0, 0.16),
    )


def stratum(ours: Record, theirs: Record) -> list[Stratum]:
    return [Stratum(candidate=ours, live=theirs)]


def test_a_candidate_as_good_as_the_live_release_passes() -> None:
    found = judge(stratum(record(2000), record(18_000)), TOLERANCES)
    assert (found.decision, found.calls) == ("passed", 2000)


def test_a_worse_one_is_turned_away_with_the_figures_that_show_it() -> None:
    found = judge(stratum(record(2000, quality=0.8), record(18_000)), TOLERANCES)
    assert found.decision == "turned away"
    assert found.reason.startswith("worse: quality -10.0% (-1")


def test_few_calls_are_no_proof_however_well_they_went() -> None:
    found = judge(stratum(record(100, quality=1.0), record(900)), TOLERANCES)
    assert found.decision == "open"


def test_what_nobody_measured_is_no_data_and_never_passes() -> None:
    unjudged = replace(record(2400), quality=None)
    found = judge(stratum(unjudged, replace(record(18_000), quality=None)), TOLERANCES)
    assert [one.verdict for one in found.findings] == ["no data", "passed", "passed", "passed"]
    assert found.decision == "open"
    late = judge(stratum(replace(unjudged, calls=2500), record(18_000)), TOLERANCES)
    assert (late.decision, late.reason) == ("turned away", "not proved within 2500 calls: quality no data")


def test_free_calls_beside_free_ones_pass_and_dear_ones_do_not() -> None:
    free = replace(record(2000), cost=Side(2000, math.log(LEAST_COST), 0.0))
    assert judge(stratum(free, replace(free, calls=18_000)), TOLERANCES).decision == "passed"
    found = judge(stratum(record(2000), replace(free, calls=18_000)), TOLERANCES)
    assert found.decision == "turned away" and found.reason.startswith("worse: cost +")


def test_where_nothing_is_compared_nothing_passes() -> None:
    nothing = replace(TOLERANCES, quality=None, errors=None, latency=None, cost=None)
    found = judge(stratum(record(2000), record(18_000)), nothing)
    assert (found.decision, found.reason) == ("open", "nothing is compared")
    with pytest.raises(ValidationError, match="nothing is compared"):
        GateSettings(quality=None, errors=None, latency=None, cost=None)


def test_a_measure_that_is_switched_off_is_not_asked_for() -> None:
    unjudged = replace(record(2000), quality=None)
    without = replace(TOLERANCES, quality=None)
    assert judge(stratum(unjudged, record(18_000)), without).decision == "passed"


def test_a_canary_gets_more_only_after_its_calls_and_half_of_all_only_once_proved() -> None:
    still_open = judge(stratum(record(100), record(900)), TOLERANCES)
    passed = judge(stratum(record(2000), record(18_000)), TOLERANCES)
    first, second, third = (stage.share for stage in STAGES)
    assert next_step(first, still_open, calls_at_share=49).kind == "stay"
    raised = next_step(first, still_open, calls_at_share=50)
    assert (raised.kind, raised.share) == ("raise", second)
    assert next_step(second, still_open, calls_at_share=900).kind == "stay"
    assert next_step(second, passed, calls_at_share=900).share == third
    assert next_step(third, passed, calls_at_share=99).kind == "stay"
    assert next_step(third, passed, calls_at_share=100).kind == "go live"


def test_a_breach_takes_a_canary_back_at_any_share() -> None:
    breached = judge(stratum(record(2000, quality=0.8), record(18_000)), TOLERANCES)
    for stage in STAGES:
        assert next_step(stage.share, breached, calls_at_share=0).kind == "roll back"


@pytest.mark.parametrize(
    "bad",
    [Simulated(success=0.85), Simulated(slower=1.2), Simulated(dearer=1.2)],
    ids=["quality", "latency", "cost"],
)
def test_of_a_hundred_bad_candidates_at_most_one_goes_live(bad: Simulated) -> None:
    outcomes = [simulate(bad, LIVE, seed=seed, tolerances=TOLERANCES) for seed in range(100)]
    assert sum(one.went_live for one in outcomes) <= 1
    assert max(one.calls for one in outcomes) <= TOLERANCES.most_calls


def test_of_a_hundred_good_candidates_at_most_ten_are_turned_away() -> None:
    outcomes = [simulate(LIVE, LIVE, seed=seed, tolerances=TOLERANCES) for seed in range(100)]
    assert sum(not one.went_live for one in outcomes) <= 10
