"""A target that fails is left alone, tried with care, and held by an operator when told so."""

from dataclasses import dataclass, field

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from watchkeeper.domain.errors import NotFoundError
from watchkeeper.gateway.circuit_breaker import BreakerPolicy, BreakerState, CircuitBreaker, CircuitBreakers

CLOSED, OPEN, HALF_OPEN = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN


def breaker(**policy: float) -> CircuitBreaker:
    return CircuitBreaker(BreakerPolicy(**policy), now_s=0.0)  # type: ignore[arg-type]


def ticket(of: CircuitBreaker, now_s: float) -> int:
    got = of.admit(now_s)
    assert got is not None
    return got


def failing(of: CircuitBreaker, times: int, now_s: float = 0.0) -> None:
    for _ in range(times):
        of.failed(ticket(of, now_s), now_s)


def test_five_failures_in_a_row_open_it_for_a_minute() -> None:
    one = breaker()
    failing(one, 4)
    assert one.state(0.0) is CLOSED
    failing(one, 1, now_s=10.0)
    assert one.admit(10.0) is None
    assert one.admit(69.9) is None
    assert one.report(40.0).retry_in_s == 30.0
    assert one.state(70.0) is HALF_OPEN


def test_a_success_between_failures_begins_the_count_anew() -> None:
    one = breaker()
    failing(one, 4)
    one.succeeded(ticket(one, 0.0), 0.0)
    failing(one, 4)
    assert one.state(0.0) is CLOSED


def test_half_open_lets_three_calls_at_once_and_two_successes_close_it() -> None:
    one = breaker()
    failing(one, 5)
    probes = [ticket(one, 60.0) for _ in range(3)]
    assert one.admit(60.0) is None
    one.succeeded(probes[0], 61.0)
    assert one.state(61.0) is HALF_OPEN
    one.succeeded(probes[1], 62.0)
    assert one.state(62.0) is CLOSED
    assert one.report(62.0).failures == 0


def test_one_failed_probe_opens_it_for_another_minute() -> None:
    one = breaker()
    failing(one, 5)
    one.failed(ticket(one, 60.0), 65.0)
    assert one.state(124.9) is OPEN
    assert one.state(125.0) is HALF_OPEN


def test_a_probe_given_up_makes_room_for_another_and_proves_nothing() -> None:
    one = breaker(half_open_calls=1)
    failing(one, 5)
    one.given_up(ticket(one, 60.0))
    assert one.admit(60.0) is not None
    assert one.state(60.0) is HALF_OPEN


def test_probes_that_never_tell_their_end_do_not_close_the_target_for_ever() -> None:
    one = breaker(half_open_calls=1)
    failing(one, 5)
    lost = ticket(one, 60.0)
    assert one.admit(119.9) is None
    fresh = ticket(one, 120.0)
    one.failed(lost, 121.0)
    assert one.state(121.0) is HALF_OPEN
    one.succeeded(fresh, 121.0)
    assert one.state(121.0) is HALF_OPEN


def test_a_call_from_before_it_opened_tells_nothing_about_the_target_now() -> None:
    one = breaker()
    slow = ticket(one, 0.0)
    failing(one, 5)
    assert one.state(60.0) is HALF_OPEN
    one.failed(slow, 60.0)
    assert one.state(60.0) is HALF_OPEN


def test_an_operator_holds_it_open_until_reset() -> None:
    one = breaker()
    one.force_open(0.0)
    assert one.admit(1_000_000.0) is None
    report = one.report(5.0)
    assert (report.state, report.forced, report.for_s, report.retry_in_s) == (OPEN, True, 5.0, None)
    one.reset(10.0)
    assert one.admit(10.0) is not None
    assert not one.report(10.0).forced


def test_an_operator_holds_it_closed_whatever_fails() -> None:
    one = breaker()
    one.force_closed(0.0)
    failing(one, 50)
    report = one.report(0.0)
    assert (report.state, report.forced, report.failures) == (CLOSED, True, 50)


def test_forcing_it_closed_ends_an_open_state_at_once() -> None:
    one = breaker()
    failing(one, 5)
    one.force_closed(1.0)
    assert one.admit(1.0) is not None


