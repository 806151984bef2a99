"""Chains, the decorator, time limits and checks, as a workload uses them."""

from collections import Counter
from collections.abc import Iterator
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import (
    ErrorTier,
    InvalidFieldError,
    InvalidInputError,
    UnavailableError,
    WatchkeeperError,
)
from watchkeeper.domain.errors.components import (
    ComponentBusyError,
    ComponentFailedError,
    ComponentOutputError,
    ComponentTooSlowError,
    NothingServedError,
)
from watchkeeper.fallbacks import (
    FallbackChain,
    Strategy,
    TimeLimit,
    checked_scores,
    guarded,
    require_between,
    require_text,
)


def failing(_: object) -> str:
    raise KeyError("something a user wrote")


@pytest.mark.requirement("HE-48")
def test_the_highest_number_runs_first_whatever_the_order_it_was_given_in() -> None:
    tried: list[int] = []

    def note(priority: int) -> str:
        tried.append(priority)
        raise OSError

    chain = FallbackChain("it", [Strategy(f"s{n}", n, lambda _, n=n: note(n)) for n in (2, 1, 3)])
    with pytest.raises(NothingServedError):
        chain.run(None)
    assert tried == [3, 2, 1]


@pytest.mark.requirement("HE-48")
def test_a_fallback_says_who_answered_why_and_what_was_lost() -> None:
    told: list[str] = []
    chain = FallbackChain(
        "it",
        [Strategy("plain", 1, lambda _: "plain"), Strategy("fine", 2, failing)],
        tell=lambda name, failure: told.append(f"{name} {failure.code}"),
    )
    served = chain.run(None)
    assert (served.result, served.strategy, served.tier) == ("plain", "plain", ErrorTier.HIGH)
    assert told == ["fine component_failed"]
    assert "KeyError" in str(served.reason)
    assert "something a user wrote" not in str(served.reason)


@pytest.mark.requirement("HE-48")
def test_when_all_fail_it_is_critical_and_says_of_each_how() -> None:
    chain = FallbackChain("it", [Strategy("one", 1, failing), Strategy("two", 2, failing)])
    with pytest.raises(NothingServedError, match=r"two: .*KeyError; one: .*KeyError") as nothing:
        chain.run(None)
    assert (nothing.value.tier, nothing.value.status) == (ErrorTier.CRITICAL, 503)


def test_a_wrong_question_is_not_asked_again_of_the_next_strategy() -> None:
    def refuse(_: object) -> str:
        raise InvalidInputError("no")

    chain = FallbackChain("it", [Strategy("one", 1, lambda _: "answer"), Strategy("two", 2, refuse)])
    with pytest.raises(InvalidInputError):
        chain.run(None)


@pytest.mark.parametrize("priorities", [(), (1, 1)])
def test_a_chain_without_an_order_is_refused(priorities: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="different names and priorities"):
        FallbackChain("it", [Strategy(f"s{at}", n, str) for at, n in enumerate(priorities)])


@pytest.mark.requirement("HE-48")
@given(st.sets(st.integers(), min_size=1, max_size=6), st.data())
def test_the_answer_is_always_of_the_highest_that_works(priorities: set[int], data: st.DataObject) -> None:
    working = data.draw(st.sets(st.sampled_from(sorted(priorities)), min_size=1))
    chain = FallbackChain(
        "it",
        [Strategy(str(n), n, (lambda _, n=n: str(n)) if n in working else failing) for n in priorities],
    )
    served = chain.run(None)
    assert served.strategy == served.result == str(max(working))
    assert [int(name) for name, _ in served.failures] == sorted(
        (n for n in priorities if n > max(working)), reverse=True
    )


@pytest.mark.requirement("HE-07", "HE-48")
def test_a_guarded_component_answers_with_its_fallback_and_an_unknown_exception_is_its_own_failure() -> None:
    told: list[tuple[str, WatchkeeperError]] = []
    safe = guarded("prices", fallback="unknown", tell=lambda *failure: told.append(failure))(failing)
    assert safe("x") == "unknown"
    [(name, failure)] = told
    assert name == "prices"
    assert type(failure) is ComponentFailedError
    assert not isinstance(failure, UnavailableError)
    assert failure.tier < ErrorTier.CRITICAL
    assert "database" not in failure.message


@pytest.mark.requirement("HE-07", "HE-48")
def test_failures_of_guarded_components_are_counted_by_component() -> None:
    failures: Counter[str] = Counter()

    def count(name: str, _failure: WatchkeeperError) -> None:
        failures[name] += 1

    prices = guarded("prices", fallback="unknown", tell=count)(failing)
    weather = guarded("weather", fallback="unknown", tell=count)(failing)
    assert {prices("x"), prices("y"), weather("x")} == {"unknown"}
    assert failures == {"prices": 2, "weather": 1}


@pytest.mark.requirement("HE-07", "HE-48")
def test_a_guarded_component_lets_a_wrong_question_through() -> None:
    @guarded("prices", fallback=None)
    def price(_: object) -> None:
        raise InvalidFieldError("no such thing", field="thing")

    with pytest.raises(InvalidFieldError):
        price("x")


@pytest.fixture
def hanging() -> Iterator[Event]:
    go_on = Event()
    yield go_on
    go_on.set()


def test_late_work_is_not_waited_for_and_never_takes_more_threads_than_it_has_places(hanging: Event) -> None:
    limit = TimeLimit("graph", 0.02, places=2)
    for _ in range(2):
        with pytest.raises(ComponentTooSlowError, match="longer than 20 ms"):
            limit.run(hanging.wait)
    with pytest.raises(ComponentBusyError):
        limit.run(hanging.wait)
    hanging.set()


def test_work_within_its_time_gives_its_result_or_its_own_exception() -> None:
    limit = TimeLimit("graph", 5.0)
    assert limit.run(lambda: 7) == 7

    def own() -> None:
        raise TimeoutError("its own")

    with pytest.raises(TimeoutError, match="its own"):
        limit.run(own)
    limit.close()


@pytest.mark.requirement("HE-48")
@pytest.mark.parametrize("text", ["", "   \n", "x" * 1001, None, 7])
def test_a_text_that_is_none_is_refused(text: object) -> None:
    with pytest.raises(InvalidFieldError):
        require_text(text, "query", most_characters=1000)


@pytest.mark.requirement("HE-48")
@pytest.mark.parametrize("number", [0, 101, True, 2.0, "5", None])
def test_a_number_out_of_bounds_is_refused(number: object) -> None:
    with pytest.raises(InvalidFieldError, match="from 1 to 100"):
        require_between(number, "top_k", least=1, most=100)


@pytest.mark.requirement("HE-48")
def test_scores_outside_are_clamped_with_one_warning() -> None:
    warned: list[str] = []
    scores = checked_scores("graph", {"a": 1.4, "b": -0.1, "c": 0.5}, known=str.isalpha, warn=warned.append)
    assert scores == {"a": 1.0, "b": 0.0, "c": 0.5}
    assert len(warned) == 1
    assert "2 of 3" in warned[0]


@pytest.mark.requirement("HE-48")
@pytest.mark.parametrize("scores", [{"a": float("nan")}, {"a": "0.5"}, {"1": 0.5}, ["a"], None])
def test_what_is_no_score_is_a_broken_answer(scores: object) -> None:
    with pytest.raises(ComponentOutputError, match="'graph'"):
        checked_scores("graph", scores, known=str.isalpha, warn=lambda _: None)
