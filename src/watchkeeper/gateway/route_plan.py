"""Which targets a call tries, in which order, and why; and why the others are left out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.gateway.circuit_breaker import BreakerState
from watchkeeper.gateway.complexity import Complexity, ComplexityMap
from watchkeeper.gateway.routes import BASELINE_TIER, Route, RouteTarget, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A target that is tried."""

    target: str
    """As calls name it; a baseline engine by its own name."""
    reason: str
    tier: int
    """Counted from 1; targets that share traffic by weight are one tier."""
    degraded: bool
    """Whether an answer from here is a fallback (law 9): a better tier, or a model, should have given it."""
    baseline: bool = False
    continues: bool = False
    """Whether it can go on with an answer that another target began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A target that is not tried."""

    target: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePlan:
    """What a call does on a route."""

    route: str
    level: Complexity
    level_reason: str
    steps: tuple[Step, ...]
    """In the order they are tried; empty when none can be."""
    skipped: tuple[Skip, ...]


_Candidate = tuple[RouteTarget, int, str]
"""A target, its tier and why it stands there, before it is known whether it can be tried."""
# Calls of a route make the same few steps again and again; a step kept is ten times quicker than a new one.
_step = lru_cache(maxsize=4096)(Step)
_skip = lru_cache(maxsize=4096)(Skip)
_NO_BREAKERS: Mapping[str, BreakerState] = {}


def plan(
    route: Route,
    *,
    complexity: ComplexityMap,
    chance: float,
    task: str | None = None,
    input_tokens: int | None = None,
    forced: str | None = None,
    breakers: Mapping[str, BreakerState] = _NO_BREAKERS,
    baseline: str | None = None,
) -> RoutePlan:
    """What to try for a call; equal arguments give an equal plan.

    Args:
        route: Where the call goes.
        complexity: How hard tasks are.
        chance: From 0 up to 1; decides which weighted target is first. A stable hash of who asks
            keeps a person on one side of a blue-green split.
        task: What the call is for, as the caller named it.
        input_tokens: How long its input is; None when that is not known.
        forced: The one target of the route that may answer; goes before the route's own.
        breakers: States by target; one that is missing is closed.
        baseline: The baseline engine that fits the call; None when none does.

    Raises:
        InvalidInputError: `forced` is not a target of the route.
    """
    judged = complexity.judge(task, input_tokens=input_tokens)
    steps: list[Step] = []
    skipped: list[Skip] = []
    taken: set[str] = set()
    intended: int | None = None
    for target, tier, why in _candidates(route, judged.level if complexity.routing else None, chance, forced):
        left_out = why if tier < 1 else _left_out(target, taken, input_tokens, baseline)
        if left_out is not None:
            skipped.append(_skip(target=target.name, reason=left_out))
            continue
        taken.add(target.name)
        intended = tier if intended is None else intended
        if target.name == BASELINE_TIER and baseline is not None:
            steps.append(_baseline_step(baseline, tier, why))
            continue
        state = breakers.get(target.name)
        if state is BreakerState.OPEN:
            skipped.append(_skip(target=target.name, reason="its circuit breaker is open"))
            continue
        steps.append(_step_to(target, tier, why, degraded=tier > intended, state=state))
    return RoutePlan(
        route=route.name,
        level=judged.level,
        level_reason=judged.reason,
        steps=tuple(steps),
        skipped=tuple(skipped),
    )


def _baseline_step(engine: str, tier: int, why: str) -> Step:
    return _step(target=engine, reason=why, tier=tier, degraded=True, baseline=True, continues=False)


def _step_to(target: RouteTarget, tier: int, why: str, *, degraded: bool, state: BreakerState | None) -> Step:
    probing = "; its circuit breaker is half-open" if state is BreakerState.HALF_OPEN else ""
    return _step(
        target=target.name,
        reason=why + probing,
        tier=tier,
        degraded=degraded,
        baseline=False,
        continues=target.continues is not None,
    )


def _left_out(
    target: RouteTarget, taken: set[str], input_tokens: int | None, baseline: str | None
) -> str | None:
    """Why a target has no part in this call, whatever state it is in; None when it has."""
    if target.name in taken:
        return "it stands earlier in the plan"
    if target.name == BASELINE_TIER and baseline is None:
        return "no baseline engine fits this call"
    limit = target.context_tokens
    if limit is not None and input_tokens is not None and input_tokens > limit:
        return f"{input_tokens} tokens of input are more than the {limit} it takes"
    return None


_LEFT_OUT = 0
"""In place of a tier: the target has no part in the call, and its reason says why."""


def _candidates(
    route: Route, level: Complexity | None, chance: float, forced: str | None
) -> Iterator[_Candidate]:
    """Every target of the route in order."""
    only = forced or route.forced
    if only is not None:
        yield from _forced(route, only, "the caller" if forced else "the route's settings")
        return
    first = route.by_complexity.get(level) if level is not None else None
    number = 1
    if first is not None and level is not None:
        yield (first, number, f"first for {level.value} tasks")
        number += 1
    for tier in route.tiers:
        if tier[0].weight is None:
            reason = "first of the route" if number == 1 else f"fallback, tier {number}"
            yield (tier[0], number, reason)
        else:
            drawn, chance = _by_weight(tier, chance, number)
            yield from drawn
        number += 1


def _forced(route: Route, only: str, by: str) -> Iterator[_Candidate]:
    found = False
    for target in (*route.targets, *route.by_complexity.values()):
        if target.name == only and not found:
            found = True
            yield (target, 1, f"forced by {by}")
        elif target.name != only:
            yield (target, _LEFT_OUT, f"{only} is forced by {by}")
    if not found:
        raise InvalidInputError(
            f"{only[:60]!r} is not a target of route {route.name!r}",
            action=f"force one of: {', '.join(route.names)}",
        )


def _by_weight(tier: Tier, chance: float, number: int) -> tuple[list[_Candidate], float]:
    """The tier's targets, the drawn one first, and a fresh chance for the next tier.

    What is left of a uniform chance inside the share it fell into, stretched, is again uniform and
    independent of the draw: so one number serves all tiers.
    """
    whole = sum(target.weight or 0 for target in tier)
    point, below = chance * whole, 0
    drawn: list[_Candidate] = []
    rest: list[_Candidate] = []
    left = chance
    for target in tier:
        weight = target.weight or 0
        if weight == 0:
            rest.append((target, _LEFT_OUT, "its weight is 0"))
        elif not drawn and point < below + weight:
            drawn.append((target, number, f"drawn by its weight, {weight} of {whole}"))
            left = (point - below) / weight
        else:
            rest.append((target, number, f"shares tier {number} by weight, {weight} of {whole}"))
        below += weight
    return drawn + rest, left
