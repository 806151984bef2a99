"""Amounts in tables printed every way reports print them."""

import pytest

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions

HEADER = "Holdings Ref 2023-12-31 2022-12-31"


def amount(*labels: str, **more: object) -> FieldInstructions:
    return FieldInstructions.model_validate({"kind": "amount", "unit": "report", "labels": labels, **more})


def test_the_current_year_is_read_and_not_the_prior_year_beside_it(read_pages) -> None:
    found = read_pages(
        f"{HEADER}\nTotal holdings 675 294 786 675 890 692", fields={"all": amount("total holdings")}
    )
    assert found["all"].value == 675294786
    assert found["all"].page == 1
    assert found["all"].box is None


def test_the_current_year_is_read_when_its_column_stands_second(read_pages) -> None:
    page = "Holdings 2022-12-31 2023-12-31\nTotal holdings 611 000 742 000"
    assert read_pages(page, fields={"all": amount("total holdings")})["all"].value == 742000


def test_a_note_number_is_told_from_the_amount_behind_it_by_the_sum_below(read_pages) -> None:
    page = f"{HEADER}\nGrain 3 682 353 554\nHay 2 8 360 032 6 997 925\nTotal stock 8 360 714 7 351 479"
    found = read_pages(page, fields={"grain": amount("grain"), "stock": amount("total stock")})
    assert found["grain"].value == 682
    assert found["stock"].value == 8360714
    assert "sum" in found["grain"].rule


def test_a_note_number_is_told_from_the_amount_by_the_years_being_alike(read_pages) -> None:
    page = f"{HEADER}\nAccrued costs 15 774 707 720 953"
    assert read_pages(page, fields={"accrued": amount("accrued costs")})["accrued"].value == 774707


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("Barns Ref 8,12 666 670 761 670 174 119", 666670761),
        ("Barns 2, 13, 18 1 128 949 229 1 145 085 715", 1128949229),
        ("Barns 4&5 -231 386 -232 200", -231386),
        ("Barns 12 127 201 127 970", 127201),
        ("Barns −105 154 −98 400", -105154),
        ("Barns (105 154) (98 400)", -105154),
        ("Barns 105 154- 98 400-", -105154),
        ("Barns 0 43 930 000", 0),
        ("Barns - 43 930 000", 0),
        ("Barns 1 234 567,89 1 100 000,10", 1234567),
        ("Barns 1.234.567 1.100.000", 1234567),
        ("Barns 4188 283 3 999 100", 4188283),
    ],
)
def test_figures_are_read_however_they_are_printed(read_pages, row: str, value: int) -> None:
    assert read_pages(f"{HEADER}\n{row}", fields={"barns": amount("barns")})["barns"].value == value


def test_a_sign_that_the_instructions_drop_is_dropped(read_pages) -> None:
    page = f"{HEADER}\nBarns -105 154 -98 400"
    assert read_pages(page, fields={"barns": amount("barns", sign="absolute")})["barns"].value == 105154


def test_figures_on_lines_of_their_own_belong_to_the_label_above(read_pages) -> None:
    page = f"{HEADER}\nCosts\n4\n-\n4 709 006\n-\n4 192 067\nHay 217 726\n0\nCoins\n1 289 346\n1 425 413"
    fields = {name: amount(name) for name in ("costs", "hay", "coins")}
    found = {name: reading.value for name, reading in read_pages(page, fields=fields).items()}
    assert found == {"costs": -4709006, "hay": 217726, "coins": 1289346}


def test_a_label_broken_over_lines_is_put_together(read_pages) -> None:
    page = f"{HEADER}\nAccrued costs and prepaid\nincome\nRef 13 461 858 591 427"
    assert (
        read_pages(page, fields={"accrued": amount("accrued costs and prepaid income")})["accrued"].value
        == 461858
    )


def test_two_rows_glued_on_one_line_are_parted(read_pages) -> None:
    page = f"{HEADER}\nResult after interest -1 120 663 -1 610 044 Final result -1 120 664 -1 610 045"
    assert read_pages(page, fields={"final": amount("final result")})["final"].value == -1120664


