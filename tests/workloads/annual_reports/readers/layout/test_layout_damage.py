"""Damaged and awkward print: lost letters, stamps in the margin, OCR, and words in any order."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.domain.page import PagedDocument, Word
from watchkeeper.workloads.annual_reports.instructions import InstructionSet, load_instructions
from watchkeeper.workloads.annual_reports.readers.layout import LayoutReader

Read = Callable[..., Any]
TOTAL = {"assets": {"kind": "amount", "labels": ["totål gööds kept"]}}


def test_with_empty_instructions_nothing_is_found(sheet: Read) -> None:
    page = sheet().line("Balansräkning", "2023", "2022").line("Summa tillgångar", "10", "9").page()
    shipped = load_instructions()
    silent = {
        name: agent.model_copy(
            update={
                "fields": {
                    key: told.model_copy(update={"labels": (), "headings": (), "hints": {}})
                    for key, told in agent.fields.items()
                }
            }
        )
        for name, agent in shipped.agents.items()
    }

    report = LayoutReader().open(PagedDocument("r.pdf", "0" * 64, (page,)), (), InstructionSet())

    assert silent
    assert all(report.read(agent) == {} for agent in silent.values())


def test_letters_lost_from_the_text_layer_do_not_hide_a_label(sheet: Read, read: Read) -> None:
    page = sheet().line("Year", "2023", "2022").line("Tot !l g dds kept".replace("dds", "ds"), "10", "9")

    found = read(TOTAL, page)["assets"]

    assert found.value == 10
    assert (
        found.confidence
        < read(TOTAL, sheet().line("Year", "2023", "2022").line("Totål gööds kept", "10", "9"))[
            "assets"
        ].confidence
    )


def test_lost_ligatures_do_not_hide_a_label(sheet: Read, read: Read) -> None:
    told = {"x": {"kind": "amount", "labels": ["critic office traffic hub"]}}
    page = sheet().line("Year", "2023", "2022").line("Cri c o ce tra c hub", "10", "9")

    assert read(told, page)["x"].value == 10


def test_a_stamp_up_the_margin_leaves_rows_whole(sheet: Read, read: Read) -> None:
    page = sheet().line("Year", "2023", "2022").line("Totål gööds kept", "10", "9")
    for step in range(40):
        page.top = 50 + 4 * step
        page.put(585, "E")

    assert read(TOTAL, page)["assets"].value == 10


def test_ocr_that_runs_thousands_together_is_read(sheet: Read, read: Read) -> None:
    page = sheet(ocr=True).line("Year", "2023", "2022").line("Totål gööds kept", "1456 974", "1 475593")

    found = read(TOTAL, page)["assets"]

    assert found.value == 1456974
    assert "OCR" in found.rule


def test_a_reading_tells_where_it_stands(sheet: Read, read: Read) -> None:
    page = sheet().line("Year", "2023", "2022").line("Totål gööds kept", "1 456 974", "9")

    box = read(TOTAL, page)["assets"].box

    words = [w for w in page.words if w.text in ("1", "456", "974")]
    assert (box.x0, box.x1) == (min(w.x0 for w in words), max(w.x1 for w in words))
    assert (box.top, box.bottom) == (words[0].top, words[0].bottom)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), text=st.text(max_size=40))
def test_neither_the_text_nor_the_order_of_words_matters(
    seed: int, text: str, sheet: Read, read: Read
) -> None:
    told = {
        **TOTAL,
        "chief": {"kind": "person", "labels": ["chief"], "side": "either"},
        "flats": {"kind": "count", "labels": ["flats"], "side": "either"},
    }
    page = sheet().line("Year", "2023", "2022").line("Totål gööds kept", "1 456 974", "9")
    page.cells((60, "Ada Berg"), (250, "Chief")).line("There are 34 flats.")
    plain = page.page()
    words = list(plain.words)
    Random(seed).shuffle(words)

    assert read(told, replace(plain, words=tuple(words), text=text)) == read(told, plain)


def test_a_page_without_words_is_passed_over(sheet: Read, read: Read) -> None:
    assert read(TOTAL, sheet(number=1), sheet(number=2)) == {}


def test_words_without_tall_letters_stay_in_their_line(sheet: Read, read: Read) -> None:
    told = {"events": {"kind": "passage", "labels": ["events"]}}
    page = sheet().line("Events").page()
    line = [
        Word("She", 60, 80, 75, 88),
        Word("saw", 78, 83, 93, 88),
        Word("a", 96, 83, 101, 88),
        Word("dog", 104, 80, 119, 91),
    ]

    assert read(told, replace(page, words=(*page.words, *line)))["events"].value == "She saw a dog"
