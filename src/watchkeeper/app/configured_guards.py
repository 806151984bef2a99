"""The guards that the settings describe, built once, as the gateway takes them."""

from dataclasses import dataclass

from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_guards import guard_of
from watchkeeper.gateway.guards import NamedGuard


@dataclass(frozen=True, slots=True)
class RouteGuards:
    """What a route's requests and answers are held to."""

    input: tuple[NamedGuard, ...] = ()
    output: tuple[NamedGuard, ...] = ()


def configured_guards(settings: Settings) -> dict[str, RouteGuards]:
    """The guards of every route that has some, by the route's name."""
    built = {
        name: NamedGuard(name, guard_of(guard.kind, guard.options)) for name, guard in settings.guards.items()
    }
    return {
        name: RouteGuards(
            input=tuple(built[each] for each in route.input_guards),
            output=tuple(built[each] for each in route.output_guards),
        )
        for name, route in settings.routes.items()
        if route.input_guards or route.output_guards
    }
