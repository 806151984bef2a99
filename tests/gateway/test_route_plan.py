"""What a call tries on a route, in which order and why."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.gateway.circuit_breaker import BreakerState
from watchkeeper.gateway.complexity import Complexity, ComplexityMap
from watchkeeper.gateway.route_plan import RoutePlan, plan
from watchkeeper.gateway.routes import Route, RouteTarget, route_of_target

LARGE, SMALL = RouteTarget(name="large", continues="prefix"), RouteTarget(name="small")
BASELINE = RouteTarget(name="baseline")
ROUTE = Route(
    name="extract",
    targets=(LARGE, SMALL, BASELINE),
    by_complexity={Complexity.SIMPLE: SMALL},
)


def planned(route: Route = ROUTE, **asked: object) -> RoutePlan:
    return plan(route, **{"complexity": ComplexityMap(), "chance": 0.0, **asked})  # type: ignore[arg-type]


def order(found: RoutePlan) -> list[str]:
    return [step.target for step in found.steps]


def skips(found: RoutePlan) -> dict[str, str]:
    return {skip.target: skip.reason for skip in found.skipped}


def test_targets_are_tried_in_the_order_of_the_route() -> None:
    found = planned(baseline="summariser")
    assert order(found) == ["large", "small", "summariser"]
    assert [step.reason for step in found.steps] == [
        "first of the route",
        "fallback, tier 2",
        "fallback, tier 3",
    ]
    assert [step.degraded for step in found.steps] == [False, True, True]
    assert [step.baseline for step in found.steps] == [False, False, True]
    assert [step.continues for step in found.steps] == [True, False, False]


def test_an_engine_that_stands_alone_answers_in_a_models_place() -> None:
    (step,) = planned(Route(name="r", targets=(BASELINE,)), baseline="summariser").steps
    assert (step.target, step.degraded) == ("summariser", True)


def test_a_simple_task_goes_to_the_small_model_first_and_keeps_the_others_behind_it() -> None:
    found = planned(task="hook")
    assert order(found) == ["small", "large"]
    assert found.steps[0].reason == "first for simple tasks"
    assert found.level_reason == "task hook is simple"
    assert skips(found) == {
        "small": "it stands earlier in the plan",
        "baseline": "no baseline engine fits this call",
    }


def test_a_long_context_takes_a_simple_task_away_from_the_small_model() -> None:
    assert order(planned(task="hook", input_tokens=50_001)) == ["large", "small"]


def test_routing_by_complexity_can_be_switched_off() -> None:
    assert order(planned(task="hook", complexity=ComplexityMap(routing=False))) == ["large", "small"]


def test_an_open_breaker_skips_its_target_and_marks_what_answers_instead() -> None:
    found = planned(breakers={"large": BreakerState.OPEN})
    assert order(found) == ["small"]
    assert found.steps[0].degraded
    assert skips(found)["large"] == "its circuit breaker is open"


def test_a_half_open_breaker_keeps_its_place() -> None:
    found = planned(breakers={"large": BreakerState.HALF_OPEN})
    assert found.steps[0].reason == "first of the route; its circuit breaker is half-open"


def test_a_target_too_small_for_the_input_is_passed_by_and_nothing_is_degraded_by_that() -> None:
    tight = Route(name="r", targets=(RouteTarget(name="small", context_tokens=8_000), LARGE))
    assert order(planned(tight, input_tokens=8_000)) == ["small", "large"]
    found = planned(tight, input_tokens=8_001)
    assert order(found) == ["large"]
    assert not found.steps[0].degraded
    assert skips(found) == {"small": "8001 tokens of input are more than the 8000 it takes"}


def test_a_forced_target_is_the_only_one_tried() -> None:
    found = planned(forced="small")
    assert order(found) == ["small"]
    assert found.steps[0].reason == "forced by the caller"
    assert skips(found) == {
        "large": "small is forced by the caller",
        "baseline": "small is forced by the caller",
    }


def test_a_route_can_force_a_target_and_the_caller_goes_before_it() -> None:
    forced = Route(name="r", targets=(LARGE, SMALL), forced="small")
    assert planned(forced).steps[0].reason == "forced by the route's settings"
    assert order(planned(forced, forced="large")) == ["large"]


def test_a_target_without_traffic_can_still_be_forced() -> None:
    split = Route(name="r", targets=(RouteTarget(name="blue", weight=1), RouteTarget(name="green", weight=0)))
    assert order(planned(split)) == ["blue"]
    assert skips(planned(split)) == {"green": "its weight is 0"}
    assert order(planned(split, forced="green")) == ["green"]


def test_forcing_a_target_of_another_route_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="'huge' is not a target of route 'extract'"):
        planned(forced="huge")


def test_a_route_that_can_try_nothing_says_so_of_each() -> None:
    found = planned(breakers={"large": BreakerState.OPEN, "small": BreakerState.OPEN})
    assert found.steps == ()
    assert set(skips(found)) == {"large", "small", "baseline"}


def test_a_call_that_names_a_target_tries_it_alone() -> None:
    assert order(planned(route_of_target(SMALL, timeout_s=5.0))) == ["small"]


def test_blue_and_green_share_a_tier_so_neither_is_a_fallback_of_the_other() -> None:
    split = Route(
        name="r",
        targets=(RouteTarget(name="blue", weight=90), RouteTarget(name="green", weight=10), LARGE),
    )
    found = planned(split, chance=0.95)
    assert order(found) == ["green", "blue", "large"]
    assert [step.tier for step in found.steps] == [1, 1, 2]
    assert [step.degraded for step in found.steps] == [False, False, True]
    assert found.steps[0].reason == "drawn by its weight, 10 of 100"


weights = st.lists(st.integers(0, 9), min_size=1, max_size=5).filter(any)


@given(weights=weights)
def test_every_weighted_target_is_first_for_exactly_its_share_of_chances(weights: list[int]) -> None:
    route = Route(
        name="r", targets=tuple(RouteTarget(name=str(n), weight=weight) for n, weight in enumerate(weights))
    )
    whole = sum(weights)
    firsts = [order(planned(route, chance=(n + 0.5) / whole))[0] for n in range(whole)]
    assert [firsts.count(str(n)) for n in range(len(weights))] == weights


@given(first=weights, second=weights)
def test_one_chance_draws_two_tiers_independently(first: list[int], second: list[int]) -> None:
    tiers = [
        tuple(RouteTarget(name=f"{name}{n}", weight=weight) for n, weight in enumerate(each))
        for name, each in (("a", first), ("b", second))
    ]
    route = Route(name="r", targets=(*tiers[0], SMALL, *tiers[1]))
    whole = sum(first) * sum(second)
    pairs = []
    for n in range(whole):
        tried = order(planned(route, chance=(n + 0.5) / whole))
        pairs.append((tried[0], next(name for name in tried if name.startswith("b"))))
    for n, a in enumerate(first):
        for m, b in enumerate(second):
            assert pairs.count((f"a{n}", f"b{m}")) == Fraction(a * b)


names = st.sampled_from(["large", "small", "blue", "green", "baseline"])
route_targets = st.lists(
    st.builds(
        RouteTarget,
        name=names,
        weight=st.none() | st.integers(0, 3),
        context_tokens=st.none() | st.integers(1, 100),
    ),
    min_size=1,
    max_size=6,
)


@given(
    targets=route_targets,
    chance=st.floats(0, 1, exclude_max=True),
    tokens=st.none() | st.integers(0, 200),
    breakers=st.dictionaries(names, st.sampled_from(BreakerState)),
    baseline=st.none() | st.just("engine"),
    task=st.none() | st.sampled_from(["hook", "expanded"]),
    simple=names,
)
def test_a_plan_is_stable_tries_nobody_twice_and_accounts_for_every_target(
    targets: list[RouteTarget],
    chance: float,
    tokens: int | None,
    breakers: dict[str, BreakerState],
    baseline: str | None,
    task: str | None,
    simple: str,
) -> None:
    route = Route(
        name="r", targets=tuple(targets), by_complexity={Complexity.SIMPLE: RouteTarget(name=simple)}
    )
    asked = {
        "chance": chance,
        "input_tokens": tokens,
        "breakers": breakers,
        "baseline": baseline,
        "task": task,
    }
    found = planned(route, **asked)
    assert found == planned(route, **asked)
    tried = ["baseline" if step.baseline else step.target for step in found.steps]
    assert len(tried) == len(set(tried))
    assert not [name for name in tried if name != "baseline" and breakers.get(name) is BreakerState.OPEN]
    left_out = [skip.target for skip in found.skipped]
    listed = [target.name for target in targets] + ([simple] if task == "hook" else [])
    assert sorted(tried + left_out) == sorted(listed)
    tiers = [step.tier for step in found.steps]
    assert tiers == sorted(tiers)
