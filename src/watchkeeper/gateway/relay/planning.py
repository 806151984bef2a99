"""Where a call goes: the route or target its `model` names, and the order its targets are tried in."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

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
        return plan(
            route,
            complexity=self.complexity,
            chance=self._chance(call),
            task=caller.task or caller.agent,
            input_tokens=about_input_tokens(call.request),
            breakers=self._states(route),
            baseline=call.request.terms.baseline,
        )

    def lane(self, call: Call, target: str) -> Lane:
        """The lane of a planned target."""
        return call.destination.passthrough or self.lanes[target]

    def model_names(self) -> tuple[tuple[str, str], ...]:
        """What a client may name as `model`, and what it is."""
        return tuple((name, "route") for name in self.routes) + tuple(
            (name, lane.target.provider) for name, lane in self.lanes.items() if name not in self.routes
        )

    def _states(self, route: Route) -> Mapping[str, BreakerState]:
        now_s = self.clock.monotonic()
        return {
            name: lane.breaker.state(now_s)
            for name in route.names
            if (lane := self.lanes.get(name)) is not None and lane.breaker is not None
        }

    def _chance(self, call: Call) -> float:
        """The same for the same subject on the same route, so that a person keeps one side of a split."""
        caller = call.told.caller
        subject = caller.subject or caller.item_id
        if subject is None:
            return self.chance()
        digest = hashlib.sha256(f"{call.destination.name}\0{subject}".encode()).digest()
        return int.from_bytes(digest[:7]) / 2**56
