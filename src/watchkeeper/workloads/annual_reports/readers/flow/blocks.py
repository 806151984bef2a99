"""Blocks of rows under a heading, and the total such a block ends in, labelled or not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.readers.flow.figures import NOTE_LIMIT
from watchkeeper.workloads.annual_reports.readers.flow.lettering import bare, fold, unjoined
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.rows import Row
from watchkeeper.workloads.annual_reports.readers.flow.totals import ROUNDING

EXTRA_LETTERS = 8
"""A heading may be printed with so much more: `Rörelsens intäkter m.m.`, `Övriga lån`."""
SPECKS = 2
"""Letters a scan may add to a heading."""
FEW = 4
"""Rows that are added up where no sum is printed, at most."""
LONGEST = 40
"""Rows a block has at most."""
_NUMBERED = re.compile(r"^\W*\d{0,3}\W*|\W*$")


@dataclass(frozen=True, slots=True)
class Block:
    """The rows between a heading and what ends it, by their place among the report's rows."""

    heading: str
    rows: tuple[int, ...]
    ended: bool
    """Whether a label that ends the block was met."""


@dataclass(frozen=True, slots=True)
class Total:
    """What a block adds up to."""

    value: int
    row: Row
    why: str


class Blocks:
    """The blocks of a report."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._at: dict[int, list[int]] = {}
        for index, row in enumerate(report.rows):
            self._at.setdefault(report.place(row.page, row.line), []).append(index)
        self._titles: dict[str, list[int]] = {}
        for number in range(len(report.lines)):
            for title in self._titles_at(number):
                self._titles.setdefault(title, []).append(number)

    def _titles_at(self, number: int) -> set[str]:
        """The keys a heading on a line is found by: alone, and with the line below when it is broken."""
        if number in self._at and any(self._report.rows[index].labels for index in self._at[number]):
            row = self._report.rows[self._at[number][0]]
            refers = len(row.options[0].amounts) == 1 and 0 < row.value <= NOTE_LIMIT
            return self._keys(row.label) if refers or self._begins_note(row.label) else set()
        text = self._report.lines[number].text
        if len(text) > 90:
            return set()
        keys = self._keys(text)
        if number + 1 < len(self._report.lines) and number + 1 not in self._at:
            keys |= self._keys(f"{text} {self._report.lines[number + 1].text}")
        return keys

    def _begins_note(self, text: str) -> bool:
        return text.split(" ", 1)[0].casefold().strip(".:") in self._report.table_words.notes

    def _keys(self, text: str) -> set[str]:
        """A heading's keys without a note's number before it."""
        if self._begins_note(text):
            text = text.split(" ", 1)[-1]
        text = re.sub(r"(?: (?:19|20)\d{2}(?:-\d\d-\d\d)?)+$", "", _NUMBERED.sub("", text))
        return {key for key in (fold(text), bare(text), unjoined(text)) if len(key) > 3}

    def lines_of_heading(self, heading: str) -> list[int]:
        """The lines, counted through the report, on which a heading stands."""
        found = {number for key in self._keys(heading) for number in self._titles.get(key, ())}
        key = fold(heading)
        phrase = len(heading.split()) > 2
        if len(key) > 8:
            found |= {
                number
                for title, numbers in self._titles.items()
                if 0 < len(title) - len(key) <= EXTRA_LETTERS
                and (title.startswith(key) or (phrase and title.endswith(key)))
                for number in numbers
            }
        return sorted(found)

    def under(self, headings: tuple[str, ...], until: tuple[str, ...]) -> Iterator[Block]:
        """The blocks that begin with one of the headings, strongest heading first."""
        ends = {fold(label) for label in until} | {unjoined(label) for label in until}
        for heading in headings:
            for number in self.lines_of_heading(heading):
                block = self._block(heading, number, ends)
                if block.rows:
                    yield block

    def _block(self, heading: str, first: int, ends: set[str]) -> Block:
        found: list[int] = []
        page = self._report.lines[first].page
        for number in range(first + 1, len(self._report.lines)):
            line = self._report.lines[number]
            if line.page > page + 1 or len(found) >= LONGEST:
                return Block(heading, tuple(found), False)
            here = self._at.get(number, [])
            texts = [self._report.rows[index].label for index in here] or [line.text]
            numbered = bool(found) and self._report.table_words.begins_note(line.text)
            if numbered or any(self._ends(text, ends) for text in texts):
                return Block(heading, tuple(found), True)
            found.extend(here)
        return Block(heading, tuple(found), False)

    def _ends(self, text: str, ends: set[str]) -> bool:
        if len(text) > 90 or not text:
            return False
        keys = self._keys(text)
        if keys & ends:
            return True
        return any(
            len(end) > 8 and key.startswith(end) and len(key) - len(end) <= SPECKS
            for end in ends
            for key in keys
        )

    def total(self, block: Block, less: tuple[str, ...] = ()) -> Total | None:
        """The block's total: its last sum before any part is taken off again.

        Args:
            block: The block.
            less: Labels of rows that take a part off the total, or repeat a part of it.
        """
        rows = [self._report.rows[index] for index in block.rows]
        less_keys = [fold(label) for label in less]
        cut = next((at for at, row in enumerate(rows) if self._is_less(row, less_keys)), len(rows))
        sums = [row for row in rows[:cut] if self._is_total(row)]
        if less:
            named = [row for row in sums if row.verified] or sums
            if named:
                return Total(max((row.value for row in named), key=abs), max(named, key=_size), "the total")
            return self._before_less(rows, cut)
        verified = [row for row in sums if row.verified]
        if verified:
            return Total(verified[-1].value, verified[-1], "the last sum")
        if sums:
            return Total(sums[-1].value, sums[-1], "the last row without a label")
        if len(rows) > 1 and rows[-1].verified and rows[-1].parts == len(rows) - 1:
            return Total(rows[-1].value, rows[-1], "the sum of all rows")
        if block.ended and 0 < len(rows) <= FEW and len({row.page for row in rows}) == 1:
            return Total(sum(row.value for row in rows), rows[0], "the rows themselves, no sum printed,")
        return None

    def _before_less(self, rows: list[Row], cut: int) -> Total | None:
        """A total that is only printed after a part was taken off, with that part put back."""
        whole = sum(row.value for row in rows[:cut])
        rest = whole
        for row in rows[cut : cut + 4]:
            if row.value < 0:
                rest += row.value
            elif whole and abs(row.value - rest) <= ROUNDING:
                return Total(
                    whole, rows[0], "the rows before a part is taken off, which leaves what is printed,"
                )
        if cut + 1 >= len(rows) or rows[cut].value >= 0 or not self._is_total(rows[cut + 1]):
            return None
        rest_row = rows[cut + 1]
        return Total(rest_row.value - rows[cut].value, rest_row, "the rest with the part taken off put back")

    def _is_total(self, row: Row) -> bool:
        label = row.label
        if not row.labels:
            return True
        return self._report.table_words.is_sum(label) and len(label.split()) <= 3

    @staticmethod
    def _is_less(row: Row, less: list[str]) -> bool:
        return bool(less) and any(key in fold(label) for label in row.labels[:1] for key in less)


def _size(row: Row) -> int:
    return abs(row.value)
