"""The named parts a table's rows are read into, as the instructions' hints list them.

A hint `amount:balance` names the part `balance`, an amount, and lists the words its column's head has.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.folding import fold

PartType = Literal["text", "number", "rate", "date", "amount", "year"]
_TYPES = ("text", "number", "rate", "date", "amount", "year")
REQUIRED = "required"
LEAST = "least_parts"
ONE_OF = "one_of"
_LEAST_PARTS = 2


@dataclass(frozen=True, slots=True)
class Part:
    """One named part of a row."""

    name: str
    type: PartType
    heads: tuple[str, ...]
    """Folded words of its column's head."""


@dataclass(frozen=True, slots=True)
class RowParts:
    """All parts of a field's rows, and which a row must have to be one."""

    parts: tuple[Part, ...]
    required: tuple[str, ...]
    least: int
    one_of: tuple[str, ...]
    """A row has at least one of these, where any are named."""

    def of_type(self, wanted: PartType) -> tuple[Part, ...]:
        """The parts of one type, in the order instructed."""
        return tuple(part for part in self.parts if part.type == wanted)

    def named(self, wanted: PartType, head: str) -> Part | None:
        """The part of a type that a folded head names: by the longest word of its list in it."""
        fitting = [
            (len(word), part) for part in self.of_type(wanted) for word in part.heads if word and word in head
        ]
        return max(fitting, key=lambda found: found[0])[1] if fitting else None

    def complete(self, row: Mapping[str, object]) -> bool:
        """Whether a row has what makes it one."""
        if self.one_of and not any(name in row for name in self.one_of):
            return False
        return len(row) >= self.least and all(name in row for name in self.required)


def row_parts(told: FieldInstructions) -> RowParts:
    """The parts the field's hints name."""
    parts: list[Part] = []
    for key, words in told.hints.items():
        kind, _, name = key.partition(":")
        if name and kind in _TYPES:
            parts.append(Part(name, cast("PartType", kind), tuple(fold(word) for word in words)))
    least = told.hints.get(LEAST, ())
    return RowParts(
        tuple(parts),
        told.hints.get(REQUIRED, ()),
        int(least[0]) if least else _LEAST_PARTS,
        told.hints.get(ONE_OF, ()),
    )
