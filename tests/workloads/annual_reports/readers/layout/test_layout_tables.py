"""Rows with named parts, years side by side, people with roles and names beside services, by their places."""

from collections.abc import Callable
from typing import Any

Read = Callable[..., Any]

LOANS = {
    "kind": "rows",
    "headings": ["debts"],
    "until": ["pledges"],
    "hints": {
        "text:bank": ["bank"],
        "rate:interest": ["interest"],
        "date:bound_until": ["bound until"],
        "date:ends": ["last day"],
        "amount:left": ["left"],
        "amount:paid_next": ["paid next"],
        "required": ["bank", "left"],
        "one_of": ["interest", "bound_until"],
    },
}


def test_the_head_above_a_value_says_what_it_is(sheet: Read, read: Read) -> None:
    page = sheet().line("Debts")
    page.cells((60, "Bank"), (180, "Interest"), (250, "Last day"), (350, "Left"), (450, "Paid next"))
    page.cells((60, "North Fund"), (180, "3,79"), (250, "2025-06-18"), (350, "5 237 500"), (450, "100 000"))

    assert read({"it": LOANS}, page)["it"].value == [
        {
            "bank": "North Fund",
            "interest": 3.79,
            "ends": "2025-06-18",
            "left": 5_237_500,
            "paid_next": 100_000,
        }
    ]


def test_a_sum_and_a_footer_are_no_rows(sheet: Read, read: Read) -> None:
    page = sheet().line("Debts").cells((60, "Whereof short"), (350, "400 000")).line("Page 5")

    assert "it" not in read({"it": LOANS}, page)


def test_rows_that_add_up_to_the_row_below_are_surer(sheet: Read, read: Read) -> None:
    def page(total: str) -> Any:
        made = sheet().line("Debts").cells((60, "North Fund"), (180, "3,5"), (350, "400 000"))
        return made.cells((60, "South Fund"), (180, "2,5"), (350, "900 000")).cells((350, total))

    sums, none = (read({"it": LOANS}, page(total))["it"] for total in ("1 300 000", "1 400 000"))
    assert sums.value == none.value
    assert sums.confidence > none.confidence


def test_a_year_alone_counts_for_the_rows_below_it(sheet: Read, read: Read) -> None:
    told = {
        "kind": "rows",
        "headings": ["works done"],
        "hints": {"text:what": [], "year:when": [], "required": ["what"], "one_of": ["when"]},
    }
    page = sheet().line("Works done").line("2018-2019").line("New roof").line("2020").line("Painted stairs")

    assert read({"it": told}, page)["it"].value == [
        {"what": "New roof", "when": "2018-2019"},
        {"what": "Painted stairs", "when": 2020},
    ]


def test_values_by_year_are_parallel_to_the_years_newest_first(sheet: Read, read: Read) -> None:
    told = {
        "years": {"kind": "amounts", "labels": ["solidity"], "hints": {"heads": ["years"]}},
        "sales": {"kind": "amounts", "labels": ["sales"], "unit": "report"},
        "fee": {"kind": "amounts", "labels": ["fee"]},
        "solidity": {"kind": "amounts", "labels": ["solidity"]},
    }
    page = sheet().line("Overview", "2022", "2023").line("Sales, kilo", "14 667", "18 775")
    page.line("Solidity", "77,5", "76").line("Fee", "-", "724*")

    found = read(told, page)
    assert found["years"].value == [2023, 2022]
    assert found["sales"].value == [18_775_000, 14_667_000]
    assert found["solidity"].value == [76, 77.5]
    assert found["fee"].value == [724, None]


def test_people_are_listed_with_the_roles_in_their_rows(sheet: Read, read: Read) -> None:
    told = {
        "kind": "people",
        "labels": ["those in charge"],
        "until": ["inspectors"],
        "hints": {"roles": ["chief", "member"]},
    }
    page = sheet().line("Those in charge").cells((60, "Alma Nord"), (200, "Chief"))
    page.cells((60, "Bo Ek"), (200, "Member")).line("Inspectors").cells((60, "Dan Gran"), (200, "Inspector"))

    assert read({"it": told}, page)["it"].value == [
        {"name": "Alma Nord", "role": "chief"},
        {"name": "Bo Ek", "role": "member"},
    ]


def test_names_are_read_beside_their_services_in_either_order(sheet: Read, read: Read) -> None:
    told = {"kind": "rows", "headings": ["contracts"], "hints": {"services": ["cleaning", "snow"]}}
    rows = [("Cleaning", "Brush Ltd"), ("Lifts", "Up Ltd"), ("Snow", "Plough Ltd")]
    straight, turned = sheet().line("Contracts"), sheet().line("Contracts")
    for service, name in rows:
        straight.cells((60, service), (300, name))
        turned.cells((60, name), (300, service))

    assert read({"it": told}, straight)["it"].value == ["Brush Ltd", "Plough Ltd"]
    assert read({"it": told}, turned)["it"].value == ["Brush Ltd", "Plough Ltd"]


def test_a_list_of_costs_is_no_list_of_suppliers(sheet: Read, read: Read) -> None:
    told = {"kind": "rows", "headings": ["contracts"], "hints": {"services": ["cleaning"]}}

    assert "it" not in read({"it": told}, sheet().line("Contracts").line("Cleaning", "17 175", "22 125"))


def test_a_passage_keeps_to_its_own_column(sheet: Read, read: Read) -> None:
    told = {"kind": "passage", "labels": ["verdict"], "cues": ["recommend"]}
    page = sheet().cells((60, "Verdict"), (320, "Duties"))
    for left, right in (
        ("We have checked it. We", "The board keeps"),
        ("recommend that it is", "the books. It is"),
        ("approved. It was long.", "the duty of"),
        ("So was the year.", "all of them"),
        ("And the next.", "to be careful"),
        ("That is all.", "at all times."),
    ):
        page.cells((60, left), (320, right))

    assert read({"it": told}, page)["it"].value == "We recommend that it is approved."
