"""What a route would try and why, as a person and a program read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from watchkeeper.app.configured_routes import configured_complexity, configured_routes, route_named
from watchkeeper.app.settings import Settings
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.gateway.circuit_breaker import BreakerState
from watchkeeper.gateway.route_plan import RoutePlan, Skip, Step, plan
from watchkeeper.gateway.routes import BASELINE_TIER, Route

Breakers = Mapping[str, BreakerState]
"""States by target, as a running gateway tells them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedStep:
    """A target that would be tried."""

    target: str
    provider: str
    model: str | None
    """As the provider knows it; None for a baseline engine."""
    tier: int
    reason: str
    degraded: bool
    continues: bool
    breaker: str | None
    """`closed`, `half_open`; None where no gateway told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteExplanation:
    """What a call to a model name does."""

    name: str
    kind: Literal["route", "target", "passthrough"]
    task: str | None
    input_tokens: int | None
    level: str | None
    """The call's complexity; None for pass-through."""
    level_reason: str | None
    timeout_s: float | None
    """None for pass-through."""
    breakers_known: bool
    """Whether a running gateway told its breakers; otherwise the plan takes them as closed."""
    by_chance: bool
    """Whether weights decide by chance which target of a tier is first; one possible order is shown."""
    steps: tuple[ExplainedStep, ...]
    skipped: tuple[Skip, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRow:
    """One route in a list."""

    name: str
    targets: tuple[str, ...]
    """In order; a weighted one as `NAME (weight N)`."""
    by_complexity: Mapping[str, str]
    forced: str | None
    timeout_s: float
    cache_ttl_s: float
    breakers: Mapping[str, str] | None
    """States by target; None where no gateway told."""


def explain(
    settings: Settings,
    model: str,
    *,
    task: str | None = None,
    input_tokens: int | None = None,
    forced: str | None = None,
    breakers: Breakers | None = None,
    baseline: str | None = None,
) -> RouteExplanation:
    """What would be tried for a call to `model`, and why.

    Args:
        settings: What is configured.
        model: As a client would name it.
        task: What the call is for.
        input_tokens: How long its input is.
        forced: The one target that may answer.
        breakers: States by target; None where no gateway was asked.
        baseline: The baseline engine that fits; None when none does.

    Raises:
        NotFoundError: It is no route and no target, and nothing passes through.
        InvalidInputError: `forced` is not a target of the route.
    """
    try:
        route = route_named(settings, model)
    except NotFoundError:
        if not _passes_through(settings):
            raise
        return _passthrough(model, task, input_tokens)
    found = plan(
        route,
        complexity=configured_complexity(settings),
        chance=0.0,
        task=task,
        input_tokens=input_tokens,
        forced=forced,
        breakers=breakers or {},
        baseline=baseline,
    )
    return RouteExplanation(
        name=model,
        kind="route" if model in settings.routes else "target",
        task=task,
        input_tokens=input_tokens,
        level=found.level.value,
        level_reason=found.level_reason,
        timeout_s=route.timeout_s,
        breakers_known=breakers is not None,
        by_chance=_by_chance(route, found),
        steps=tuple(_step(step, settings, breakers) for step in found.steps),
        skipped=found.skipped,
    )


def route_rows(settings: Settings, breakers: Breakers | None = None) -> tuple[RouteRow, ...]:
    """Every configured route."""
    return tuple(_row(route, breakers) for route in configured_routes(settings).values())


def _row(route: Route, breakers: Breakers | None) -> RouteRow:
    states = None
    if breakers is not None:
        states = {name: breakers[name].value for name in route.names if name in breakers}
    return RouteRow(
        name=route.name,
        targets=tuple(
            target.name if target.weight is None else f"{target.name} (weight {target.weight})"
            for target in route.targets
        ),
        by_complexity={level.value: target.name for level, target in route.by_complexity.items()},
        forced=route.forced,
        timeout_s=route.timeout_s,
        cache_ttl_s=route.cache_ttl_s,
        breakers=states,
    )


def _step(step: Step, settings: Settings, breakers: Breakers | None) -> ExplainedStep:
    target = None if step.baseline else settings.targets[step.target]
    state = None
    if breakers is not None and target is not None:
        state = breakers.get(step.target, BreakerState.CLOSED).value
    return ExplainedStep(
        target=step.target,
        provider=BASELINE_TIER if target is None else target.provider,
        model=None if target is None else target.model,
        tier=step.tier,
        reason=step.reason,
        degraded=step.degraded,
        continues=step.continues,
        breaker=state,
    )


def _by_chance(route: Route, found: RoutePlan) -> bool:
    tiers = [step.tier for step in found.steps]
    return any(target.weight for target in route.targets) and len(tiers) != len(set(tiers))


def _passes_through(settings: Settings) -> bool:
    enabled = settings.passthrough.enabled
    return not settings.routes if enabled is None else enabled


def _passthrough(model: str, task: str | None, input_tokens: int | None) -> RouteExplanation:
    return RouteExplanation(
        name=model,
        kind="passthrough",
        task=task,
        input_tokens=input_tokens,
        level=None,
        level_reason=None,
        timeout_s=None,
        breakers_known=False,
        by_chance=False,
        steps=(),
        skipped=(),
    )
