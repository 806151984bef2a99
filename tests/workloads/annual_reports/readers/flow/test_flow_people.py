"""Persons and firms in lists, prose and on signature pages."""

import pytest

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions

CAPTAIN = FieldInstructions.model_validate(
    {
        "kind": "person",
        "labels": ("captain",),
        "sections": ("board", "signatures"),
        "side": "either",
        "occurrence": "last",
        "avoid": ("vice",),
        "hints": {"left_office": ("resigned",)},
    }
)
CHECKER = FieldInstructions.model_validate(
    {
        "kind": "person",
        "labels": ("sworn checker", "checker", "checkers", "elected checker"),
        "avoid": ("deputy",),
        "hints": {"weaker": ("elected checker",)},
    }
)
FIRM = FieldInstructions.model_validate({"kind": "firm", "labels": ("sworn checker", "checkers", "checker")})


@pytest.mark.parametrize(
    "page",
    [
        "The board\nAlma Nord Berg Captain\nBo Ek Mate",
        "The board\nAlma Nord Berg, captain\nBo Ek, mate",
        "The board\nCaptain Alma Nord Berg\nMate Bo Ek",
        "The board\nCaptain: Alma Nord Berg",
        "Alma Nord Berg\nCaptain\nBo Ek\nMate",
        "ALMA NORD BERG\nCaptain\nSigned 2024-05-13",
        "Bo Ek Vice captain\nAlma Nord Berg Captain",
    ],
)
def test_a_name_is_found_beside_above_and_behind_its_role(read_pages, page: str) -> None:
    assert read_pages(page, fields={"captain": CAPTAIN})["captain"].value == "Alma Nord Berg"


def test_names_of_two_columns_are_parted_by_where_they_stand_alone(read_pages) -> None:
    board = "The board\nIda Carl Stern Keeper\nOtto Virgin Mate"
    signed = "Otto Virgin Ida Carl Stern\nCaptain Keeper"
    assert read_pages(board, signed, fields={"captain": CAPTAIN})["captain"].value == "Otto Virgin"


def test_the_captain_at_the_years_end_is_named_when_there_were_several(read_pages) -> None:
    board = (
        "2023-01-01 - 2023-05-10:\nMags Sten, captain\n2023-05-10 - 2023-07-03:\nAnn Sjo, captain\n"
        "2023-07-03 - 2023-12-31:\nIvar Virg, captain\nMags Sten, mate"
    )
    signed = "Ivar Virg Mags Sten\nCaptain Mate"
    found = read_pages(
        board, signed, fields={"captain": CAPTAIN}, sections=(("board", 1, 1), ("signatures", 2, 2))
    )
    assert found["captain"].value == "Ivar Virg"


@pytest.mark.parametrize(
    "page",
    [
        "Name Role From To\nUlf Wand Captain 2021-06-04 2023-05-25\nCam Land Captain 2023-05-25",
        "Ulf Wand, captain (resigned in May)\nCam Land, captain from May",
    ],
)
def test_a_captain_who_left_is_not_named(read_pages, page: str) -> None:
    assert read_pages(page, fields={"captain": CAPTAIN})["captain"].value == "Cam Land"


def test_a_sworn_checker_goes_before_an_elected_one(read_pages) -> None:
    page = "Checkers\nOscar Klen Elected checker\nTobias Ander Sworn checker Numera Inc"
    found = read_pages(page, fields={"checker": CHECKER, "firm": FIRM})
    assert found["checker"].value == "Tobias Ander"
    assert found["firm"].value == "Numera Inc"


def test_titles_of_two_columns_belong_to_the_names_above_them_in_turn(read_pages) -> None:
    page = "Numera Inc\nTobias Ander Oscar Klen\nSworn checker Elected checker"
    assert read_pages(page, fields={"checker": CHECKER})["checker"].value == "Tobias Ander"


def test_an_elected_checker_counts_when_there_is_no_other(read_pages) -> None:
    page = "Checker\nJess Scip Elected checker\nAnja Uhl Deputy checker"
    found = read_pages(page, fields={"checker": CHECKER, "firm": FIRM})
    assert found["checker"].value == "Jess Scip"
    assert "firm" not in found


def test_a_name_in_a_sentence_is_found(read_pages) -> None:
    page = "The guild's checker has been Anna Sten, Numera."
    assert read_pages(page, fields={"checker": CHECKER})["checker"].value == "Anna Sten"


def test_a_firm_stuck_to_a_name_is_told_from_it_by_the_name_alone(read_pages) -> None:
    board = "Checkers\nAnna Sten Adeco Audit Inc"
    signed = "Anna Sten\nSworn checker"
    found = read_pages(board, signed, fields={"checker": CHECKER, "firm": FIRM})
    assert found["checker"].value == "Anna Sten"
    assert found["firm"].value == "Adeco Audit Inc"


def test_a_firm_far_from_any_checker_is_not_the_audit_firm(read_pages) -> None:
    page = (
        "Books kept by Ledger Inc\nHay bought of Farm Inc\nRoof by Tiles Inc\nWalls\nFloors\n"
        "Sworn checker Anna Sten"
    )
    assert "firm" not in read_pages(page, fields={"firm": FIRM})


def test_without_word_lists_no_name_is_guessed(read_pages) -> None:
    found = read_pages(
        "Alma Nord Captain", fields={"captain": CAPTAIN.model_copy(update={"labels": ()})}, vocabulary={}
    )
    assert found == {}


def test_a_name_broken_over_two_lines_is_put_together(read_pages) -> None:
    page = "At the meeting the members chose Alma\nNord, captain; Bo Ek, vice captain; Cia Alm, mate."
    assert read_pages(page, fields={"captain": CAPTAIN})["captain"].value == "Alma Nord"


def test_the_name_behind_a_role_and_a_semicolon_is_the_next_persons(read_pages) -> None:
    page = "These were chosen: the former captain; Bo Ek, mate"
    assert "captain" not in read_pages(page, fields={"captain": CAPTAIN})


def test_who_is_said_to_have_resigned_before_the_name_gives_way(read_pages) -> None:
    pages = ("Board\nAlma Nord Captain", "In May resigned Bo Ek as captain and a new one was chosen.")
    assert read_pages(*pages, fields={"captain": CAPTAIN})["captain"].value == "Alma Nord"
