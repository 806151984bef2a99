"""The keys that the settings have: names, types, defaults and descriptions, read off the models."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from watchkeeper.app.settings import Section, Settings
from watchkeeper.app.settings_file import KeyPath
from watchkeeper.app.settings_references import NameReference, reference_in

ANY_NAME = "*"
"""Stands in a key's path for a name the user chooses."""
ANY_PLACE = "#"
"""Stands in a key's path for a position in a list."""
_CHOSEN = {ANY_NAME: "NAME", ANY_PLACE: "N"}
WILDCARDS = frozenset(_CHOSEN)
"""What stands in a key's path for what the user chooses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsKey:
    """One key that can be set."""

    path: KeyPath
    type: str
    default: object
    """`REQUIRED` where there is none."""
    description: str
    secret: bool
    reference: NameReference | None
    """What its value must name; None where it names nothing."""

    @property
    def dotted(self) -> str:
        """The key as it is written in messages and documentation."""
        return ".".join(_CHOSEN.get(part, part) for part in self.path)


REQUIRED = object()
"""In place of a default where a value must be given."""


class SettingsTree:
    """All keys, with those of the workloads."""

    def __init__(self, workloads: Mapping[str, type[Section]]) -> None:
        self.workloads = workloads
        self._keys = {key.path: key for key in _keys_of_model(Settings, ())}
        for workload_id, model in sorted(workloads.items()):
            self._keys.update({key.path: key for key in _keys_of_model(model, ("workloads", workload_id))})

    def every_key(self) -> Iterator[SettingsKey]:
        """Every key, in the order of the tree."""
        yield from self._keys.values()

    def find(self, path: KeyPath) -> SettingsKey | None:
        """The key at a path; positions in a list belong to the list's key."""
        for pattern, key in self._keys.items():
            if _fits(pattern, path):
                return key
        return None

    def names_under(self, path: KeyPath) -> tuple[str, ...]:
        """The names that may follow a path; empty where the user chooses them or there are none."""
        depth = len(path)
        names = [
            pattern[depth]
            for pattern in self._keys
            if len(pattern) > depth and _fits(pattern[:depth], path) and pattern[depth] not in _CHOSEN
        ]
        return tuple(dict.fromkeys(names))

    def spelled(self, path: KeyPath) -> KeyPath:
        """The path with its parts spelled as the keys are: case and `-` against `_` do not count."""
        found: KeyPath = ()
        for part in path:
            same = [name for name in self.names_under(found) if name.replace("-", "_") == part]
            found = (*found, same[0] if same else part)
        return found


def _fits(pattern: KeyPath, path: KeyPath) -> bool:
    """Whether a path is that key, or a position in its list."""
    if len(path) < len(pattern):
        return False
    same = all(want == have or want in _CHOSEN for want, have in zip(pattern, path, strict=False))
    return same and all(part.isdigit() for part in path[len(pattern) :])


def _keys_of_model(model: type[BaseModel], path: KeyPath) -> Iterator[SettingsKey]:
    for name, field in model.model_fields.items():
        here = (*path, field.alias or name)
        listed = _listed_model(field.annotation)
        if listed is not None:
            yield _leaf(here, field)
            yield from _keys_of_model(listed, (*here, ANY_PLACE))
            continue
        inner = _inner_model(field.annotation)
        if inner is Section:
            continue
        if inner is not None:
            chosen = (ANY_NAME,) if get_origin(_bare(field.annotation)) is not None else ()
            yield from _keys_of_model(inner, here + chosen)
        else:
            yield _leaf(here, field)


def _bare(annotation: Any) -> Any:
    """The annotation without the metadata `Annotated` hangs on it."""
    while hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    return annotation


def _inner_model(annotation: Any) -> type[BaseModel] | None:
    """The model of a section, or of the values of a mapping of sections."""
    bare = _bare(annotation)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return bare
    if get_origin(bare) is Mapping or (isinstance(get_origin(bare), type) and get_origin(bare) is not tuple):
        arguments = get_args(bare)
        return _inner_model(arguments[1]) if len(arguments) == 2 else None
    return None


def _listed_model(annotation: Any) -> type[BaseModel] | None:
    """The model of a list's members."""
    bare = _bare(annotation)
    return _inner_model(get_args(bare)[0]) if get_origin(bare) is tuple else None


def _leaf(path: KeyPath, field: FieldInfo) -> SettingsKey:
    mentioned = repr(field.annotation)
    return SettingsKey(
        path=path,
        type=_type_text(field.annotation),
        default=REQUIRED if field.is_required() else field.get_default(call_default_factory=True),
        description=field.description or "",
        secret=SecretStr.__name__ in mentioned,
        reference=next(
            (mark for mark in field.metadata if isinstance(mark, NameReference)),
            reference_in(field.annotation),
        ),
    )


_PLAIN_TYPES: Mapping[Any, str] = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    Decimal: "number",
    date: "date",
    SecretStr: "secret",
    type(None): "null",
}


def _type_text(annotation: Any) -> str:
    """A type in words.

    >>> _type_text(int | None), _type_text(tuple[str, ...])
    ('whole number or null', 'list of text')
    """
    bare = _bare(annotation)
    if bare in _PLAIN_TYPES:
        return _PLAIN_TYPES[bare]
    arguments = get_args(bare)
    if get_origin(bare) is tuple:
        return f"list of {_type_text(arguments[0])}"
    if get_origin(bare) is Mapping:
        return "mapping"
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return "mapping"
    if all(isinstance(argument, str) for argument in arguments):
        return " or ".join(f"`{argument}`" for argument in arguments)
    return " or ".join(_type_text(argument) for argument in arguments)
