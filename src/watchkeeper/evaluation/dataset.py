"""Datasets: items with what is asked and, where it is known, what should be answered."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.domain.errors import InvalidInputError

_KEYS = frozenset({"id", "input", "expected", "output", "tags", "source"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetItem:
    """One item."""

    item_id: str
    input: object
    """What is asked: a text, or an object whose members a prompt names."""
    expected: object | None = None
    """What should be answered; None is not known."""
    output: object | None = None
    """What somebody answered before, for scoring alone."""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Items in their order."""

    name: str
    items: tuple[DatasetItem, ...]
    sha256: str
    """Of what the items say: two runs on equal hashes may be compared."""


def read_dataset(lines: Iterable[str], *, name: str) -> Dataset:
    """The dataset of JSON lines `{"id"?, "input", "expected"?, "output"?, "tags"?}`.

    Args:
        lines: The lines; empty ones are passed over.
        name: What it is called, such as its file's name.

    Raises:
        InvalidInputError: A line is no item, an id comes twice, or there is no item; the line is named.
    """
    items: list[DatasetItem] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        item = _item(line, number, name)
        if item.item_id in seen:
            raise InvalidInputError(
                f"line {number} of {name}: the id {item.item_id!r} comes twice", action="give each its own"
            )
        seen.add(item.item_id)
        items.append(item)
    if not items:
        raise InvalidInputError(f"{name} holds no item", action='write a line `{"input": …}` for each')
    said = json.dumps([[one.item_id, one.input, one.expected] for one in items], sort_keys=True)
    return Dataset(name=name, items=tuple(items), sha256=hashlib.sha256(said.encode()).hexdigest())


def _item(line: str, number: int, name: str) -> DatasetItem:
    try:
        said: Any = json.loads(line)
    except ValueError as broken:
        raise InvalidInputError(f"line {number} of {name} is no JSON: {broken}", action="mend it") from None
    if not isinstance(said, dict) or ("input" not in said and "output" not in said):
        raise InvalidInputError(
            f"line {number} of {name} has no `input`", action='write `{"input": …, "expected": …}`'
        )
    strange = sorted(set(said) - _KEYS)
    if strange:
        raise InvalidInputError(
            f"line {number} of {name} has the unknown key {strange[0]!r}",
            action=f"the keys are {', '.join(sorted(_KEYS))}",
        )
    return DatasetItem(
        item_id=str(said.get("id", number)),
        input=said.get("input"),
        expected=said.get("expected"),
        output=said.get("output"),
        tags={str(key): str(value) for key, value in dict(said.get("tags") or {}).items()},
    )
