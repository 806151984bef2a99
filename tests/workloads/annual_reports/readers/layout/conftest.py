"""Pages built in code: words placed where a test wants them, and a reader told invented labels."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from watchkeeper.domain.page import Page, PagedDocument, PageSource, Word
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions, InstructionSet
from watchkeeper.workloads.annual_reports.readers.layout import LayoutReader
from watchkeeper.workloads.annual_reports.reading import FieldReading, Section

CHAR = 5.0
SPACE = 2.8
LINE = 14.0
COLUMNS = (400.0, 500.0)

VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "months": ("unuary", "duary"),
    "thousands": ("kilo",),
    "units": ("coin",),
    "amount_words": ("sums",),
    "sum_words": ("total",),
    "note_words": ("foot",),
    "square_metres": ("sqm",),
    "town_words": ("town",),
    "person_roles": ("chief", "member", "inspector", "deputy"),
    "not_names": ("the", "board"),
    "name_particles": ("von",),
    "firm_endings": ("ltd",),
    "inside_names": ("and", "of"),
    "and_words": ("and",),
    "association_forms": ("guild",),
}


@dataclass
class Sheet:
    """A page under construction; every line goes below the last one."""

    number: int = 1
    width: float = 595.0
    height: float = 842.0
    ocr: bool = False
    top: float = 60.0
    words: list[Word] = field(default_factory=list)

    def put(self, x: float, text: str) -> "Sheet":
        """Words from a left edge, on the current line."""
        for part in text.split():
            width = CHAR * len(part)
            self.words.append(Word(part, x, self.top, x + width, self.top + 10))
            x += width + SPACE
        return self

    def put_right(self, x1: float, text: str) -> "Sheet":
        """Words up to a right edge, on the current line."""
        return self.put(x1 - CHAR * len(text.replace(" ", "")) - SPACE * text.count(" "), text)

    def down(self, lines: float = 1.0) -> "Sheet":
        """Go on below."""
        self.top += lines * LINE
        return self

    def line(self, label: str, *amounts: str, x: float = 60.0) -> "Sheet":
        """A label at the left and amounts right-aligned in the columns; then the next line."""
        self.put(x, label)
        for right, amount in zip(COLUMNS, amounts, strict=False):
            self.put_right(right, amount)
        return self.down()

    def cells(self, *cells: tuple[float, str]) -> "Sheet":
        """Cells at their left edges; then the next line."""
        for x, text in cells:
            self.put(x, text)
        return self.down()

    def page(self) -> Page:
        """The page, with a text that no layout reader may look at."""
        source = PageSource.OCR if self.ocr else PageSource.TEXT
        return Page(self.number, self.width, self.height, tuple(self.words), "never looked at", source)


@pytest.fixture
def sheet() -> Callable[..., Sheet]:
    return Sheet


@pytest.fixture
def read() -> Callable[..., Mapping[str, FieldReading]]:
    """Read sheets (or pages) with the fields of one invented agent."""

    def reading(
        fields: Mapping[str, Mapping[str, object]],
        *sheets: Sheet | Page,
        sections: tuple[Section, ...] = (),
        vocabulary: Mapping[str, tuple[str, ...]] = VOCABULARY,
    ) -> Mapping[str, FieldReading]:
        agent = AgentInstructions.model_validate({"agent": "a", "version": 1, "fields": fields})
        told = InstructionSet(agents={"a": agent}, vocabulary=vocabulary)
        pages = tuple(s if isinstance(s, Page) else s.page() for s in sheets)
        document = PagedDocument("report.pdf", "0" * 64, pages)
        return LayoutReader().open(document, sections, told).read(agent)

    return reading


@pytest.fixture
def section() -> Callable[..., Section]:
    def make(kind: str, first: int, last: int | None = None) -> Section:
        return Section(kind=kind, title=kind, first_page=first, last_page=last or first, confidence=0.9)

    return make
