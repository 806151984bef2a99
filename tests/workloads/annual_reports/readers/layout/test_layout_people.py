"""Who holds a role: board tables, signature pages, prose, and several holders in one year."""

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]
CHIEF = {
    "chief": {
        "kind": "person",
        "labels": ["chief"],
        "side": "either",
        "occurrence": "last",
        "avoid": ["vice"],
        "hints": {"left_office": ["left", "until"], "entered_office": ["from"]},
    }
}
INSPECTOR = {
    "inspector": {
        "kind": "person",
        "labels": ["sworn inspector", "inspector"],
        "side": "either",
        "avoid": ["deputy"],
        "hints": {"stronger": ["sworn", "ltd"], "weaker": ["chosen by the guild"]},
    }
}
FIRM = {
    "firm": {"kind": "firm", "labels": ["inspector", "inspectors"], "side": "either", "avoid": ["caretaker"]}
}


def test_a_board_table_names_the_chief_and_not_the_vice_chief(sheet: Read, read: Read) -> None:
    page = sheet().cells((60, "Ada von Berg"), (250, "Chief"))
    page.cells((60, "Bo Ek"), (250, "Vice chief")).cells((60, "Cia Alm"), (250, "Member"))

    assert read(CHIEF, page)["chief"].value == "Ada von Berg"


def test_a_name_above_its_title_on_a_signature_page(sheet: Read, read: Read) -> None:
    page = sheet().cells((60, "Ada Berg"), (300, "Bo Ek")).cells((60, "Chief"), (300, "Member"))

    assert read(CHIEF, page)["chief"].value == "Ada Berg"


@pytest.mark.parametrize(
    "line", ["The board is Ada Berg (chief), Bo Ek (member).", "Ada Berg, chief", "Chief: Ada Berg"]
)
def test_a_name_beside_its_title_in_a_line(line: str, sheet: Read, read: Read) -> None:
    assert read(CHIEF, sheet().line(line))["chief"].value == "Ada Berg"


def test_titles_before_their_names_are_told_from_titles_after(sheet: Read, read: Read) -> None:
    page = sheet().line("member Bo Ek, chief Ada Berg, member Cia Alm")

    assert read(CHIEF, page)["chief"].value == "Ada Berg"


def test_of_several_chiefs_the_one_in_office_at_the_years_end_is_named(sheet: Read, read: Read) -> None:
    page = sheet().line("Year", "2023-12-31", "2022-12-31").line("2023-01-01 - 2023-05-10:")
    page.line("Ada Berg, chief").line("Bo Ek, member").line("2023-05-10 - 2023-12-31:")
    page.line("Cia Alm, chief").line("Bo Ek, member")

    assert read(CHIEF, page)["chief"].value == "Cia Alm"


def test_a_chief_whose_column_says_that_the_term_ended_is_passed_over(sheet: Read, read: Read) -> None:
    page = sheet().line("Year", "2023-12-31", "2022-12-31")
    page.cells((60, "Name"), (200, "Role"), (300, "From"), (400, "Until"))
    page.cells((60, "Ada Berg"), (200, "Chief"), (300, "2021-06-04"), (400, "2023-05-25"))
    page.cells((60, "Cia Alm"), (200, "Chief"), (300, "2023-05-25"))

    assert read(CHIEF, page)["chief"].value == "Cia Alm"


def test_a_name_printed_again_with_more_words_is_the_same_and_surer(sheet: Read, read: Read) -> None:
    board = sheet(number=1).cells((60, "Ada Berg"), (250, "Chief"))
    signed = sheet(number=2).cells((60, "ADA EVA BERG"), (300, "BO EK")).cells((60, "Chief"), (300, "Member"))

    alone, both = read(CHIEF, board)["chief"], read(CHIEF, board, signed)["chief"]

    assert alone.value == both.value == "Ada Berg"
    assert both.confidence > alone.confidence


def test_a_sworn_inspector_goes_before_one_chosen_by_the_members(sheet: Read, read: Read) -> None:
    page = sheet().cells((60, "Ada Berg"), (300, "Bo Ek"))
    page.cells((60, "Sworn inspector"), (300, "Inspector chosen by the guild"))

    assert read(INSPECTOR, page)["inspector"].value == "Ada Berg"


def test_an_inspector_chosen_by_the_members_counts_where_no_other_is_named(sheet: Read, read: Read) -> None:
    page = sheet().line("Inspector").cells((60, "Bo Ek"), (300, "Inspector chosen by the guild"))
    page.cells((60, "Cia Alm"), (300, "Deputy inspector"))

    assert read(INSPECTOR, page)["inspector"].value == "Bo Ek"


def test_a_firm_stands_near_the_inspector_and_a_caretaker_is_not_it(sheet: Read, read: Read) -> None:
    page = (
        sheet().line("Inspectors").cells((60, "Ada Berg"), (200, "Sworn inspector"), (400, "Berg and Ek Ltd"))
    )
    page.down(3).line("Caretaker").line("House Care Ltd")

    assert read(FIRM, page)["firm"].value == "Berg and Ek Ltd"


def test_no_firm_is_invented(sheet: Read, read: Read) -> None:
    page = (
        sheet()
        .line("Inspectors")
        .cells((60, "Bo Ek"), (300, "Inspector"))
        .down(4)
        .line("Caretaker is House Care Ltd")
    )

    assert "firm" not in read(FIRM, page)


def test_the_name_over_a_heading_is_not_the_names_under_it(sheet: Read, read: Read) -> None:
    page = sheet().line("Deputies").line("Cia Alm").down(1).line("Inspector")
    page.line("The sworn inspector Ada Berg, Berg Ltd.")

    assert read(INSPECTOR, page)["inspector"].value == "Ada Berg"


def test_a_term_that_ends_in_a_later_year_has_not_ended(sheet: Read, read: Read) -> None:
    page = sheet().line("Year", "2023-12-31", "2022-12-31")
    page.cells((60, "Ada Berg"), (250, "Chief"), (350, "chosen until 2025"))
    page.cells((60, "Bo Ek"), (250, "Chief"), (350, "left in May"))

    assert read(CHIEF, page)["chief"].value == "Ada Berg"


def test_people_under_a_heading_are_listed(sheet: Read, read: Read) -> None:
    told = {"finders": {"kind": "people", "labels": ["finders"]}}
    page = sheet().line("Finders").line("Ada Berg").line("Bo Ek (convener)").down(4).line("Cia Alm")

    assert read(told, page)["finders"].value == ["Ada Berg", "Bo Ek"]


def test_a_name_broken_over_two_lines_of_prose_is_put_together(sheet: Read, read: Read) -> None:
    page = sheet().line("At the meeting of the guild in the spring the members did choose as the board Ada")
    page.line("Berg, chief; Bo Ek, vice chief; Cia Alm, member; and there was nothing more to be done")

    assert read(CHIEF, page)["chief"].value == "Ada Berg"
