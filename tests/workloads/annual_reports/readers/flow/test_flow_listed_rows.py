"""Rows with named parts, years side by side, people with roles and names beside services, from text alone."""

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions

LOANS = FieldInstructions(
    kind="rows",
    headings=("debts",),
    until=("pledges",),
    hints={
        "text:bank": ("bank",),
        "rate:interest": ("interest",),
        "date:bound_until": ("bound until",),
        "amount:left": ("left",),
        "amount:paid_next": ("paid next",),
        "required": ("bank", "left"),
        "one_of": ("interest", "bound_until"),
    },
)


def _values(read_pages, field: FieldInstructions, *pages: str) -> object:  # type: ignore[no-untyped-def]
    found = read_pages(*pages, fields={"it": field})
    return found["it"].value if "it" in found else None


def test_the_head_says_which_figure_is_which(read_pages) -> None:
    page = "Debts\nBank Interest Bound until Left Paid next\nNorth Fund 3,79 % 2025-06-18 5 237 500 100 000"
    assert _values(read_pages, LOANS, page) == [
        {
            "bank": "North Fund",
            "interest": 3.79,
            "bound_until": "2025-06-18",
            "left": 5_237_500,
            "paid_next": 100_000,
        }
    ]


def test_last_years_figure_is_no_part_of_a_row(read_pages) -> None:
    page = "Debts\nBank Interest Left\nNorth Fund 3,79 % 49 565 743 50 067 743"
    assert _values(read_pages, LOANS, page) == [{"bank": "North Fund", "interest": 3.79, "left": 49_565_743}]


def test_sums_and_footers_are_no_rows(read_pages) -> None:
    page = "Debts\nBank Interest Left\nWhereof short 400 000\nPage 5"
    assert _values(read_pages, LOANS, page) is None


def test_rows_end_where_the_next_part_begins(read_pages) -> None:
    page = "Debts\nNorth Fund 3,5 % 400 000\nPledges\nSouth Fund 2,5 % 900 000"
    assert _values(read_pages, LOANS, page) == [{"bank": "North Fund", "interest": 3.5, "left": 400_000}]


def test_amounts_that_add_up_to_the_line_below_are_surer(read_pages) -> None:
    rows = "Debts\nNorth Fund 3,5 % 400 000\nSouth Fund 2,5 % 900 000"
    sums = read_pages(f"{rows}\n1 300 000", fields={"it": LOANS})["it"]
    none = read_pages(f"{rows}\n1 400 000", fields={"it": LOANS})["it"]
    assert sums.confidence > none.confidence


def test_a_year_alone_counts_for_the_lines_below_it(read_pages) -> None:
    works = FieldInstructions(
        kind="rows",
        headings=("works done",),
        hints={"text:what": (), "year:when": (), "required": ("what",), "one_of": ("when",)},
    )
    page = "Works done\n2018-2019\nNew roof\nNew doors\n2020\nPainted stairs 4 and 6"
    assert _values(read_pages, works, page) == [
        {"what": "New roof", "when": "2018-2019"},
        {"what": "New doors", "when": "2018-2019"},
        {"what": "Painted stairs 4 and 6", "when": 2020},
    ]


def test_values_by_year_are_parallel_to_the_years(read_pages) -> None:
    page = (
        "Overview\n2020 2023 2022 2021\nNet sales, kilobits 5 554 18 775 14 667 14 325\nSolidity 0 76 77 77"
    )
    fields = {
        "years": FieldInstructions(kind="amounts", labels=("solidity",), hints={"heads": ("years",)}),
        "sales": FieldInstructions(kind="amounts", labels=("net sales",), unit="report"),
    }
    found = read_pages(page.replace("2020 2023 2022 2021", "2023 2022 2021 2020"), fields=fields)
    assert found["years"].value == [2023, 2022, 2021, 2020]
    assert found["sales"].value == [5_554_000, 18_775_000, 14_667_000, 14_325_000]


def test_a_year_for_which_only_a_dash_is_printed_has_no_value(read_pages) -> None:
    field = FieldInstructions(kind="amounts", labels=("fee each",))
    assert _values(read_pages, field, "2023 2022 2021\nFee each 724 705 -") == [724, 705, None]


def test_decimals_by_year_are_kept(read_pages) -> None:
    field = FieldInstructions(kind="amounts", labels=("solidity",))
    assert _values(read_pages, field, "2023 2022 2021\nSolidity (%) 43,67 44,65 68,31") == [
        43.67,
        44.65,
        68.31,
    ]


def test_people_are_listed_with_the_roles_beside_them(read_pages) -> None:
    board = FieldInstructions(
        kind="people",
        labels=("crew of the year",),
        until=("checkers",),
        hints={"roles": ("captain", "mate")},
    )
    page = "Crew of the year\nAlma Nord Captain\nBo Ek Mate\nCia Falk\nCheckers\nDan Gran Checker"
    assert _values(read_pages, board, page) == [
        {"name": "Alma Nord", "role": "captain"},
        {"name": "Bo Ek", "role": "mate"},
        {"name": "Cia Falk", "role": None},
    ]


def test_names_are_read_beside_their_services_in_either_order(read_pages) -> None:
    field = FieldInstructions(kind="rows", headings=("contracts",), hints={"services": ("cleaning", "snow")})
    assert _values(read_pages, field, "Contracts\nCleaning Brush Inc\nLifts Up Inc\nSnow Plough Inc") == [
        "Brush Inc",
        "Plough Inc",
    ]
    assert _values(read_pages, field, "Contracts\nBrush Inc Cleaning\nPlough Inc Snow") == [
        "Brush Inc",
        "Plough Inc",
    ]


def test_only_the_sentence_with_a_cue_is_given(read_pages) -> None:
    field = FieldInstructions(kind="passage", headings=("verdict",), cues=("recommend",))
    page = "Verdict\nWe have checked the ledger. We recom-\nmend that it is approved. It was dull."
    assert _values(read_pages, field, page) == "We recommend that it is approved."
