"""A tiny report in an invented language, and the reader let loose on it."""

from collections.abc import Callable, Mapping

import pytest

from watchkeeper.domain.page import Page, PagedDocument, PageSource
from watchkeeper.workloads.annual_reports.instructions import (
    AgentInstructions,
    FieldInstructions,
    InstructionSet,
)
from watchkeeper.workloads.annual_reports.readers.flow import FlowReader
from watchkeeper.workloads.annual_reports.reading import FieldReading, Section

VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "months": (
        *("janu", "febru", "mars", "april", "maj", "juni"),
        *("juli", "augusti", "sept", "okto", "nove", "dezem"),
    ),
    "thousands": ("kilobits", "amounts in thousand bits"),
    "units": ("bits",),
    "note_words": ("ref",),
    "sum_words": ("total",),
    "amount_words": ("amounts",),
    "part_words": ("overview",),
    "date_column_words": ("ledger year",),
    "association_forms": ("guild", "guildhouse"),
    "firm_endings": ("inc",),
    "firm_words": ("audit",),
    "known_audit_firms": ("numera",),
    "person_roles": ("captain", "mate", "keeper", "checker", "deputy"),
    "person_titles": ("sworn checker", "elected checker"),
    "not_names": ("the", "board", "guild", "checkers", "page"),
    "name_particles": ("von", "de"),
    "inside_names": ("of", "and"),
    "and_words": ("and",),
    "square_metres": ("sqm",),
    "town_words": ("borough", "boroughs"),
    "place_endings_in_s": ("ness",),
    "piece_words": ("pcs",),
    "number_words": ("two", "three", "four"),
    "of_which_words": ("whereof",),
}  # fmt: skip

ReadPages = Callable[..., Mapping[str, FieldReading]]


def document_of(*pages: str) -> PagedDocument:
    """A document of text alone."""
    return PagedDocument(
        "report.pdf",
        "0" * 64,
        tuple(Page(number, 595.0, 842.0, (), text, PageSource.TEXT) for number, text in enumerate(pages, 1)),
    )


@pytest.fixture
def read_pages() -> ReadPages:
    """Reads pages of text: fields by name as `FieldInstructions`, sections as (kind, first, last)."""

    def read(
        *pages: str,
        fields: Mapping[str, FieldInstructions],
        sections: tuple[tuple[str, int, int], ...] = (),
        vocabulary: Mapping[str, tuple[str, ...]] = VOCABULARY,
    ) -> Mapping[str, FieldReading]:
        agent = AgentInstructions(agent="tester", version=1, fields=fields)
        parts = tuple(
            Section(kind=kind, title=kind, first_page=first, last_page=last, confidence=0.9)
            for kind, first, last in sections
        )
        report = FlowReader().open(
            document_of(*pages), parts, InstructionSet({"tester": agent}, dict(vocabulary))
        )
        return report.read(agent)

    return read
