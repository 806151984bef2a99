"""Amounts: the current year's column, units, signs, split labels and totals without a label."""

from collections.abc import Callable
from typing import Any

import pytest

Read = Callable[..., Any]
TOTAL = {"assets": {"kind": "amount", "labels": ["total goods"], "sections": ["sheet"], "unit": "report"}}


def test_the_current_year_is_read_and_not_the_year_or_the_note_beside_it(sheet: Read, read: Read) -> None:
    page = (
        sheet()
        .line("Position", "2023-12-31", "2022-12-31")
        .put(300, "7")
        .line("Total goods", "1 234 567", "999 999")
    )

    found = read(TOTAL, page)["assets"]

    assert (found.value, found.page, found.printed) == (1234567, 1, "1 234 567")


def test_the_current_year_is_found_when_it_stands_on_the_right(sheet: Read, read: Read) -> None:
    page = sheet().line("Position", "2022-12-31", "2023-12-31").line("Total goods", "999 999", "1 234 567")

    assert read(TOTAL, page)["assets"].value == 1234567


def test_a_header_over_two_lines_names_the_period_that_ends_last(sheet: Read, read: Read) -> None:
    page = sheet().line("Position", "2021-07-01", "2022-07-01").line("", "-2022-06-30", "-2023-06-30")
    page.line("Total goods", "111 111", "222 222")

    assert read(TOTAL, page)["assets"].value == 222222


def test_without_a_header_the_left_amount_counts_and_less_surely(sheet: Read, read: Read) -> None:
    bare = sheet().put(300, "12").line("Total goods", "1 234 567", "999 999")
    headed = sheet().line("Position", "2023", "2022").line("Total goods", "1 234 567", "999 999")

    without, with_header = read(TOTAL, bare)["assets"], read(TOTAL, headed)["assets"]

    assert without.value == with_header.value == 1234567
    assert without.confidence < with_header.confidence


def test_an_amount_in_the_prior_years_column_alone_is_not_the_current_one(sheet: Read, read: Read) -> None:
    page = sheet().line("Position", "2023-12-31", "2022-12-31").put_right(500, "999 999").line("Total goods")

    assert "assets" not in read(TOTAL, page)


@pytest.mark.parametrize("statement", ["All sums in kilo", "Sheet (kilo)"])
def test_amounts_in_thousands_are_multiplied(statement: str, sheet: Read, read: Read) -> None:
    page = sheet().line(statement).line("Position", "2023", "2022").line("Total goods", "1 234", "999")

    assert read(TOTAL, page)["assets"].value == 1_234_000


def test_thousands_stated_for_one_table_leave_other_pages_alone(sheet: Read, read: Read) -> None:
    overview = sheet(number=1).line("Overview kilo", "2023", "2022").line("Income", "12", "11")
    balance = sheet(number=2).line("Position", "2023", "2022").line("Total goods", "1 234", "999")

    assert read(TOTAL, overview, balance)["assets"].value == 1234


@pytest.mark.parametrize("printed", ["-4 500", "−4 500", "– 4 500", "4 500-", "(4 500)"])
@pytest.mark.parametrize(("sign", "value"), [("printed", -4500), ("absolute", 4500)])
def test_every_printed_minus_is_understood(
    printed: str, sign: str, value: int, sheet: Read, read: Read
) -> None:
    page = sheet().line("Year", "2023", "2022").line("Outcome", printed, "17")

    told = {"result": {"kind": "amount", "labels": ["outcome"], "sign": sign}}

    assert read(told, page)["result"].value == value


def test_a_label_over_two_lines_finds_its_amount_on_either(sheet: Read, read: Read) -> None:
    told = {"x": {"kind": "amount", "labels": ["short part of debts to lenders"]}}
    upper = (
        sheet()
        .line("Year", "2023", "2022")
        .line("Short part of debts to", "50 000", "40 000")
        .line("lenders")
    )
    lower = (
        sheet()
        .line("Year", "2023", "2022")
        .line("Short part of debts to")
        .line("lenders", "50 000", "40 000")
    )

    assert read(told, upper)["x"].value == read(told, lower)["x"].value == 50000


def test_a_label_with_its_amount_on_the_bare_line_below(sheet: Read, read: Read) -> None:
    page = sheet().line("Year", "2023", "2022").line("Total goods").line("", "70 000", "60 000")

    assert read(TOTAL, page)["assets"].value == 70000


