"""What the association is called, its number, and the day its year ends."""

import pytest

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions

NUMBER = FieldInstructions(kind="org_no", labels=("org no",))
NAME = FieldInstructions(kind="association", labels=("report of", "report for"))
YEAR_END = FieldInstructions(kind="date", labels=("ledger year",))


def test_the_number_on_every_page_is_the_associations(read_pages) -> None:
    pages = [
        "Guild Solen\nOrg no 769000-1230",
        "Guild Solen\nOrg no 769000-1230\nKept by Ledger, org no 556036-0793",
    ]
    reading = read_pages(*pages, fields={"no": NUMBER})["no"]
    assert reading.value == "769000-1230"
    assert reading.page == 1


def test_a_wrong_check_digit_lowers_confidence(read_pages) -> None:
    right = read_pages("Org no 769000-1230", fields={"no": NUMBER})["no"]
    wrong = read_pages("Org no 769000-1231", fields={"no": NUMBER})["no"]
    assert wrong.confidence < 0.6 < right.confidence


@pytest.mark.parametrize(
    ("pages", "name"),
    [
        (
            ("Report 2023\nGuild Stora Solen", "Guild Stora Solen\n1 (9)", "Guild Stora Solen\n2 (9)"),
            "Guild Stora Solen",
        ),
        (("Report of\nGuildhouse\nMånen and Solen", "Guild Månen and Solen"), "Guildhouse Månen and Solen"),
        (("The board of Guild Solen 7, 769000-1230, hereby", "Guild Solen 7 3(15)"), "Guild Solen 7"),
    ],
)
def test_the_name_is_given_as_the_report_opens_with_it(read_pages, pages: tuple[str, ...], name: str) -> None:
    assert read_pages(*pages, fields={"name": NAME})["name"].value == name


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Report for the ledger year 2023-01-01 - 2023-12-31.", "2023-12-31"),
        ("Report for the ledger year 1 janu - 31 dezem 2021.", "2021-12-31"),
        ("Report for the ledger year 2022-07-01 - 2023-06-30.", "2023-06-30"),
        ("Report for the ledger year 2023.\nHoldings 2023-12-31 2022-12-31", "2023-12-31"),
        ("Income 2022-05-01- 2021-05-01-\n2023-04-30 2022-04-30\nHay 5 000 4 000", "2023-04-30"),
    ],
)
def test_the_day_the_year_ends_is_read(read_pages, text: str, day: str) -> None:
    assert read_pages(text, fields={"end": YEAR_END})["end"].value == day


def test_a_label_and_the_columns_that_agree_make_the_day_sure(read_pages) -> None:
    alone = read_pages("The ledger year 2023-01-01 - 2023-12-31.", fields={"end": YEAR_END})["end"]
    both = read_pages(
        "The ledger year 2023-01-01 - 2023-12-31.", "Holdings 2023-12-31 2022-12-31", fields={"end": YEAR_END}
    )["end"]
    assert both.confidence > 0.9 > alone.confidence
