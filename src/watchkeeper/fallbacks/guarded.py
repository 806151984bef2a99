"""A named component as a function that answers with a fallback value where it fails (HE-07)."""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.fallbacks.failure import failure_of
from watchkeeper.fallbacks.ports import Tell, untold

P = ParamSpec("P")
R = TypeVar("R")


def guarded(
    component: str, *, fallback: R, tell: Tell = untold
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """A decorator: what the function raises is told for the component, and the fallback is returned.

    Input that can never work (`InvalidInputError`) goes on to the caller, who has to know.

    Args:
        component: Whose function it is.
        fallback: What is returned instead; the same object each time, so nothing that callers change.
        tell: Told each failure.

    >>> failed = []
    >>> @guarded("weather", fallback="unknown", tell=lambda name, failure: failed.append(failure.code))
    ... def weather(place: str) -> str:
    ...     return {"Harbour": "rain"}[place]
    >>> weather("Harbour"), weather("Moon"), failed
    ('rain', 'unknown', ['component_failed'])
    """

    def around(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def safe(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except InvalidInputError:
                raise
            except Exception as defect:  # noqa: BLE001 - a component ends here: told, and replaced
                tell(component, failure_of(component, defect))
                return fallback

        return safe

    return around