def test_amounts_in_thousands_are_multiplied(read_pages) -> None:
    opening = "All amounts are in amounts in thousand bits."
    page = f"{HEADER}\nTotal holdings 129 242 130 614"
    assert read_pages(opening, page, fields={"all": amount("total holdings")})["all"].value == 129242000


def test_a_remark_on_one_parts_unit_does_not_multiply_the_rest(read_pages) -> None:
    opening = "The amounts of the overview are given in kilobits."
    page = f"{HEADER}\nTotal holdings 55 095 55 734"
    assert read_pages(opening, page, fields={"all": amount("total holdings")})["all"].value == 55095


def test_a_page_with_billions_is_not_in_thousands_whatever_was_said(read_pages) -> None:
    opening = "All amounts are in amounts in thousand bits."
    page = f"{HEADER}\nTotal holdings 129 242 129 130 614 130"
    assert read_pages(opening, page, fields={"all": amount("total holdings")})["all"].value == 129242129


def test_a_subtotal_without_a_label_is_found_under_its_heading(read_pages) -> None:
    page = (
        f"{HEADER}\nDistant debts\nBank Ref 16 16 831 500 9 322 500\nRent 100 200\n16 831 600 9 322 700\n"
        "Near debts\nBank 5 6"
    )
    field = amount("total distant debts", headings=("distant debts",), until=("near debts",))
    reading = read_pages(page, fields={"debts": field})["debts"]
    assert reading.value == 16831600
    assert "distant debts" in reading.rule


def test_a_block_without_any_sum_is_added_up(read_pages) -> None:
    page = f"{HEADER}\nDistant debts\nBank 8 14 100 14 400\nNear debts\nBank 8 300 300"
    field = amount(headings=("distant debts",), until=("near debts",))
    assert read_pages(page, fields={"debts": field})["debts"].value == 14100


def test_a_total_that_counts_a_labelled_sum_in_goes_before_it(read_pages) -> None:
    page = (
        "Income 2023 2022\nIncome\nFees 15 300 969 13 707 979\nOther 1 272 578 330 127\n"
        "Total income 16 573 547 14 038 106\nGrants 296 694 0\n16 870 241 14 038 106\nCosts\nRepairs -5 -6"
    )
    field = amount("total income", headings=("income",), until=("costs",))
    assert read_pages(page, fields={"income": field})["income"].value == 16870241


def test_the_total_before_a_part_is_taken_off_is_the_one_that_counts(read_pages) -> None:
    page = (
        "Ref 11 Bank debts\n2023-12-31 2022-12-31\nEast Bank 2,5 % 8 200 000 8 300 000\n"
        "West Bank 1,4 % 7 200 000 7 300 000\n"
        "Less near part -200 000 -200 000\n15 200 000 15 400 000"
    )
    field = amount(headings=("bank debts",), hints={"less": ("less near part",)})
    assert read_pages(page, fields={"debts": field})["debts"].value == 15400000


def test_rows_of_the_balance_sheet_add_up_where_no_note_says_the_total(read_pages) -> None:
    page = f"{HEADER}\nFar bank debts 10 450 000 10 450 000\nNear bank debts 4 264 750 4 583 750"
    field = amount("all loans", hints={"balance_sheet_rows": ("far bank debts", "near bank debts")})
    assert read_pages(page, fields={"debts": field})["debts"].value == 14714750


def test_a_field_without_a_row_is_the_sum_of_its_parts(read_pages) -> None:
    page = f"{HEADER}\nTotal far debts 85 980 000 82 630 000\nTotal near debts 29 507 111 33 099 206"
    fields = {
        "far": amount("total far debts"),
        "near": amount("total near debts"),
        "both": amount("total debts", sum_of=("far", "near")),
    }
    assert read_pages(page, fields=fields)["both"].value == 115487111


def test_a_longer_label_that_is_another_fields_own_is_left_to_it(read_pages) -> None:
    page = f"{HEADER}\nTotal debts to banks 500 000 400 000"
    fields = {"debts": amount("total debts"), "bank_debts": amount("total debts to banks")}
    assert set(read_pages(page, fields=fields)) == {"bank_debts"}


