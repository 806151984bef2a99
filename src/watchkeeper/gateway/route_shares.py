"""Weights of a route's targets that operators gave in place of the settings': blue and green."""

from collections.abc import Mapping
from dataclasses import replace

from watchkeeper.domain.errors import InvalidInputError, NotFoundError
from watchkeeper.gateway.routes import Route

MOST_WEIGHT = 10_000


def weighted(route: Route) -> dict[str, int]:
    """The targets of a route that share traffic, with the weight each has in the settings.

    >>> from watchkeeper.gateway.routes import RouteTarget
    >>> weighted(Route(name="r", targets=(RouteTarget(name="blue", weight=9), RouteTarget(name="last"))))
    {'blue': 9}
    """
    return {target.name: target.weight for target in route.targets if target.weight is not None}


def check_weights(route: Route, weights: Mapping[str, int]) -> dict[str, int]:
    """The weights of all of a route's sharing targets under these; those not named keep the settings'.

    Raises:
        InvalidInputError: A target does not share the route's traffic, a weight is none, or nothing is left.
    """
    sharing = weighted(route)
    strange = sorted(set(weights) - set(sharing))
    if strange or not sharing:
        shared = ", ".join(sharing) or "none: give targets a `weight` in the settings"
        told = f"{strange[0]!r} does not share" if strange else "no target shares"
        raise InvalidInputError(f"{told} the traffic of route {route.name!r}", action=f"sharing: {shared}")
    for name, weight in weights.items():
        if not 0 <= weight <= MOST_WEIGHT:
            raise InvalidInputError(
                f"the weight {weight} of {name!r} is none", action=f"give 0 to {MOST_WEIGHT}"
            )
    given = {**sharing, **weights}
    if not any(given.values()):
        raise InvalidInputError(
            f"route {route.name!r} would lead nowhere", action="leave one target a weight above 0"
        )
    return given


def with_weights(route: Route, weights: Mapping[str, int]) -> Route:
    """The route with other weights; raises as `check_weights` does."""
    given = check_weights(route, weights)
    targets = tuple(
        target if target.weight is None else replace(target, weight=given[target.name])
        for target in route.targets
    )
    return replace(route, targets=targets)


def weights_text(weights: Mapping[str, int]) -> str:
    """Weights as an order carries them.

    >>> weights_text({"green": 10, "blue": 90})
    'blue=90,green=10'
    """
    return ",".join(f"{name}={weight}" for name, weight in sorted(weights.items()))


def weights_of_text(text: str) -> dict[str, int]:
    """The weights an order carries.

    Raises:
        InvalidInputError: It carries none.

    >>> weights_of_text("blue=90,green=10")
    {'blue': 90, 'green': 10}
    """
    found: dict[str, int] = {}
    for part in text.split(","):
        name, equals, weight = part.strip().rpartition("=")
        if not equals or not name or not weight.isdecimal():
            raise InvalidInputError(
                f"{part[:80]!r} is no weight", action="write `target=weight`, such as `blue=90`"
            )
        found[name] = int(weight)
    return found


class RouteShares:
    """The routes of a worker under the weights operators gave; for one event loop."""

    def __init__(self) -> None:
        self._configured: Mapping[str, Route] = {}
        self._given: dict[str, Mapping[str, int]] = {}
        self._routes: dict[str, Route] = {}

    def use(self, configured: Mapping[str, Route]) -> Mapping[str, Route]:
        """The routes as they are to be used; what is given later changes them where they stand."""
        self._configured = configured
        self._routes = dict(configured)
        for route, weights in self._given.items():
            self._apply(route, weights)
        return self._routes

    def give(self, route: str, weights: Mapping[str, int]) -> None:
        """Use other weights on a route.

        Raises:
            NotFoundError: There is no such route here.
            InvalidInputError: They are not weights of its targets.
        """
        if route not in self._configured:
            raise NotFoundError(
                f"this worker has no route {route[:60]!r}", action="configure it, then reload"
            )
        check_weights(self._configured[route], weights)
        self._given[route] = dict(weights)
        self._apply(route, weights)

    def take_back(self, route: str) -> None:
        """Use the settings' weights again; none given is no error."""
        self._given.pop(route, None)
        if route in self._configured:
            self._routes[route] = self._configured[route]

    def _apply(self, route: str, weights: Mapping[str, int]) -> None:
        configured = self._configured.get(route)
        if configured is None:
            return  # kept: a change of settings may bring it back
        known = {name: weight for name, weight in weights.items() if name in weighted(configured)}
        if known and any({**weighted(configured), **known}.values()):
            self._routes[route] = with_weights(configured, known)
