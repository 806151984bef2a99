"""Which rows carry a label: exactly, garbled, with more words around it, or with a letter or two amiss."""

from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.readers.flow.lettering import bare, distance_within, fold, unjoined
from watchkeeper.workloads.annual_reports.readers.flow.rows import Row

EXACT = 1.0
GARBLED = 0.95
READ_ACROSS = 0.97
"""Per line of words above that had to be joined to the label."""
BEGINS = 0.85
ENDS = 0.8
AMISS = 0.82
MOST_EXTRA_WORDS = 4
_LEAST_GARBLED = 7
"""Shorter keys would match by chance once letters are dropped."""


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A row found by a label."""

    index: int
    """Its place among the report's rows."""
    fit: float
    """0 to 1: how well the printed label fits."""


class RowLabels:
    """The labels of a report's rows, searchable."""

    def __init__(self, rows: list[Row]) -> None:
        self._exact: dict[str, list[LabelledRow]] = {}
        self._garbled: dict[str, list[LabelledRow]] = {}
        self._by_first: dict[str, list[tuple[int, list[str]]]] = {}
        self._by_last: dict[str, list[tuple[int, list[str]]]] = {}
        self._by_length: dict[int, list[tuple[int, str]]] = {}
        for index, row in enumerate(rows):
            for reading, label in enumerate(row.labels):
                self._add(index, label, READ_ACROSS**reading, first=reading == 0)

    def _add(self, index: int, label: str, weight: float, *, first: bool) -> None:
        key = fold(label)
        if not key:
            return
        self._exact.setdefault(key, []).append(LabelledRow(index, EXACT * weight))
        for other in {bare(label), unjoined(label)}:
            if len(other) >= _LEAST_GARBLED:
                self._garbled.setdefault(other, []).append(LabelledRow(index, GARBLED * weight))
        if not first:
            return
        keys = [word for part in label.split() if (word := fold(part))]
        if keys:
            self._by_first.setdefault(keys[0], []).append((index, keys))
            self._by_last.setdefault(keys[-1], []).append((index, keys))
            self._by_length.setdefault(len(key), []).append((index, key))

    def find(self, label: str) -> list[LabelledRow]:
        """The rows that carry the label, each once with its best fit."""
        best: dict[int, float] = {}
        key = fold(label)
        garbled = (bare(label), unjoined(label))
        for found in (
            *self._exact.get(key, ()),
            *(row for other in garbled for row in self._garbled.get(other, ())),
        ):
            best[found.index] = max(best.get(found.index, 0.0), found.fit)
        for index, fit in self._with_more_words(label):
            best[index] = max(best.get(index, 0.0), fit)
        return [LabelledRow(index, fit) for index, fit in best.items()]

    def _with_more_words(self, label: str) -> list[tuple[int, float]]:
        """Rows whose label begins or ends with the label and has a few words more."""
        wanted = [word for part in label.split() if (word := fold(part))]
        if not wanted:
            return []
        found: list[tuple[int, float]] = []
        for index, keys in self._by_first.get(wanted[0], ()):
            extra = len(keys) - len(wanted)
            if 0 < extra <= MOST_EXTRA_WORDS and keys[: len(wanted)] == wanted:
                found.append((index, BEGINS))
        for index, keys in self._by_last.get(wanted[-1], ()):
            extra = len(keys) - len(wanted)
            if 0 < extra <= MOST_EXTRA_WORDS and keys[extra:] == wanted:
                found.append((index, ENDS))
        return found

    def find_amiss(self, label: str) -> list[LabelledRow]:
        """The rows whose label differs from it by a letter or two, as OCR leaves them."""
        key = fold(label)
        limit = 1 if len(key) < 14 else 2
        if len(key) < _LEAST_GARBLED:
            return []
        return [
            LabelledRow(index, AMISS)
            for length in range(len(key) - limit, len(key) + limit + 1)
            for index, other in self._by_length.get(length, ())
            if other != key
            and (other[0] == key[0] or other[-1] == key[-1])
            and distance_within(other, key, limit)
        ]
