"""A report as this reader sees it: lines, rows and words in reading order, prepared once."""

from collections import Counter
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property

from watchkeeper.domain.page import PagedDocument
from watchkeeper.workloads.annual_reports.instructions import InstructionSet
from watchkeeper.workloads.annual_reports.readers.flow.columns import Header
from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold
from watchkeeper.workloads.annual_reports.readers.flow.row_labels import RowLabels
from watchkeeper.workloads.annual_reports.readers.flow.rows import Row, TableWords, rows_of_page
from watchkeeper.workloads.annual_reports.readers.flow.tails import clean
from watchkeeper.workloads.annual_reports.readers.flow.totals import with_totals
from watchkeeper.workloads.annual_reports.readers.flow.wording import Wording
from watchkeeper.workloads.annual_reports.reading import Section

RUNNING_SHARE = 0.4
"""A line printed on this share of all pages is a running header or footer."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a page, its spaces cleaned."""

    page: int
    number: int
    """Counted within the page."""
    text: str


class Report:
    """One report's text, and what every field finder asks of it."""

    def __init__(
        self, document: PagedDocument, sections: tuple[Section, ...], instructions: InstructionSet
    ) -> None:
        self.instructions = instructions
        self.lines: list[TextLine] = []
        self.pages: list[int] = []
        self.table_words = _table_words(instructions)
        self._headers: dict[int, list[Header]] = {}
        self._sections = sections
        self._first_line: dict[int, int] = {}
        rows: list[Row] = []
        for page in document.pages:
            texts = [text for raw in page.text.split("\n") if (text := clean(raw))]
            self.pages.append(page.number)
            self._first_line[page.number] = len(self.lines)
            self.lines.extend(TextLine(page.number, number, text) for number, text in enumerate(texts))
            found, headers = rows_of_page(page.number, texts, self.table_words)
            rows.extend(found)
            self._headers[page.number] = headers
        self.rows: list[Row] = with_totals(rows, self.table_words)
        self.row_labels = RowLabels(self.rows)

    def told(self, instructions: InstructionSet) -> "Report":
        """The same report under other instructions with the same shared words; what was prepared is kept."""
        again = copy(self)
        again.instructions = instructions
        return again

    @cached_property
    def wording(self) -> Wording:
        """The words of all pages, in order."""
        return Wording(line.text for line in self.lines)

    @cached_property
    def running(self) -> frozenset[str]:
        """Folded lines printed on many pages, digits aside: headers and footers."""
        counts: Counter[str] = Counter()
        for page in self.pages:
            counts.update({_undigited(line.text) for line in self.lines_of(page)})
        least = max(3, round(len(self.pages) * RUNNING_SHARE))
        return frozenset(key for key, count in counts.items() if count >= least and key)

    def is_running(self, line: int) -> bool:
        """Whether a line, counted through the report, is a running header or footer."""
        return _undigited(self.lines[line].text) in self.running

    def lines_of(self, page: int) -> list[TextLine]:
        """The lines of a page."""
        start = self._first_line[page]
        later = [first for number, first in self._first_line.items() if number > page]
        return self.lines[start : min(later, default=len(self.lines))]

    def headers_of(self, page: int) -> list[Header]:
        """The table headers of a page."""
        return self._headers.get(page, [])

    def place(self, page: int, number: int) -> int:
        """A line of a page, counted through the report."""
        return self._first_line[page] + number

    def section_weight(self, page: int, kinds: Sequence[str]) -> float:
        """How well a page fits the wanted sections: up to 1, less for later kinds, 0 outside them."""
        best = 0.0
        for section in self._sections:
            if section.first_page <= page <= section.last_page and section.kind in kinds:
                rank = kinds.index(section.kind)
                best = max(best, section.confidence * (1.0 - 0.08 * rank))
        return best

    def pages_in(self, kinds: Iterable[str]) -> set[int]:
        """The pages of the sections of some kinds."""
        wanted = set(kinds)
        return {
            page
            for section in self._sections
            if section.kind in wanted
            for page in range(section.first_page, section.last_page + 1)
        }

    @property
    def sectioned(self) -> bool:
        """Whether any section was found."""
        return bool(self._sections)

    def words(self, name: str) -> tuple[str, ...]:
        """A shared word list."""
        return self.instructions.words(name)

    @cached_property
    def folded(self) -> "FoldedLists":
        """The shared word lists, folded for comparison."""
        return FoldedLists(self.instructions)


class FoldedLists:
    """Shared word lists by name, each a set of folded words, made when first asked for."""

    def __init__(self, instructions: InstructionSet) -> None:
        self._instructions = instructions
        self._made: dict[str, frozenset[str]] = {}

    def __getitem__(self, name: str) -> frozenset[str]:
        if name not in self._made:
            self._made[name] = frozenset(fold(word) for word in self._instructions.words(name))
        return self._made[name]


def _undigited(text: str) -> str:
    return "".join(letter for letter in fold(text) if not letter.isdigit())


def _table_words(instructions: InstructionSet) -> TableWords:
    units = (*instructions.words("units"), *instructions.words("thousands"))
    return TableWords(
        notes=frozenset(word.casefold() for word in instructions.words("note_words")),
        units=frozenset(word.casefold() for word in units if " " not in word),
        sums=tuple(fold(word) for word in instructions.words("sum_words")),
    )
