"""Counts, areas, years, dates, places, designations, numbers and names of associations, and listings."""

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]
FLATS = {
    "flats": {
        "kind": "count",
        "labels": ["owned flats", "flats"],
        "side": "either",
        "avoid": ["rented"],
        "cues": ["owned"],
        "minimum": 2,
    }
}
BUILT = {
    "built": {
        "kind": "year",
        "labels": ["built in", "year of building"],
        "avoid": ["value year"],
        "minimum": 1600,
    }
}
AREA = {
    "area": {"kind": "area", "labels": ["whole area"], "side": "either", "avoid": ["plot"], "minimum": 100}
}


@pytest.mark.parametrize(
    "line",
    [
        "The guild lets 94 flats owned by members and 2 rooms.",
        "There are 5 rented flats and 94 owned flats of 7 219 sqm.",
        "Number of flats: 94",
    ],
)
def test_flats_are_counted_and_rented_ones_are_not(line: str, sheet: Read, read: Read) -> None:
    assert read(FLATS, sheet().line(line))["flats"].value == 94


def test_a_table_of_flats_gives_the_owned_ones(sheet: Read, read: Read) -> None:
    page = sheet().cells((60, "Number"), (150, "Kind"), (400, "Whole area sqm"))
    page.cells((60, "34"), (150, "flats (owned)"), (400, "2858")).cells(
        (60, "2"), (150, "flats (rented)"), (400, "170")
    )
    page.cells((60, "Total 36 objects"), (400, "3028"))

    found = read({**FLATS, **AREA}, page)

    assert found["flats"].value == 34
    assert found["area"].value == 3028


def test_a_number_over_a_line_end_is_found(sheet: Read, read: Read) -> None:
    long = "The house of the guild has three stairs and six floors above the ground, and in it are in all 61"
    page = sheet().line(long).line("owned flats and one cellar.")

    assert read(FLATS, page)["flats"].value == 61


def test_the_total_area_is_read_with_its_unit_and_not_its_parts(sheet: Read, read: Read) -> None:
    page = sheet().line("The whole area is by the assessment 8 009 sqm, of which 7 531 sqm flats.")

    assert read(AREA, page)["area"].value == 8009


def test_the_value_year_is_not_the_year_of_building(sheet: Read, read: Read) -> None:
    stated = sheet().line("The house was built in 1939 and has two stairs. Its value year is 1999.")
    unstated = sheet().line("Year of building and areas").line("The value year is 2020")

    assert read(BUILT, stated)["built"].value == 1939
    assert "built" not in read(BUILT, unstated)


def test_a_year_in_the_column_under_its_head(sheet: Read, read: Read) -> None:
    page = sheet().cells((60, "Block"), (200, "Bought"), (320, "Year of building"))
    page.cells((60, "Solen 3"), (200, "2006"), (320, "1993"))

    assert read(BUILT, page)["built"].value == 1993


YEAR_END = {"year_end": {"kind": "date", "labels": ["the financial year"]}}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("for the financial year 2022-07-01 - 2023-06-30.", "2023-06-30"),
        ("for the financial year 1 unuary - 28 duary 2021.", "2021-02-28"),
        ("The financial year 20230101--20231231", "2023-12-31"),
    ],
)
def test_a_financial_year_stands_for_its_end(line: str, value: str, sheet: Read, read: Read) -> None:
    assert read(YEAR_END, sheet().line(line))["year_end"].value == value


def test_a_year_alone_is_completed_from_the_columns_of_amounts(sheet: Read, read: Read) -> None:
    page = sheet().line("Report for the financial year 2023.").line("Goods", "2023-06-30", "2022-06-30")

    assert read(YEAR_END, page)["year_end"].value == "2023-06-30"


PLACE = {"place": {"kind": "place", "labels": ["town", "seated in"], "side": "either"}}