def test_a_longer_label_is_something_else(sheet: Read, read: Read) -> None:
    told = {"equity": {"kind": "amount", "labels": ["total equity"], "avoid": ["debts"]}}
    page = (
        sheet()
        .line("Year", "2023", "2022")
        .line("Total equity and debts", "900", "800")
        .line("Total equity", "5", "4")
    )

    assert read(told, page)["equity"].value == 5


BLOCK = {
    "debt": {
        "kind": "amount",
        "labels": ["total long debts"],
        "headings": ["long debts"],
        "until": ["short debts"],
        "sign": "absolute",
    }
}


def test_an_unlabelled_subtotal_that_adds_up_is_the_blocks_total(sheet: Read, read: Read) -> None:
    page = sheet().line("Year", "2023", "2022").line("Long debts")
    page.line("Bank", "700", "600").line("Other", "55", "44").line("", "755", "644").line("Short debts")

    found = read(BLOCK, page)["debt"]

    assert found.value == 755
    assert found.confidence >= 0.9
    assert "sum of the 2 rows above" in found.rule


@pytest.mark.parametrize("printed", ["0", "-", "–"])
def test_nothing_owed_is_zero_and_not_missing(printed: str, sheet: Read, read: Read) -> None:
    page = sheet().line("Year", "2023", "2022").line("Long debts").line("Total long debts", printed, "500")
    page.line("Short debts")

    assert read(BLOCK, page)["debt"].value == 0


def test_a_notes_number_beside_a_heading_is_no_amount(sheet: Read, read: Read) -> None:
    page = sheet().line("Year", "2023-12-31", "2022-12-31").put(325, "16").line("Long debts")
    page.line("Bank", "700", "600").line("Other", "55", "44").line("", "755", "644").line("Short debts")

    assert read(BLOCK, page)["debt"].value == 755


def test_a_row_that_says_it_adds_up_is_trusted_when_ocr_broke_the_sum(sheet: Read, read: Read) -> None:
    told = {"x": {"kind": "amount", "headings": ["loans"], "until": ["pledges"]}}
    page = sheet(ocr=True).line("Year", "2023", "2022").line("Loans").line("Bank one", "45", "46")
    page.line("Bank two", "4S", "46").line("Total", "90", "92").line("Pledges")

    assert read(told, page)["x"].value == 90


def test_the_only_row_of_a_block_stands_for_it(sheet: Read, read: Read) -> None:
    page = (
        sheet().line("Year", "2023", "2022").line("Long debts").line("Bank", "700", "600").line("Short debts")
    )

    assert read(BLOCK, page)["debt"].value == 700


def test_an_unlabelled_total_below_a_labelled_subtotal_counts(sheet: Read, read: Read) -> None:
    told = {"x": {"kind": "amount", "labels": ["total fees"], "headings": ["income"], "until": ["costs"]}}
    page = (
        sheet()
        .line("Year", "2023", "2022")
        .line("Income")
        .line("Fees", "100", "90")
        .line("Rents", "20", "20")
    )
    page.line("Total fees", "120", "110").line("Damages", "7", "0").line("", "127", "110").line("Costs")

    assert read(told, page)["x"].value == 127


def test_two_equal_rows_are_two_parts_and_not_a_row_with_its_sum(sheet: Read, read: Read) -> None:
    told = {
        "x": {"kind": "amount", "headings": ["loans"], "until": ["pledges"], "hints": {"less": ["of which"]}}
    }
    page = (
        sheet()
        .line("Year", "2023", "2022")
        .line("Loans")
        .line("Bank one", "45", "46")
        .line("Bank two", "45", "46")
    )
    page.line("Total", "90", "92").line("Of which short", "90", "92").line("Pledges")

    assert read(told, page)["x"].value == 90


def test_rows_of_another_section_are_added_up_when_the_note_is_missing(
    sheet: Read, read: Read, section: Read
) -> None:
    told = {
        "loans": {
            "kind": "amount",
            "headings": ["loans"],
            "sections": ["note"],
            "hints": {"sheet_rows": ["debts to lenders"]},
        }
    }
    page = (
        sheet().line("Year", "2023", "2022").line("Debts to lenders", "700", "1").line("Suppliers", "5", "1")
    )
    page.line("Debts to lenders", "30", "1")

    assert read(told, page, sections=(section("sheet", 1),))["loans"].value == 730


