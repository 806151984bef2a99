"""Guard `json_schema`: an answer is JSON and fits a schema; nothing is ever repaired."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.domain.errors import BrokenJsonError, InvalidInputError, SchemaMismatchError
from watchkeeper.gateway.guards.guard import GuardExample, GuardKind, Side
from watchkeeper.gateway.strict_json import JsonSchema, parse_strictly

UNBOUNDED = frozenset({"pattern", "patternProperties"})
"""Keywords that the schema library searches with Python's `re`, whose time a model's text could blow up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonSchemaGuard:
    """Takes each text for one JSON value and compares it with a schema.

    A schema with `pattern` or `patternProperties` is refused, as their search is not bounded; a
    `forbidden_patterns` guard beside it is.
    """

    schema: Mapping[str, Any]
    _checked: JsonSchema = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = _unbounded(self.schema)
        if found is not None:
            raise InvalidInputError(
                f"the schema uses {found!r}, whose search takes unbounded time",
                action="take it out; `enum`, `maxLength` or a forbidden_patterns guard may do instead",
            )
        object.__setattr__(self, "_checked", JsonSchema(self.schema))

    def finding(self, texts: Sequence[str], /) -> str | None:
        """What is wrong with the first text that is no such JSON."""
        for text in texts:
            try:
                self._checked.check(parse_strictly(text))
            except (BrokenJsonError, SchemaMismatchError, InvalidInputError) as wrong:
                return wrong.message
        return None


def _unbounded(schema: object) -> str | None:
    """A keyword whose search is not bounded; names of properties may be called so."""
    if isinstance(schema, Mapping):
        for name, inner in schema.items():
            if name in UNBOUNDED:
                return str(name)
            children = inner.values() if name in _BY_NAME and isinstance(inner, Mapping) else (inner,)
            found = None if name in _DATA else next(filter(None, map(_unbounded, children)), None)
            if found is not None:
                return found
    elif isinstance(schema, list | tuple):
        return next(filter(None, map(_unbounded, schema)), None)
    return None


_BY_NAME = frozenset({"properties", "$defs", "definitions", "dependentSchemas"})
"""Keywords whose keys are names of the user's, not keywords."""
_DATA = frozenset({"enum", "const", "default", "examples"})
"""Keywords that hold values, not schemas."""

JSON_SCHEMA = GuardKind(
    name="json_schema",
    guard=JsonSchemaGuard,
    sides=frozenset({Side.OUTPUT}),
    examples=(
        GuardExample(
            {"schema": {"type": "object", "properties": {"pattern": {"type": "integer"}}}},
            kept=['{"pattern": 1}'],
            broken=['{"pattern": "one"}'],
        ),
        GuardExample({"schema": {"const": {"pattern": 1}}}, kept=['{"pattern": 1}'], broken=["{}"]),
        GuardExample({"schema": {}}, kept=["[1]", '"x"'], broken=["[1]", "```json\n[1]\n```"]),
    ),
)
