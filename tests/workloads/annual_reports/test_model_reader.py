"""A model's answer as readings: only what it found, and no page the report does not have."""

import pytest

from watchkeeper.domain.page import Page, PagedDocument, PageSource
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions, FieldInstructions
from watchkeeper.workloads.annual_reports.readers.model import CONFIDENCE, MAX_PAGES, ModelReader, zone_of
from watchkeeper.workloads.annual_reports.reading import Section

READER = ModelReader(target="vision", sends_images=False, timeout_s=5.0)


def document(pages: int, unread: tuple[int, ...] = ()) -> PagedDocument:
    made = tuple(
        Page(n, 595, 842, (), f"text {n}", PageSource.NONE if n in unread else PageSource.TEXT)
        for n in range(1, pages + 1)
    )
    return PagedDocument("a.pdf", "0" * 64, made)


def agent(*sections: str) -> AgentInstructions:
    return AgentInstructions(
        agent="balance_sheet",
        version=1,
        fields={"assets": FieldInstructions(kind="amount", sections=sections)},
    )


def test_nulls_and_blanks_are_no_readings() -> None:
    parsed = {"assets": None, "cash": {"value": None}, "name": {"value": "", "page": 1}}
    assert READER.readings_of(parsed, document(3)) == {}
    assert READER.readings_of("not an object", document(3)) == {}


def test_a_reading_carries_its_page_and_what_was_printed() -> None:
    found = READER.readings_of({"assets": {"value": 301, "page": 2, "printed": "301 kr"}}, document(3))[
        "assets"
    ]
    assert (found.value, found.page, found.printed, found.confidence) == (301, 2, "301 kr", CONFIDENCE)
    assert "vision" in found.rule


@pytest.mark.parametrize("page", [0, 4, None, "2"])
def test_a_page_the_report_does_not_have_halves_the_confidence(page: object) -> None:
    found = READER.readings_of({"assets": {"value": 301, "page": page, "printed": "301"}}, document(3))[
        "assets"
    ]
    assert found.confidence == CONFIDENCE / 2
    assert 1 <= found.page <= 3


def test_an_agent_is_shown_the_pages_of_its_sections() -> None:
    sections = (
        Section(kind="notes", title="Noter", first_page=7, last_page=9, confidence=1.0),
        Section(kind="balance_sheet", title="Balansräkning", first_page=4, last_page=5, confidence=1.0),
    )
    shown = zone_of(agent("balance_sheet"), document(9), sections)
    assert [page.number for page in shown] == [4, 5]


def test_without_its_section_it_is_shown_the_first_readable_pages_and_never_too_many() -> None:
    shown = zone_of(agent("balance_sheet"), document(40, unread=(1, 2)), ())
    assert [page.number for page in shown] == list(range(3, 3 + MAX_PAGES))


def test_a_call_carries_the_instructions_the_schema_and_the_documents_hash() -> None:
    call = READER.call_for(
        agent(), document(2), (), page_image=lambda _: pytest.fail("no image was asked for"), workload="w"
    )
    assert (call.target, call.agent, call.document_sha256) == ("vision", "balance_sheet", "0" * 64)
    assert call.json_schema is not None
    assert call.deadline_s == 5.0


def test_pictures_are_sent_to_a_target_that_takes_them() -> None:
    seen = []

    def picture(number: int) -> bytes:
        seen.append(number)
        return b"png"

    reader = ModelReader(target="vision", sends_images=True, timeout_s=5.0)
    reader.call_for(agent(), document(2), (), page_image=picture, workload="w")
    assert seen == [1, 2]