def test_a_total_that_is_not_printed_is_the_sum_of_its_parts(sheet: Read, read: Read) -> None:
    told = {
        "long": {"kind": "amount", "labels": ["total long"]},
        "short": {"kind": "amount", "labels": ["total short"]},
        "all": {"kind": "amount", "labels": ["total debts"], "sum_of": ["long", "short"]},
    }
    page = sheet().line("Year", "2023", "2022").line("Total long", "100", "1").line("Total short", "23", "1")

    found = read(told, page)

    assert found["all"].value == 123
    assert found["all"].confidence < found["long"].confidence


def test_a_part_that_is_missing_makes_the_sum_less_sure(sheet: Read, read: Read) -> None:
    told = {
        "long": {"kind": "amount", "labels": ["total long"]},
        "short": {"kind": "amount", "labels": ["total short"]},
        "all": {"kind": "amount", "labels": ["total debts"], "sum_of": ["long", "short"]},
    }
    page = sheet().line("Year", "2023", "2022").line("Total short", "23", "1")

    found = read(told, page)["all"]

    assert found.value == 23
    assert found.confidence < 0.9


CASH = {"cash": {"kind": "amount", "labels": ["total cash", "cash and bank"], "sections": ["sheet"]}}


def test_other_accounts_are_not_cash(sheet: Read, read: Read) -> None:
    page = (
        sheet()
        .line("Year", "2023", "2022")
        .line("Client account", "900", "1")
        .line("Cash and bank", "17", "1")
    )
    absent = sheet().line("Year", "2023", "2022").line("Client account", "900", "1")

    assert read(CASH, page)["cash"].value == 17
    assert "cash" not in read(CASH, absent)


def test_the_section_to_look_in_goes_before_the_rest_of_the_report(
    sheet: Read, read: Read, section: Read
) -> None:
    elsewhere = sheet(number=1).line("Year", "2023", "2022").line("Total goods", "1", "1")
    balance = sheet(number=2).line("Year", "2023", "2022").line("Total goods", "80", "70")

    inside = read(TOTAL, elsewhere, balance, sections=(section("sheet", 2),))["assets"]
    outside = read(TOTAL, elsewhere, sections=(section("sheet", 2),))["assets"]

    assert (inside.value, inside.page) == (80, 2)
    assert inside.confidence >= 0.9 > outside.confidence


def test_a_row_of_percentages_is_no_amount(sheet: Read, read: Read) -> None:
    page = (
        sheet()
        .line("Year", "2023", "2022")
        .line("Total goods", "12 %", "11 %")
        .line("Total goods", "80", "70")
    )

    assert read(TOTAL, page)["assets"].value == 80


def test_amounts_of_all_years_come_newest_first(sheet: Read, read: Read) -> None:
    told = {"turnover": {"kind": "amounts", "labels": ["turnover"]}}
    page = sheet().line("Overview", "2022", "2023").line("Turnover", "80", "70")

    assert read(told, page)["turnover"].value == [70, 80]


def test_added_rows_go_before_the_left_column_of_a_note_that_prints_their_sum_in_another(
    sheet: Read, read: Read, section: Read
) -> None:
    told = {
        "loans": {
            "kind": "amount",
            "headings": ["loans"],
            "sections": ["note"],
            "hints": {"sheet_rows": ["far debts", "near debts"]},
        }
    }
    balance = (
        sheet()
        .line("Year", "2023", "2022")
        .line("Far debts", "700 000", "1")
        .line("Near debts", "30 000", "1")
    )
    note = (
        sheet(number=2)
        .line("Loans")
        .line("Bank one", "9 100", "430 000")
        .line("Bank two", "8 000", "300 000")
    )
    note.line("Total", "17 100", "730 000")

    found = read(told, balance, note, sections=(section("sheet", 1), section("note", 2)))["loans"]

    assert found.value == 730000
    assert "page 2 prints their sum" in found.rule


def test_a_single_row_of_nothing_is_no_sum_of_rows(sheet: Read, read: Read, section: Read) -> None:
    told = {"loans": {"kind": "amount", "headings": ["loans"], "hints": {"sheet_rows": ["far debts"]}}}
    page = sheet().line("Year", "2023", "2022").line("Far debts", "0", "500 000")

    assert "loans" not in read(told, page, sections=(section("sheet", 1),))


def test_a_note_word_and_its_number_in_one_cell_are_no_part_of_the_label(sheet: Read, read: Read) -> None:
    page = (
        sheet()
        .line("Position", "2023", "2022")
        .put(300, "Foot 9")
        .line("Total goods", "1 234 567", "999 999")
    )

    assert "is the row's label" in read(TOTAL, page)["assets"].rule
