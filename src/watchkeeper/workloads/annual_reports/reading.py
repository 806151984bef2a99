"""What a reader is: sections and instructions in, one reading a field out.

Every reader (layout, flow, a language or vision model) keeps this contract, so that twins can be
compared and a third opinion added without the rest noticing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from watchkeeper.domain.page import Box, PagedDocument
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions, InstructionSet

FieldValue = int | float | str | bool | list[object] | dict[str, object]
"""Amounts are whole SEK, areas m2, percentages plain numbers, dates ISO, people and firms text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a report, by page range; ranges may overlap on a shared page."""

    kind: str
    """One of the pattern families of `sections.yaml`, such as `balance_sheet`."""
    title: str
    """The heading as printed."""
    first_page: int
    last_page: int
    confidence: float
    """0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReading:
    """One reader's answer for one field; a field it does not find is absent from its answer."""

    value: FieldValue
    page: int
    """1-based page the value is printed on."""
    confidence: float
    """0 to 1: how often the reader expects such a reading to be right."""
    printed: str
    """The text as printed, before normalising."""
    box: Box | None
    """Where it stands on the page; None when the reader has no places."""
    rule: str
    """Which label and rule led to it, for a person to follow."""


class OpenReport(Protocol):
    """A report a reader has prepared once, to be read agent by agent."""

    def read(
        self, agent: AgentInstructions, only: Collection[str] | None = None
    ) -> Mapping[str, FieldReading]:
        """The agent's fields that were found, by output key; with `only`, none but these are looked for."""
        ...

    def told(self, instructions: InstructionSet) -> "OpenReport":
        """The same report under other instructions with the same shared words, without opening it again."""
        ...


class Reader(Protocol):
    """One independent way of reading a report."""

    @property
    def name(self) -> str:
        """Stable name, such as `layout`; it labels columns, receipts and results."""
        ...

    @property
    def version(self) -> str:
        """Raised whenever the reader may answer differently; pinned by the pre-flight (GF-50)."""
        ...

    def open(
        self, document: PagedDocument, sections: tuple[Section, ...], instructions: InstructionSet
    ) -> OpenReport:
        """Prepare a report for reading."""
        ...
