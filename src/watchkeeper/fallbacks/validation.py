"""Checks of what goes in and out (HE-08 to HE-11)."""

import math
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

from watchkeeper.domain.errors import InvalidFieldError
from watchkeeper.domain.errors.components import ComponentOutputError

K = TypeVar("K", bound=Hashable)


def require_text(value: object, name: str, *, most_characters: int) -> str:
    """A text of 1 to so many characters that is not blank, unchanged.

    Raises:
        InvalidFieldError: It is none; the message says why.
    """
    if not isinstance(value, str):
        raise InvalidFieldError(f"{name} is not a text", action=f"send {name} as text", field=name)
    if not value.strip():
        raise InvalidFieldError(
            f"{name} is {'blank' if value else 'empty'}",
            action=f"send 1 to {most_characters:,} characters",
            field=name,
        )
    if len(value) > most_characters:
        raise InvalidFieldError(
            f"{name} has {len(value):,} characters",
            action=f"send at most {most_characters:,} characters",
            field=name,
        )
    return value


def require_between(value: object, name: str, *, least: int, most: int) -> int:
    """A whole number within bounds.

    Raises:
        InvalidFieldError: It is none; the message says why.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise InvalidFieldError(
            f"{name} is {value!r}, not a whole number from {least} to {most}",
            action=f"send {name} within these bounds",
            field=name,
        )
    return value


def checked_scores(
    component: str, scores: object, *, known: Callable[[K], bool], warn: Callable[[str], None]
) -> Mapping[K, float]:
    """A component's scores, each from 0 to 1 (HE-11).

    A number outside is clamped with a warning; what is no number, or of nothing known, is a broken answer.

    Args:
        component: Whose they are.
        scores: What it answered.
        known: Whether there is such a thing to score.
        warn: Told of clamping, once for all scores.

    Raises:
        ComponentOutputError: They are no scores.
    """
    if not isinstance(scores, Mapping):
        raise _broken(component, f"{type(scores).__name__} where scores were expected")
    if _are_sound(scores, known):
        return dict(scores)
    outside = 0
    checked: dict[K, float] = {}
    for key, score in scores.items():
        if not known(key):
            raise _broken(component, f"a score of {key!r}, which does not exist")
        if isinstance(score, bool) or not isinstance(score, int | float) or not math.isfinite(score):
            raise _broken(component, f"{score!r} as the score of {key!r}")
        outside += not 0.0 <= score <= 1.0
        checked[key] = min(max(float(score), 0.0), 1.0)
    if outside:
        warn(f"{outside} of {len(checked)} scores of component {component!r} were outside 0 to 1: clamped")
    return checked


def _are_sound(scores: Mapping[K, float], known: Callable[[K], bool]) -> bool:
    """Whether nothing is to be said of any, which is usual: to look at all at once takes far less."""
    values = scores.values()
    return (
        all(map(known, scores))
        and {*map(type, values)} <= {float}
        # A sum of floats is finite only where each of them is a number.
        and math.isfinite(sum(values))
        and min(values, default=0.0) >= 0.0
        and max(values, default=1.0) <= 1.0
    )


def _broken(component: str, what: str) -> ComponentOutputError:
    return ComponentOutputError(
        f"component {component!r} answered {what}",
        action="its answer was thrown away; look for what damaged its index",
    )
