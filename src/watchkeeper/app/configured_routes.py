"""The routes, breakers, gates and task map that the settings describe, as the gateway takes them."""

from types import MappingProxyType

from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_routes import ComplexitySettings, RouteSettings
from watchkeeper.app.settings_targets import TargetSettings
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.gateway.circuit_breaker import BreakerPolicy
from watchkeeper.gateway.complexity import ECONOMY, Complexity, ComplexityMap
from watchkeeper.gateway.retry import RetryPolicy
from watchkeeper.gateway.routes import Route, RouteTarget, route_of_target
from watchkeeper.gateway.target_gate import GateLimits


def configured_routes(settings: Settings) -> dict[str, Route]:
    """Every route by name; names of targets are checked when settings are loaded."""
    return {name: _route(name, route, settings) for name, route in settings.routes.items()}


def configured_breakers(settings: Settings) -> dict[str, BreakerPolicy]:
    """The breaker of every target, by the target's name."""
    return {
        name: BreakerPolicy(
            failures=target.breaker.failures,
            recovery_s=target.breaker.recovery_s,
            half_open_calls=target.breaker.half_open_calls,
            successes=target.breaker.successes,
        )
        for name, target in settings.targets.items()
    }


def configured_gates(settings: Settings) -> dict[str, GateLimits]:
    """How many calls every target takes at once, by the target's name; for each gateway process."""
    return {
        name: GateLimits(at_once=target.max_concurrency, queue=target.queue, wait_s=target.queue_wait_s)
        for name, target in settings.targets.items()
    }


def configured_complexity(settings: Settings) -> ComplexityMap:
    """The task map, with what economy makes of it."""
    section: ComplexitySettings = settings.complexity
    tasks = {name: Complexity(level) for name, level in section.tasks.items()}
    return ComplexityMap(
        tasks=MappingProxyType({**tasks, **ECONOMY} if section.economy else tasks),
        unknown=Complexity(section.unknown),
        raise_above_tokens=section.raise_above_tokens,
        routing=section.routing,
    )


def route_named(settings: Settings, model: str) -> Route:
    """The route a call's `model` means: one of that name, or a target alone.

    Raises:
        NotFoundError: Neither a route nor a target has that name.
    """
    if model in settings.routes:
        return _route(model, settings.routes[model], settings)
    if model in settings.targets:
        target = settings.targets[model]
        return route_of_target(_target(model, None, target), timeout_s=target.timeout_s)
    known = ", ".join([*settings.routes, *settings.targets]) or "none yet"
    raise NotFoundError(
        f"{model[:60]!r} is neither a route nor a target",
        action=f"name one of: {known}; or configure it in watchkeeper.yaml",
    )


def _route(name: str, route: RouteSettings, settings: Settings) -> Route:
    def named(target: str, weight: int | None = None) -> RouteTarget:
        return _target(target, weight, settings.targets.get(target))

    return Route(
        name=name,
        targets=tuple(named(each.target, each.weight) for each in route.targets),
        by_complexity=MappingProxyType(
            {Complexity(level): named(target) for level, target in route.by_complexity.items()}
        ),
        forced=route.force,
        timeout_s=route.timeout_s,
        cache_ttl_s=route.cache_ttl_s,
        retry=RetryPolicy(attempts=route.retries + 1, first_wait_s=route.retry_wait_s),
        on_hang_up=route.on_hang_up,
        reserve_output_tokens=route.reserve_output_tokens,
        input_guards=route.input_guards,
        output_guards=route.output_guards,
    )


def _target(name: str, weight: int | None, target: TargetSettings | None) -> RouteTarget:
    if target is None:  # `baseline`: the only name that is configured nowhere.
        return RouteTarget(name=name, weight=weight)
    return RouteTarget(
        name=name, weight=weight, context_tokens=target.context_tokens, continues=target.continues
    )