def test_breakers_know_their_targets_and_refuse_others_with_a_sentence() -> None:
    all_of_them = CircuitBreakers({"large": BreakerPolicy(), "small": BreakerPolicy(failures=1)}, now_s=0.0)
    failing(all_of_them["small"], 1)
    assert all_of_them.states(0.0) == {"large": CLOSED, "small": OPEN}
    assert all_of_them.states(0.0, ["small", "baseline"]) == {"small": OPEN}
    assert all_of_them.reports(0.0)["small"].failures == 1
    assert "large" in all_of_them
    with pytest.raises(NotFoundError, match="no target 'huge'") as told:
        all_of_them["huge"]
    assert told.value.action == "name one of: large, small"


def test_reloading_keeps_the_state_of_a_target_whose_policy_did_not_change() -> None:
    every = CircuitBreakers({name: BreakerPolicy(failures=1) for name in ("a", "b", "c")}, now_s=0.0)
    for name in ("a", "b", "c"):
        failing(every[name], 1)
    every.reload({"a": BreakerPolicy(failures=1), "b": BreakerPolicy(), "d": BreakerPolicy()}, now_s=1.0)
    assert every.states(1.0) == {"a": OPEN, "b": CLOSED, "d": CLOSED}


@dataclass
class Model:
    """The rules as an operator would tell them, kept as plainly as can be."""

    state: BreakerState = CLOSED
    since_s: float = 0.0
    held: bool = False
    failures: int = 0
    successes: int = 0
    valid: set[int] = field(default_factory=set)
    """Calls in flight that still count; every change of state forgets them."""

    def enter(self, state: BreakerState, now_s: float, held: bool = False) -> None:
        self.state, self.since_s, self.held = state, now_s, held
        self.successes = 0
        self.valid = set()
        if state is CLOSED:
            self.failures = 0


class BreakerMachine(RuleBasedStateMachine):
    POLICY = BreakerPolicy(failures=3, recovery_s=10.0, half_open_calls=2, successes=2)

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0
        self.breaker = CircuitBreaker(self.POLICY, now_s=0.0)
        self.model = Model()
        self.calls: dict[int, int] = {}
        """Tickets of calls in flight, by a number of our own."""
        self.made = 0

    def settle(self) -> None:
        """What time alone does."""
        model, policy = self.model, self.POLICY
        if not model.held and self.now_s - model.since_s >= policy.recovery_s:
            stuck = model.state is HALF_OPEN and len(model.valid) == policy.half_open_calls
            if model.state is OPEN or stuck:
                model.enter(HALF_OPEN, self.now_s)

    @rule(seconds=st.sampled_from([0.5, 4.0, 10.0]))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds

    @rule()
    def a_call_asks(self) -> None:
        self.settle()
        full = self.model.state is HALF_OPEN and len(self.model.valid) == self.POLICY.half_open_calls
        expected = self.model.state is not OPEN and not full
        got = self.breaker.admit(self.now_s)
        assert (got is not None) is expected
        if got is not None:
            self.made += 1
            self.calls[self.made] = got
            self.model.valid.add(self.made)

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), end=st.sampled_from(["well", "badly", "given up"]))
    def a_call_ends(self, data: st.DataObject, end: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.calls)))
        got = self.calls.pop(number)
        {
            "well": lambda: self.breaker.succeeded(got, self.now_s),
            "badly": lambda: self.breaker.failed(got, self.now_s),
            "given up": lambda: self.breaker.given_up(got),
        }[end]()
        model = self.model
        if number not in model.valid:
            return
        model.valid.remove(number)
        if end == "well":
            model.failures = 0
            model.successes += model.state is HALF_OPEN
            if model.successes == self.POLICY.successes:
                model.enter(CLOSED, self.now_s)
        elif end == "badly":
            model.failures += 1
            if not model.held and (model.state is HALF_OPEN or model.failures >= self.POLICY.failures):
                model.enter(OPEN, self.now_s)

    @rule(what=st.sampled_from(["open", "closed", "reset"]))
    def an_operator_acts(self, what: str) -> None:
        if what == "open":
            self.breaker.force_open(self.now_s)
            self.model.enter(OPEN, self.now_s, held=True)
        elif what == "closed":
            self.breaker.force_closed(self.now_s)
            self.model.enter(CLOSED, self.now_s, held=True)
        else:
            self.breaker.reset(self.now_s)
            self.model.enter(CLOSED, self.now_s)

    @invariant()
    def they_agree(self) -> None:
        self.settle()
        report = self.breaker.report(self.now_s)
        model = self.model
        assert (report.state, report.forced, report.failures) == (model.state, model.held, model.failures)
        assert report.for_s == pytest.approx(self.now_s - model.since_s)


TestBreakerMachine = BreakerMachine.TestCase
TestBreakerMachine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
