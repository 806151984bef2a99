"""The parts a listed row can have, named by hints such as `rate:interest_rate`, for reading text alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold

KINDS = ("text", "number", "rate", "date", "amount", "year")


@dataclass(frozen=True, slots=True)
class Named:
    """A part's name and the folded words a head calls it by."""

    name: str
    words: tuple[str, ...]


class Parts:
    """What a field's rows consist of."""

    def __init__(self, field: FieldInstructions) -> None:
        self._by_kind: dict[str, list[Named]] = {kind: [] for kind in KINDS}
        for key, words in field.hints.items():
            kind, _, name = key.partition(":")
            if name and kind in self._by_kind:
                self._by_kind[kind].append(Named(name, tuple(fold(word) for word in words)))
        self._required = field.hints.get("required", ())
        self._least = int(next(iter(field.hints.get("least_parts", ())), "2"))
        self._one_of = field.hints.get("one_of", ())
        self.any = any(self._by_kind.values())

    def has(self, kind: str) -> bool:
        """Whether rows have a part of a kind."""
        return bool(self._by_kind[kind])

    def first(self, kind: str) -> str:
        """The name of the first part of a kind."""
        return self._by_kind[kind][0].name

    def is_head_word(self, key: str) -> bool:
        """Whether a folded word is what a head calls a value."""
        return any(key in named.words for kind in KINDS if kind != "text" for named in self._by_kind[kind])

    def in_order(self, kind: str, head: str) -> list[str]:
        """The names of a kind in the order the folded head has their words; the first when it has none."""
        places: dict[str, int] = {}
        taken: list[tuple[int, int]] = []
        wanted = [(word, named.name) for named in self._by_kind[kind] for word in named.words if word]
        for word, name in sorted(wanted, key=lambda pair: -len(pair[0])):
            at = head.find(word)
            if at >= 0 and not any(first <= at < past for first, past in taken):
                taken.append((at, at + len(word)))
                places.setdefault(name, at)
        ordered = sorted(places, key=lambda name: places[name])
        return ordered or [self.first(kind)]

    def complete(self, row: Mapping[str, object]) -> bool:
        """Whether a row has enough parts, and those it must have."""
        if self._one_of and not any(name in row for name in self._one_of):
            return False
        return len(row) >= self._least and all(name in row for name in self._required)
