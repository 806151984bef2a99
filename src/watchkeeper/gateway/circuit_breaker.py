"""A circuit breaker: a target that fails is left alone for a while, then tried with care."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from watchkeeper.domain.errors import NotFoundError


class BreakerState(StrEnum):
    """What a breaker lets through: everything, nothing, or a few calls that prove the target."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """When a breaker opens and closes (requirements 2.4: 5 failures, 60 s, 3 calls, 2 successes)."""

    failures: int = 5
    """In a row that open it."""
    recovery_s: float = 60.0
    """Seconds it stays open."""
    half_open_calls: int = 3
    """At once that may prove the target."""
    successes: int = 2
    """Of those that close it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerReport:
    """How a breaker stands."""

    state: BreakerState
    for_s: float
    """Seconds it has been so."""
    forced: bool
    """Whether an operator holds it there, until `reset`."""
    failures: int
    """In a row, up to now."""
    retry_in_s: float | None
    """Seconds until it lets a call try; None when it does so now, or is held open."""


class CircuitBreaker:
    """One target's breaker; for one thread, with a time that never runs backwards as argument.

    Whoever makes a call asks `admit` and tells the ticket's end once: `succeeded`, `failed`, or
    `given_up` when the target is not to blame. What counts as a failure is the caller's to say. A
    ticket from before the last change of state no longer counts.
    """

    __slots__ = ("_epoch", "_failures", "_forced", "_policy", "_probes", "_since_s", "_state", "_successes")

    def __init__(self, policy: BreakerPolicy, *, now_s: float) -> None:
        self._policy = policy
        self._state = BreakerState.CLOSED
        self._since_s = now_s
        self._forced = False
        self._epoch = 0
        self._failures = 0
        self._probes = 0
        self._successes = 0

    def state(self, now_s: float) -> BreakerState:
        """Its state; an open one turns half-open by time alone."""
        if not self._forced and self._state is not BreakerState.CLOSED:
            waited = now_s - self._since_s >= self._policy.recovery_s
            # Half-open for that long without a verdict: its probes were lost, and new ones are let in.
            if waited and (self._state is BreakerState.OPEN or self._probes >= self._policy.half_open_calls):
                self._enter(BreakerState.HALF_OPEN, now_s)
        return self._state

    def admit(self, now_s: float) -> int | None:
        """A ticket for one call; None when the target is to be left alone."""
        if self._state is BreakerState.CLOSED:
            return self._epoch
        if self.state(now_s) is BreakerState.OPEN or self._probes >= self._policy.half_open_calls:
            return None
        self._probes += 1
        return self._epoch

    def succeeded(self, ticket: int, now_s: float) -> None:
        """The call went well."""
        if ticket != self._epoch:
            return
        self._failures = 0
        if self._state is BreakerState.HALF_OPEN:
            self._probes -= 1
            self._successes += 1
            if self._successes >= self._policy.successes:
                self._enter(BreakerState.CLOSED, now_s)

    def failed(self, ticket: int, now_s: float) -> None:
        """The call failed by the target's fault."""
        if ticket != self._epoch:
            return
        self._failures += 1
        if self._forced:
            return
        if self._state is BreakerState.HALF_OPEN or self._failures >= self._policy.failures:
            self._enter(BreakerState.OPEN, now_s)

    def given_up(self, ticket: int) -> None:
        """The call ended without telling anything about the target, as when the client went away."""
        if ticket == self._epoch and self._state is BreakerState.HALF_OPEN:
            self._probes -= 1

    def force_open(self, now_s: float) -> None:
        """Let nothing through until `reset`."""
        self._enter(BreakerState.OPEN, now_s, forced=True)

    def force_closed(self, now_s: float) -> None:
        """Let everything through until `reset`, whatever fails."""
        self._enter(BreakerState.CLOSED, now_s, forced=True)

    def reset(self, now_s: float) -> None:
        """Begin anew: closed, no failure counted, held by nobody."""
        self._enter(BreakerState.CLOSED, now_s)

    def report(self, now_s: float) -> BreakerReport:
        """How it stands."""
        state = self.state(now_s)
        waits = state is BreakerState.OPEN and not self._forced
        return BreakerReport(
            state=state,
            for_s=now_s - self._since_s,
            forced=self._forced,
            failures=self._failures,
            retry_in_s=max(0.0, self._since_s + self._policy.recovery_s - now_s) if waits else None,
        )

    def _enter(self, state: BreakerState, now_s: float, *, forced: bool = False) -> None:
        self._state = state
        self._since_s = now_s
        self._forced = forced
        self._epoch += 1
        self._probes = 0
        self._successes = 0
        if state is BreakerState.CLOSED:
            self._failures = 0


class CircuitBreakers:
    """The breakers of all targets, by name."""

    def __init__(self, policies: Mapping[str, BreakerPolicy], *, now_s: float) -> None:
        self._policies = dict(policies)
        self._breakers = {
            name: CircuitBreaker(policy, now_s=now_s) for name, policy in self._policies.items()
        }

    def __getitem__(self, target: str) -> CircuitBreaker:
        """One target's breaker.

        Raises:
            NotFoundError: No such target is configured.
        """
        found = self._breakers.get(target)
        if found is None:
            known = ", ".join(sorted(self._breakers)) or "none"
            raise NotFoundError(
                f"there is no target {target[:60]!r}, so no circuit breaker of it",
                action=f"name one of: {known}",
            )
        return found

    def __contains__(self, target: str) -> bool:
        return target in self._breakers

    def states(self, now_s: float, among: Iterable[str] | None = None) -> dict[str, BreakerState]:
        """The states by target, of all or of some; a target without a breaker is left out."""
        if among is None:
            return {name: breaker.state(now_s) for name, breaker in self._breakers.items()}
        breakers = self._breakers
        return {name: breakers[name].state(now_s) for name in among if name in breakers}

    def reports(self, now_s: float) -> dict[str, BreakerReport]:
        """How every breaker stands."""
        return {name: breaker.report(now_s) for name, breaker in self._breakers.items()}

    def reload(self, policies: Mapping[str, BreakerPolicy], *, now_s: float) -> None:
        """Take changed settings: a target whose policy is the same keeps its breaker as it stands."""
        for name in [name for name in self._breakers if name not in policies]:
            del self._breakers[name]
        for name, policy in policies.items():
            if name not in self._breakers or self._policies.get(name) != policy:
                self._breakers[name] = CircuitBreaker(policy, now_s=now_s)
        self._policies = dict(policies)
