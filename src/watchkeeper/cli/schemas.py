"""The JSON Schema of what each command prints with `--json`."""

from collections.abc import Mapping
from functools import reduce
from importlib import import_module
from operator import or_
from types import GenericAlias
from typing import Any

from watchkeeper.cli.command_table import COMMANDS
from watchkeeper.domain.errors import InvalidInputError

Schemas = Mapping[str, Any]
"""By command (`config check`): a type pydantic can describe, where to find one, or a ready JSON Schema.

Where is told as `module:name`, so that a command need not load what the server answers with.
`module:name[]` is a list of them, `module:name | module:name` one of several.
"""


def command_names() -> tuple[str, ...]:
    """Every command that prints JSON, in the table's order; imports them all."""
    return tuple(name for entry in COMMANDS for name in _schemas_of(entry.module))


def schema_of(command: str) -> dict[str, Any]:
    """The JSON Schema of a command's output.

    Raises:
        InvalidInputError: There is no such command.
    """
    for entry in COMMANDS:
        if command == entry.name or command.startswith(entry.name + " "):
            kind = _schemas_of(entry.module).get(command)
            if kind is not None:
                return _described(command, kind)
    raise InvalidInputError(
        f"{command!r} is no command that prints JSON", action=f"use one of: {', '.join(command_names())}"
    )


def _schemas_of(module: str) -> Schemas:
    found: Schemas = import_module(module).schemas
    return found


def _described(command: str, kind: Any) -> dict[str, Any]:
    from pydantic import TypeAdapter

    if isinstance(kind, str):
        kind = reduce(or_, map(_found, kind.split(" | ")))
    schema = dict(kind) if isinstance(kind, Mapping) else TypeAdapter(kind).json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"wk {command} --json"}
    return {**schema, **head}


def _found(place: str) -> Any:
    module, _, name = place.removesuffix("[]").partition(":")
    kind = getattr(import_module(module), name)
    return GenericAlias(tuple, (kind, ...)) if place.endswith("[]") else kind
