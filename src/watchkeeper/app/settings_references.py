"""Names in the settings that must be configured elsewhere in them, and names that may not meet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_args

if TYPE_CHECKING:
    from watchkeeper.app.settings_file import KeyPath


@dataclass(frozen=True, slots=True)
class NameReference:
    """Marks a setting whose value, or each of whose values, must be a name under a section."""

    section: str
    """`targets`, `routes` or `guards`."""
    beside: str = ""
    """Another section whose names it may have as well."""
    also: tuple[str, ...] = ()
    """Names that stand for something without being configured."""


ModelName = Annotated[str, NameReference("targets", beside="routes")]
"""A target's name or a route's: what a call may name."""
TargetName = Annotated[str, NameReference("targets")]
RouteName = Annotated[str, NameReference("routes")]
GuardName = Annotated[str, NameReference("guards")]
RouteTargetName = Annotated[str, NameReference("targets", also=("baseline",))]


def reference_in(annotation: Any) -> NameReference | None:
    """The mark in an annotation, however deep: of the value, or of the values of a list or mapping."""
    for mark in getattr(annotation, "__metadata__", ()):
        if isinstance(mark, NameReference):
            return mark
    for argument in get_args(annotation):
        found = reference_in(argument)
        if found is not None:
            return found
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class BadName:
    """A name that leads nowhere, or to two things."""

    path: "KeyPath"
    problem: str
    action: str
    value: str | None = None


def unknown_names(
    values: Mapping[str, object], path: "KeyPath", reference: NameReference, wildcards: frozenset[str]
) -> Iterator[BadName]:
    """Names at a key that are not configured.

    Args:
        values: All settings as written, before they are checked.
        path: The key.
        reference: What its value must name.
        wildcards: What stands in the path for a name or place the user chooses.
    """
    sections = [section for section in (reference.section, reference.beside) if section]
    known = [str(name) for section in sections for name in _names_in(values, section)]
    what = " or ".join(section.removesuffix("s") for section in sections)
    for where, name in _texts_at(values, path, (), wildcards):
        if name not in known and name not in reference.also:
            listed = ", ".join(sorted(known)) or "there is none yet"
            yield BadName(
                path=where,
                problem=f"names a {what} that is not configured",
                action=f"use one of {' and '.join(f'`{section}`' for section in sections)} ({listed})",
                value=name,
            )


def _names_in(values: Mapping[str, object], section: str) -> Iterator[object]:
    given = values.get(section)
    yield from given if isinstance(given, Mapping) else ()


def names_meeting(values: Mapping[str, object]) -> Iterator[BadName]:
    """Routes that have a target's name: `model` could mean either."""
    routes, targets = values.get("routes"), values.get("targets")
    if isinstance(routes, Mapping) and isinstance(targets, Mapping):
        for name in routes:
            if name in targets:
                yield BadName(
                    path=("routes", str(name)),
                    problem="has the name of a target, so `model` could mean either",
                    action="give the route or the target another name",
                )


def _texts_at(
    value: object, path: "KeyPath", so_far: "KeyPath", wildcards: frozenset[str]
) -> Iterator[tuple["KeyPath", str]]:
    """Every text at a key, with where it stands; what is of another form is judged elsewhere."""
    if not path:
        for step, inner in ((), value), *_inside(value):
            if isinstance(inner, str):
                yield (*so_far, *step), inner
        return
    for step, inner in _inside(value):
        if path[0] in wildcards or step == path[:1]:
            yield from _texts_at(inner, path[1:], (*so_far, *step), wildcards)


def _inside(value: object) -> Iterator[tuple["KeyPath", object]]:
    if isinstance(value, Mapping):
        yield from (((str(key),), inner) for key, inner in value.items())
    elif isinstance(value, list | tuple):
        yield from (((str(place),), inner) for place, inner in enumerate(value))
