"""Where a call goes: the route or target its `model` names, and the order its targets are tried in."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.gateway.circuit_breaker import BreakerState
from watchkeeper.gateway.complexity import ComplexityMap
from watchkeeper.gateway.dialects import Dialect
from watchkeeper.gateway.relay.call import Call, Destination
from watchkeeper.gateway.relay.lane import Lane
from watchkeeper.gateway.relay.spending import about_input_tokens
from watchkeeper.gateway.route_plan import RoutePlan, plan
from watchkeeper.gateway.routes import Route, RouteTarget, route_of_target

_MOST_FIXED = 1000
"""Plans that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """Knows routes, targets and pass-through."""

    routes: Mapping[str, Route]
    lanes: Mapping[str, Lane]
    """Configured targets, by name."""
    passthrough: Mapping[Dialect, Lane]
    """By the client's dialect; empty where pass-through is off."""
    passthrough_timeout_s: float
    embedding_routes: frozenset[str]
    """Routes whose embeddings may be given again: all their targets have one model."""
    complexity: ComplexityMap
    clock: Clock
    chance: Callable[[], float]
    _fixed: dict[tuple[str, str | None, str | None], RoutePlan] = field(
        default_factory=dict, init=False, repr=False
    )
    """Plans of routes that every call takes alike; a plan is one of the dearest things a call needs."""

    def destination(self, model: str, dialect: Dialect) -> Destination:
        """Where a model's name leads.

        Raises:
            NotFoundError: It is no route and no target, and pass-through is off.
        """
        route = self.routes.get(model)
        if route is not None:
            return Destination(
                name=model, route=route, named=True, reuses_embeddings=model in self.embedding_routes
            )
        lane = self.lanes.get(model)
        if lane is not None:
            return Destination(
                name=model,
                route=route_of_target(RouteTarget(name=model), timeout_s=lane.timeout_s),
                named=False,
            )
        through = self.passthrough.get(dialect)
        if through is None:
            known = ", ".join(sorted({*self.routes, *self.lanes})) or "none"
            raise NotFoundError(
                f"there is no route and no target {model[:100]!r}; there are: {known}",
                action="name one of them, or set `passthrough.enabled: true`",
            )
        route = route_of_target(RouteTarget(name=through.target.name), timeout_s=self.passthrough_timeout_s)
        return Destination(name=model, route=route, named=False, passthrough=through)

    def plan(self, call: Call) -> RoutePlan:
        """What to try, in order, as the targets are now.

        Raises:
            InvalidInputError: The call forces a target that its route does not have.
        """
        route, caller = call.destination.route, call.told.caller
        task, baseline = caller.task or caller.agent, call.request.terms.baseline
        input_tokens = about_input_tokens(call.request)
        states = self._states(route)
        fixed = route.is_fixed and not states and input_tokens <= self.complexity.raise_above_tokens
        key = (route.name, task, baseline)
        if fixed and key in self._fixed:
            return self._fixed[key]
        made = plan(
            route,
            complexity=self.complexity,
            chance=self._chance(call),
            task=task,
            input_tokens=input_tokens,
            breakers=states,
            baseline=baseline,
        )
        if fixed:
            if len(self._fixed) >= _MOST_FIXED:
                self._fixed.clear()  # callers name the tasks, so there may be any number
            self._fixed[key] = made
        return made

    def lane(self, call: Call, target: str) -> Lane:
        """The lane of a planned target."""
        return call.destination.passthrough or self.lanes[target]

    def model_names(self) -> tuple[tuple[str, str], ...]:
        """What a client may name as `model`, and what it is."""
        return tuple((name, "route") for name in self.routes) + tuple(
            (name, lane.target.provider) for name, lane in self.lanes.items() if name not in self.routes
        )

    def _states(self, route: Route) -> Mapping[str, BreakerState]:
        """The states of breakers that are not closed."""
        now_s = self.clock.monotonic()
        found = {}
        for name in route.names:
            lane = self.lanes.get(name)
            if lane is not None and lane.breaker is not None:
                state = lane.breaker.state(now_s)
                if state is not BreakerState.CLOSED:
                    found[name] = state
        return found

    def _chance(self, call: Call) -> float:
        """The same for the same subject on the same route, so that a person keeps one side of a split."""
        caller = call.told.caller
        subject = caller.subject or caller.item_id
        if subject is None:
            return self.chance()
        digest = hashlib.sha256(f"{call.destination.name}\0{subject}".encode()).digest()
        return int.from_bytes(digest[:7]) / 2**56