@pytest.mark.parametrize(
    "line", ["The guild is seated in Solna.", "on land in Solnas town, bought", "in Solna town"]
)
def test_a_town_is_read_without_its_genitive(line: str, sheet: Read, read: Read) -> None:
    assert read(PLACE, sheet().line(line))["place"].value == "Solna"


def test_a_town_whose_name_ends_so_keeps_its_letter(sheet: Read, read: Read) -> None:
    words = {"town_words": ("town",), "place_endings_in_s": ("vikås",)}

    assert read(PLACE, sheet().line("in Vikås town"), vocabulary=words)["place"].value == "Vikås"


BLOCK = {"block": {"kind": "designation", "labels": ["block", "the blocks"]}}


def test_a_designation_in_a_column_leaves_out_what_stands_beside_it(sheet: Read, read: Read) -> None:
    page = (
        sheet()
        .cells((60, "Block"), (200, "Bought"), (320, "Town"))
        .cells((60, "Solen 3"), (200, "2006"), (320, "Solna"))
    )
    page.cells(
        (60, "Total 1 object"),
    )

    found = read({**BLOCK, **PLACE}, page)

    assert found["block"].value == "Solen 3"
    assert found["place"].value == "Solna"


def test_several_designations_are_given_as_printed(sheet: Read, read: Read) -> None:
    page = sheet().line("The guild holds the blocks Solen 3, Solen 4 and Vikan 1:20 in Solna.")

    assert read(BLOCK, page)["block"].value == "Solen 3, Solen 4 and Vikan 1:20"


def test_the_repeated_number_is_the_associations_own(sheet: Read, read: Read) -> None:
    told = {"no": {"kind": "org_no", "labels": ["reg no"]}}
    pages = [sheet(number=n).cells((60, "Guild Solen"), (400, "769600-1111")).down(3) for n in (1, 2, 3)]
    pages[1].line("Caretaker, reg no 556600-2222")

    assert read(told, *pages)["no"].value == "769600-1111"


def test_the_name_most_pages_print_is_the_associations(sheet: Read, read: Read) -> None:
    told = {"name": {"kind": "association", "labels": ["report of"]}}
    pages = [sheet(number=n).cells((60, "Guild Stora ängen"), (450, f"{n}(3)")).down(3) for n in (1, 2, 3)]
    pages[2].line("We share a yard with Guild Solen and Guild Vikan nearby.")

    assert read(told, *pages)["name"].value == "Guild Stora ängen"


def test_other_kinds_are_read_by_the_same_means(sheet: Read, read: Read) -> None:
    told = {
        "share": {"kind": "percent", "labels": ["solidity"]},
        "opinion": {"kind": "text", "labels": ["opinion"]},
        "loans": {
            "kind": "rows",
            "labels": ["loans"],
            "hints": {"text:bank": [], "rate:rate": [], "amount:left": []},
        },
        "events": {"kind": "passage", "labels": ["events of the year"]},
    }
    page = sheet().line("Solidity 83,5 %").line("Opinion: clean").down(2).line("Loans")
    page.cells((60, "North Bank"), (300, "4,5"), (400, "1 000")).cells(
        (60, "South Bank"), (300, "4,7"), (400, "2 000")
    )
    page.down(4).line("Events of the year").line("The roof was mended.").line("The yard was paved.")

    found = read(told, page)

    assert found["share"].value == 83.5
    assert found["opinion"].value == "clean"
    assert found["loans"].value == [
        {"bank": "North Bank", "rate": 4.5, "left": 1000},
        {"bank": "South Bank", "rate": 4.7, "left": 2000},
    ]
    assert found["events"].value == "The roof was mended. The yard was paved."


def test_the_date_over_the_columns_counts_where_no_sentence_names_it(
    sheet: Read, read: Read, section: Read
) -> None:
    told = {"end": {"kind": "date", "labels": ["the financial year"], "hints": {"columns_of": ["sheet"]}}}
    page = sheet().line("Goods", "2023-06-30", "2022-06-30").line("House", "10", "9")

    assert read(told, page, sections=(section("sheet", 1),))["end"].value == "2023-06-30"


