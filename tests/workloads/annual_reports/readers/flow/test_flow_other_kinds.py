"""Texts, lists, percentages and passages: read by kind, whatever the field is called."""

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions


def test_a_percentage_is_read_from_its_row(read_pages) -> None:
    field = FieldInstructions(kind="percent", labels=("solidity",))
    assert read_pages("Solidity (%) 64,88 69,03", fields={"share": field})["share"].value == 64.88


def test_the_amounts_of_all_years_are_listed(read_pages) -> None:
    field = FieldInstructions(kind="amounts", labels=("turnover",))
    page = "Overview 2023 2022 2021 2020\nTurnover 1 333 878 1 145 235 1 144 071 1 140 501"
    assert read_pages(page, fields={"years": field})["years"].value == [1333878, 1145235, 1144071, 1140501]


def test_people_named_after_a_label_are_listed_once_each(read_pages) -> None:
    field = FieldInstructions(kind="people", labels=("the mates are",))
    page = "The mates are Alma Nord, Bo Ek and Cia Falk. Alma Nord sails."
    assert read_pages(page, fields={"mates": field})["mates"].value == ["Alma Nord", "Bo Ek", "Cia Falk"]


def test_a_text_behind_its_label_is_read(read_pages) -> None:
    field = FieldInstructions(kind="text", labels=("insured with",))
    assert (
        read_pages("Insured with: Great Mutual", fields={"insurer": field})["insurer"].value == "Great Mutual"
    )


def test_a_passage_runs_from_its_heading_to_the_next(read_pages) -> None:
    field = FieldInstructions(kind="passage", headings=("the past year",), until=("the coming year",))
    page = "The past year\nHay was cut.\nGrain was cut too.\nThe coming year\nNothing."
    assert read_pages(page, fields={"past": field})["past"].value == "Hay was cut. Grain was cut too."
