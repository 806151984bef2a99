"""A route: a name callers use as `model`, and the targets behind it in the order they are tried."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from watchkeeper.gateway.complexity import Complexity
from watchkeeper.gateway.retry import RetryPolicy

BASELINE_TIER = "baseline"
"""In a route's targets: the baseline engine that fits the call, as its last tier."""
RESERVED_OUTPUT_TOKENS = 4096
"""What is reserved for an answer whose length the call does not bound (law 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTarget:
    """One target of a route."""

    name: str
    """A configured target, or `baseline`."""
    weight: int | None = None
    """Its share of the traffic among the weighted targets beside it; 0 gets none, None has no share."""
    context_tokens: int | None = None
    """The longest input it takes, in tokens; None where that is not known."""
    continues: Literal["prefix"] | None = None
    """`prefix`: it goes on with an answer another target began, given as the assistant's words."""


Tier = tuple[RouteTarget, ...]
"""Targets that share traffic by weight; a target without a weight is a tier of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where calls to one model name go."""

    name: str
    targets: tuple[RouteTarget, ...]
    by_complexity: Mapping[Complexity, RouteTarget] = field(default_factory=lambda: MappingProxyType({}))
    """The target tried first for a level; the others follow it in their order."""
    forced: str | None = None
    """The one target of this route that may answer; None lets all."""
    timeout_s: float = 60.0
    """From the request to the end of the reply, every attempt and wait included."""
    cache_ttl_s: float = 0.0
    """How long an answer is given again; 0 never."""
    retry: RetryPolicy = field(default_factory=lambda: RetryPolicy(attempts=2, first_wait_s=0.25))
    """At one target, before the next is tried."""
    on_hang_up: Literal["finish", "cancel"] = "finish"
    """When the client goes away: read the answer to its end so that its cost is known, or stop."""
    reserve_output_tokens: int = RESERVED_OUTPUT_TOKENS
    input_guards: tuple[str, ...] = ()
    """Names of the guards a request must pass, in their order."""
    output_guards: tuple[str, ...] = ()
    """Names of the rules an answer must keep, in their order."""
    tiers: tuple[Tier, ...] = field(init=False, repr=False, compare=False)
    """The targets in groups; worked out once, as every call needs it."""
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Every target it can lead to, each once, in order; `baseline` among them where it stands."""
    is_fixed: bool = field(init=False, repr=False, compare=False)
    """Whether every call tries the same targets in the same order, as long as all are well."""

    def __post_init__(self) -> None:
        every = [*self.targets, *self.by_complexity.values()]
        chosen = self.by_complexity or self.forced is not None
        depends = any(one.weight is not None or one.context_tokens is not None for one in every)
        object.__setattr__(self, "tiers", _tiers(self.targets))
        object.__setattr__(self, "names", tuple(dict.fromkeys(target.name for target in every)))
        object.__setattr__(self, "is_fixed", not chosen and not depends)


def route_of_target(target: RouteTarget, *, timeout_s: float) -> Route:
    """The route of a call that names a target itself: that target alone."""
    return Route(name=target.name, targets=(target,), timeout_s=timeout_s)


def _tiers(targets: tuple[RouteTarget, ...]) -> tuple[Tier, ...]:
    tiers: list[list[RouteTarget]] = []
    for target in targets:
        if target.weight is not None and tiers and tiers[-1][0].weight is not None:
            tiers[-1].append(target)
        else:
            tiers.append([target])
    return tuple(tuple(tier) for tier in tiers)
