"""Parts of a report are found from its reading-order text."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from watchkeeper.adapters.documents import read_pdf
from watchkeeper.domain.page import Page, PagedDocument, PageSource
from watchkeeper.workloads.annual_reports.reading import Section
from watchkeeper.workloads.annual_reports.repair import repair
from watchkeeper.workloads.annual_reports.sections import load_patterns, pages_of, sectionize

REPORTS = Path(__file__).parents[5] / "shared" / "data" / "annual_reports"

COVER = "Årsredovisning 2023\nBrf Solrosen"
CONTENTS = (
    "Innehåll\nFörvaltningsberättelse ..... 3\nResultaträkning ..... 4\nBalansräkning ..... 5\n"
    "Kassaflödesanalys ..... 6\nNoter ..... 7"
)
REPORT = (
    "Förvaltningsberättelse\nStyrelsen avger härmed årsredovisning för föreningen.\n"
    "Allmänt om verksamheten\nFöreningen har till ändamål att främja medlemmarnas intressen.\n"
    "Styrelsens sammansättning\nKim Ekdal Ordförande\nRobin Alm Ledamot\n"
    "Fastigheten\nFöreningen äger fastigheten Solrosen 1.\n"
    "Väsentliga händelser under räkenskapsåret\nEtt nytt tak har lagts."
)
INCOME = (
    "Resultaträkning Not 2023 2022\nRörelseintäkter\nNettoomsättning 2 4 100 000 4 000 000\n"
    "Summa rörelseintäkter 4 100 000 4 000 000\nRörelsekostnader\nDriftskostnader 3 -2 000 000 -1 900 000\n"
    "Avskrivningar -900 000 -900 000\nRörelseresultat 1 200 000 1 200 000\nRäntekostnader -400 000 -300 000\n"
    "Årets resultat 800 000 900 000"
)
ASSETS = (
    "Balansräkning Not 2023-12-31 2022-12-31\n"
    "Tillgångar\nAnläggningstillgångar\nByggnader 4 90 000 000 91 000 000\n"
    "Summa anläggningstillgångar 90 000 000 91 000 000\nOmsättningstillgångar\n"
    "Kortfristiga fordringar 100 000 90 000\nKassa och bank 900 000 800 000\n"
    "Summa omsättningstillgångar 1 000 000 890 000\nSumma tillgångar 91 000 000 91 890 000"
)
DEBTS = (
    "Balansräkning Not 2023-12-31 2022-12-31\n"
    "Eget kapital och skulder\nBundet eget kapital 60 000 000 60 000 000\n"
    "Balanserat resultat 1 000 000 100 000\nSumma eget kapital 61 000 000 60 100 000\nLångfristiga skulder\n"
    "Skulder till kreditinstitut 5 25 000 000 26 000 000\n"
    "Kortfristiga skulder\nLeverantörsskulder 500 000 400 000\n"
    "Summa eget kapital och skulder 91 000 000 91 890 000"
)
NOTES = (
    "Noter\nNot 1 Redovisningsprinciper\nÅrsredovisningen följer årsredovisningslagen.\n"
    "Not 2 Nettoomsättning 2023 2022\nÅrsavgifter 4 000 000 3 900 000\n"
    "Not 3 Driftskostnader 2023 2022\nUppvärmning 700 000 650 000"
)
LOANS = (
    "Not 4 Byggnader och mark\nIngående anskaffningsvärde 95 000 000\n"
    "Not 5 Skulder till kreditinstitut\nBanken 3,1 % 25 000 000\n"
    "Not 6 Ställda säkerheter\nPantbrev 30 000 000"
)
AUDIT = (
    "Revisionsberättelse\nTill föreningsstämman i Brf Solrosen\nUttalanden\nGrund för uttalanden\n"
    "Revisionen är gjord enligt god revisionssed.\nRevisorns ansvar"
)
WHOLE = (COVER, CONTENTS, REPORT, INCOME, ASSETS, DEBTS, NOTES, LOANS, AUDIT)


def document(*texts: str) -> PagedDocument:
    pages = (Page(n, 595, 842, (), text, PageSource.TEXT) for n, text in enumerate(texts, start=1))
    return PagedDocument("invented.pdf", "0" * 64, tuple(pages))


def ranges(sections: Sequence[Section]) -> dict[str, tuple[int, int]]:
    return {section.kind: (section.first_page, section.last_page) for section in sections}


def test_each_part_of_a_report_is_found_with_its_pages() -> None:
    found = ranges(sectionize(document(*WHOLE)))

    assert found["cover"] == (1, 1)
    assert found["contents"] == (2, 2)
    assert found["management_report"] == (3, 3)
    assert found["income_statement"] == (4, 4)
    assert found["balance_sheet"] == (5, 6)
    assert found["notes"] == (7, 8)
    assert found["audit"] == (9, 9)


def test_parts_inside_the_management_report_and_the_notes_are_found() -> None:
    found = ranges(sectionize(document(*WHOLE)))

    assert found["board"] == found["property"] == found["events"] == (3, 3)
    assert found["note_revenue"] == found["note_costs"] == (7, 7)
    assert found["note_buildings"] == found["note_loans"] == found["note_pledged"] == (8, 8)


def test_a_list_of_contents_opens_no_part() -> None:
    assert {section.kind for section in sectionize(document(COVER, CONTENTS))} == {"cover", "contents"}


def test_a_guide_that_explains_the_parts_is_none_of_them() -> None:
    guide = (
        "Kort guide till läsning av årsredovisningen\nFörvaltningsberättelse\nHär berättar styrelsen.\n"
        "Resultaträkning\nHär syns intäkter och kostnader.\nBalansräkning\nHär syns tillgångar och skulder.\n"
        "Noter\nHär förklaras posterna."
    )
    found = ranges(sectionize(document(COVER, guide, REPORT, INCOME, ASSETS, DEBTS, NOTES)))

    assert found["glossary"] == (2, 2)
    assert found["income_statement"] == (4, 4)
    assert found["balance_sheet"] == (5, 6)


def test_a_word_in_running_text_is_no_heading() -> None:
    text = (
        REPORT
        + "\nBetalningsförmågan framgår av föreningens\nbalansräkning.\nBalansräkning och noter är bilagor."
    )

    assert "balance_sheet" not in ranges(sectionize(document(COVER, text)))


def test_a_line_that_heads_every_page_is_no_heading() -> None:
    pages = [f"Förvaltningsberättelse\n{text}" for text in (REPORT, INCOME, ASSETS, DEBTS, NOTES)]

    assert pages_of(sectionize(document(*pages)), ["balance_sheet"]) == (3, 4)


@pytest.mark.parametrize(
    ("heading", "misread"),
    [
        ("Balansräkning", "Balansrakning"),
        ("Balansräkning", 'Balansr"kning'),
        ("Balansräkning", "BALANSRÄKN1NG"),
        ("Balansräkning", "B A L A N S R Ä K N I N G"),
        ("Resultaträkning", "Resullaträkning"),
    ],
)
def test_a_misread_heading_is_still_one(heading: str, misread: str) -> None:
    garbled = [text.replace(heading, misread) for text in WHOLE]

    assert ranges(sectionize(document(*garbled)))["balance_sheet"] == (5, 6)
    assert ranges(sectionize(document(*garbled)))["income_statement"] == (4, 4)


def test_a_statement_without_a_heading_is_found_by_its_rows() -> None:
    bare = [text.replace("Balansräkning Not", "Not") for text in (COVER, REPORT, INCOME, ASSETS, NOTES)]
    found = [s for s in sectionize(document(*bare)) if s.kind == "balance_sheet"]

    assert [(s.first_page, s.title) for s in found] == [(4, "")]
    assert found[0].confidence < 0.8


def test_what_a_report_does_not_have_is_not_made_up() -> None:
    found = ranges(sectionize(document(COVER, REPORT)))

    assert "balance_sheet" not in found
    assert "cash_flow" not in found


def test_a_document_without_text_has_no_parts_but_a_first_page() -> None:
    assert {section.kind for section in sectionize(document("", ""))} == {"cover"}


def test_words_and_their_places_are_never_used() -> None:
    whole = document(*WHOLE)

    assert all(page.words == () for page in whole.pages)
    assert sectionize(whole) == sectionize(whole)


def test_there_are_the_twenty_nine_families_and_the_edges_of_a_report() -> None:
    kinds = set(load_patterns().families)

    assert len(kinds - {"cover", "glossary", "equity_changes", "result_disposition"}) == 29


def test_every_parent_is_a_family_itself() -> None:
    families = load_patterns().families

    assert {f.parent for f in families.values() if f.parent} <= set(families)


WANTED = {
    "assets": ("balance_sheet",),
    "equity": ("balance_sheet",),
    "revenue": ("income_statement",),
    "net_result": ("income_statement",),
    "interest_bearing_loans": ("note_loans", "table_loans", "balance_sheet"),
    "chairman": ("board", "table_board", "management_report"),
    "property_designation": ("property", "management_report"),
}


@pytest.mark.slow
def test_the_labelled_values_of_real_reports_stand_in_the_parts_they_belong_to() -> None:
    if not REPORTS.exists():
        pytest.skip("no real reports beside this checkout (../shared/data/annual_reports)")
    labels = json.loads((REPORTS / "labels.json").read_text(encoding="utf-8"))
    inside = [
        field["page"] in pages_of(parts, kinds)
        for name, label in labels.items()
        if not label["scanned"]
        for parts in [sectionize(repair(read_pdf(REPORTS / "pdfs" / name), {}))]
        for key, kinds in WANTED.items()
        for field in [label["fields"][key]]
        if field["page"] is not None
    ]

    assert sum(inside) / len(inside) >= 0.98
