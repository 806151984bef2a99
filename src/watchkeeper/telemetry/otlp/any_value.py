"""OTLP's values as plain ones, bounded: what JSON can hold and no more of it than a row may carry."""

import base64
import math
from collections.abc import Iterable
from dataclasses import dataclass

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

MOST_VALUE_CHARACTERS = 65_536
"""Of one attribute's text: longer ones are cut; contents have their own store and bound."""
MOST_ATTRIBUTES = 2048
"""Of one span, point or record; further ones are left out and counted."""
MOST_KEY_CHARACTERS = 512
MOST_ELEMENTS = 4096
"""Of a list or mapping within an attribute."""
MOST_DEPTH = 32
CUT_MARK = "…[cut]"


@dataclass(slots=True)
class Cuts:
    """What was left out, by reason."""

    counts: dict[str, int]

    @classmethod
    def none(cls) -> "Cuts":
        """Nothing yet."""
        return cls({})

    def note(self, reason: str, how_many: int = 1) -> None:
        """Count something that was left out."""
        self.counts[reason] = self.counts.get(reason, 0) + how_many


def plain(value: AnyValue, depth: int = 0) -> object:
    """The value as JSON keeps it; bytes as base64, numbers that are none as their names."""
    # Nearly all are text, and asking for it is cheaper than asking which it is.
    text: str = value.string_value
    if text:
        return text if len(text) <= MOST_VALUE_CHARACTERS else text[:MOST_VALUE_CHARACTERS] + CUT_MARK
    # Likewise: a number that is not 0 is set, and there is no other.
    count: int = value.int_value
    if count:
        return count
    kind = value.WhichOneof("value")
    if kind == "string_value":
        return text
    if kind == "int_value":
        return value.int_value
    if kind == "double_value":
        number: float = value.double_value
        return number if math.isfinite(number) else str(number)
    if kind == "bool_value":
        return value.bool_value
    if kind is None:
        return None
    if depth >= MOST_DEPTH:
        return CUT_MARK
    if kind == "array_value":
        return [plain(element, depth + 1) for element in value.array_value.values[:MOST_ELEMENTS]]
    if kind == "kvlist_value":
        return {
            pair.key[:MOST_KEY_CHARACTERS]: plain(pair.value, depth + 1)
            for pair in value.kvlist_value.values[:MOST_ELEMENTS]
        }
    return base64.b64encode(value.bytes_value[:MOST_VALUE_CHARACTERS]).decode()


def plain_attributes(pairs: Iterable[KeyValue]) -> dict[str, object]:
    """Attributes by name; of a name that repeats, the last stands."""
    found: dict[str, object] = {}
    for pair in pairs:
        if len(found) >= MOST_ATTRIBUTES:
            break
        found[pair.key[:MOST_KEY_CHARACTERS]] = plain(pair.value)
    return found


def text_of(value: object) -> str | None:
    """A value as the text of a column; None where it says nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return text_of(value[0]) if value else None
    return str(value)


def whole_number(value: object) -> int | None:
    """A value as a count; None where it is none, or negative."""
    try:
        if isinstance(value, bool) or value is None:
            return None
        number = int(value) if isinstance(value, int | float) else int(str(value))
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number < 2**63 else None


def number_of(value: object) -> float | None:
    """A value as a finite number; None where it is none."""
    try:
        if isinstance(value, bool) or value is None:
            return None
        number = float(value) if isinstance(value, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