def test_a_label_with_letters_lost_or_misread_is_recognised(read_pages) -> None:
    near = "kor\ufffe" + "ris\ufffe" + "ga"
    page = (
        f"{HEADER}\nTotal {near} skulder 10 083 10 017\n"
        "Total anläggning$r 5 000 4 000\nSumma tillgangor 15 083 14 017"
    )
    fields = {
        "near": amount("total kortfristiga skulder"),
        "plant": amount("total anläggningår"),
        "all": amount("summa tillgångar"),
    }
    found = {name: reading.value for name, reading in read_pages(page, fields=fields).items()}
    assert found == {"near": 10083, "plant": 5000, "all": 15083}


def test_a_page_in_the_wanted_section_goes_before_an_equal_row_elsewhere(read_pages) -> None:
    sheet = "Balance 2023-12-31 2022-12-31\nFinal result -2 339 028 -1 198 725"
    income = "Income 2023 2022\nFinal result -1 140 303 -1 198 725"
    found = read_pages(
        sheet,
        income,
        fields={"result": amount("final result", sections=("income",))},
        sections=(("income", 2, 2),),
    )
    assert found["result"].value == -1140303


def test_a_row_outside_every_wanted_section_is_read_with_less_confidence(read_pages) -> None:
    page = f"{HEADER}\nTotal holdings 675 294 786 675 890 692"
    field = {"all": amount("total holdings", sections=("balance",))}
    inside = read_pages(page, "end", fields=field, sections=(("balance", 1, 1),))["all"]
    outside = read_pages(page, "end", fields=field, sections=(("balance", 2, 2),))["all"]
    assert outside.value == inside.value
    assert outside.confidence < 0.6 < inside.confidence


def test_a_sum_that_comes_out_makes_a_reading_sure(read_pages) -> None:
    rows = "Hay 5 000 000 4 000 000\nGrain 600 000 500 000\n"
    field = {"stock": amount("total stock", sections=("balance",))}
    sections = (("balance", 1, 1),)
    right = read_pages(f"{HEADER}\n{rows}Total stock 5 600 000 4 500 000", fields=field, sections=sections)[
        "stock"
    ]
    wrong = read_pages(f"{HEADER}\n{rows}Total stock 5 700 000 4 500 000", fields=field, sections=sections)[
        "stock"
    ]
    assert right.confidence > wrong.confidence
    assert "sum" in right.rule
    assert "sum" not in wrong.rule


def test_a_note_word_broken_from_its_number_leaves_the_label_whole(read_pages) -> None:
    page = f"{HEADER}\nFar bank debts\nRef\n18 63 780 200 71 474 650\nTotal far debts 63 780 200 71 474 650"
    found = read_pages(page, fields={"debts": amount("far bank debts")})["debts"]
    assert found.value == 63780200
    assert found.printed.startswith("Far bank debts")


def test_the_balance_sheets_rows_go_before_the_first_column_of_a_note_that_prints_their_sum_in_another(
    read_pages,
) -> None:
    sheet = f"{HEADER}\nFar bank debts 8 000 000 8 100 000\nNear bank debts 4 500 000 4 600 000"
    note = "Loans\nBank Paid Debt\nNordia 100 000 7 500 000\nBanka 90 000 5 000 000\nTotal 190 000 12 500 000"
    field = amount(headings=("loans",), hints={"balance_sheet_rows": ("far bank debts", "near bank debts")})
    found = read_pages(sheet, note, fields={"debts": field}, sections=(("balance_sheet", 1, 1),))["debts"]
    assert found.value == 12500000
    assert "page 2 prints it too" in found.rule


def test_a_blocks_labelled_last_row_that_adds_up_is_its_total_and_no_part_of_it(read_pages) -> None:
    rows = "Fees 2 517 498 2 639 207\nOther 98 950 99 000\nThe income 2 616 448 2 738 207"
    page = f"{HEADER}\nThe income\n{rows}\nCosts"
    found = read_pages(page, fields={"income": amount(headings=("the income",), until=("costs",))})
    assert found["income"].value == 2616448