def test_a_town_before_a_designation_is_left_out(sheet: Read, read: Read) -> None:
    page = sheet().line("The guild holds the blocks Solna Kolonnen 1:2 in Solna town.")

    assert read(BLOCK, page)["block"].value == "Kolonnen 1:2"


def test_of_a_wider_number_the_one_singled_out_counts(sheet: Read, read: Read) -> None:
    told = {"flats": {**FLATS["flats"], "labels": ["flats", "owned"], "hints": {"narrower": ["of which"]}}}
    page = sheet().line("The house has 31 flats, of which 29 are owned and 2 are let.")

    assert read(told, page)["flats"].value == 29


SPACE = {
    "area": {
        "kind": "area",
        "labels": ["dwelling space"],
        "side": "either",
        "minimum": 100,
        "hints": {"parts": ["dwelling space", "shop space"], "part_beside": ["shop space"]},
    }
}


def test_a_parts_area_takes_in_the_other_part_in_the_row_below(sheet: Read, read: Read) -> None:
    page = (
        sheet().cells((60, "Dwelling space"), (400, "11 230 sqm")).cells((60, "Shop space"), (400, "534 sqm"))
    )

    found = read(SPACE, page)["area"]

    assert (found.value, found.printed) == (11764, "11 230 + 534")


def test_a_parts_area_stays_alone_when_another_row_stands_between(sheet: Read, read: Read) -> None:
    page = (
        sheet().cells((60, "Dwelling space"), (400, "11 230 sqm")).cells((60, "Ground"), (400, "21 640 sqm"))
    )
    page.cells((60, "Shop space"), (400, "534 sqm"))

    assert read(SPACE, page)["area"].value == 11230


def test_an_area_that_a_lines_end_cuts_after_its_thousands_is_put_together(sheet: Read, read: Read) -> None:
    page = sheet().line("The house that the guild bought then has a dwelling space that comes to 1")
    page.line("402 sqm and some rooms below the ground that nobody has measured so far.")

    assert read(SPACE, page)["area"].value == 1402


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The guild owns the plots Sunhill 9, 10 and 11 of Norr town.", "Sunhill 9, 10 and 11"),
        ("The guild owns the plots Sunhill 9, 10 and 11, in the Norr town.", "Sunhill 9, 10 and 11"),
        ("The guild owns the plots Sunhill 9 and 10.", "Sunhill 9 and 10"),
        ("The guild owns the plots Sunhill 9 and 24 flats.", "Sunhill 9"),
    ],
)
def test_blocks_that_share_a_name_are_read_with_all_their_numbers(
    sheet: Read, read: Read, text: str, value: str
) -> None:
    told = {"block": {"kind": "designation", "labels": ["the plots"]}}

    assert read(told, sheet().line(text))["block"].value == value


def test_a_running_heads_name_goes_on_behind_a_number_with_a_place(sheet: Read, read: Read) -> None:
    told = {"name": {"kind": "association", "labels": ["report of"]}}
    pages = [sheet(number=n).line("Guild Smith 5 of Norr").down().line("Something else") for n in (1, 2)]

    assert read(told, *pages)["name"].value == "Guild Smith 5 of Norr"


def test_a_blocks_number_counts_nothing_behind_a_joining_word(sheet: Read, read: Read) -> None:
    told = {"flats": {"kind": "count", "labels": ["flats"], "side": "either", "minimum": 2}}
    page = sheet().line("The guild owns the plot Sunhill 6 and lets flats.")

    assert "flats" not in read(told, page)


def test_the_head_of_the_next_column_is_no_town(sheet: Read, read: Read) -> None:
    told = {"place": {"kind": "place", "labels": ["town"], "side": "either"}}
    page = sheet().cells((60, "Block"), (200, "Bought"), (400, "Town"))

    assert "place" not in read(told, page)
