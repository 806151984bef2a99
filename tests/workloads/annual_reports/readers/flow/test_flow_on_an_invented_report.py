"""A whole invented report, read with the instructions that ship."""

import pytest

from watchkeeper.domain.page import Page, PagedDocument, PageSource
from watchkeeper.workloads.annual_reports.instructions import load_instructions
from watchkeeper.workloads.annual_reports.readers.flow import FlowReader
from watchkeeper.workloads.annual_reports.sections import sectionize

PAGES = (
    """\
Årsredovisning 2023
Bostadsrättsföreningen Tallkotten 3
Organisationsnummer 769611-2338
""",
    """\
Förvaltningsberättelse
Styrelsen för Bostadsrättsföreningen Tallkotten 3 får härmed avge årsredovisning för
räkenskapsåret 2023-01-01--2023-12-31.
Föreningen har sitt säte i Borås kommun.
Föreningen innehar fastigheten Tallkotten 3, byggd 1944 (värdeår 1972).
I fastigheten finns 31 bostadslägenheter, varav 29 bostadsrätter, och 2 lokaler. Total yta 2 345 m².
Styrelsens sammansättning från årsstämman 2023-05-20:
Ledamöter: Harald Ström (ordförande), Ines Palm (vice ordförande), Jon Dahl (kassör)
Suppleant: Kia Roos
Revisor: KPMG AB med Lisa Moberg som huvudansvarig revisor
""",
    """\
Resultaträkning
2023-01-01 2022-01-01
Belopp i kr Not -2023-12-31 -2022-12-31
Rörelsens intäkter
Nettoomsättning 1 1 955 220 1 871 004
Övriga intäkter 45 110 2 000
Summa rörelsens intäkter 2 000 330 1 873 004
Rörelsens kostnader
Fastighetskostnader 2 -1 244 100 -1 199 870
Övriga externa kostnader -130 000 -128 000
Av- och nedskrivningar av materiella
anläggningstillgångar -300 230 -300 230
Summa rörelsens kostnader -1 674 330 -1 628 100
Rörelseresultat 326 000 244 904
Resultat från finansiella poster
Ränteintäkter 1 500 0
Räntekostnader -427 500 -144 904
Resultat efter finansiella poster -100 000 100 000
Årets förlust -100 000 100 000
""",
    """\
Balansräkning
Belopp i kr Not 2023-12-31 2022-12-31
Tillgångar
Byggnader och mark 3 14 100 000 14 400 230
Kortfristiga fordringar 12 500 14 000
Kassa och bank 987 500 1 085 770
Summa omsättningstillgångar 1 000 000 1 099 770
Summa tillgångar 15 100 000 15 500 000
Eget kapital och skulder
Summa bundet eget kapital 3 000 000 3 000 000
Summa fritt eget kapital -400 000 -300 000
Summa eget kapital 2 600 000 2 700 000
Långfristiga skulder 4
Skulder till kreditinstitut 11 900 000 12 200 000
Kortfristiga skulder
Skulder till kreditinstitut 300 000 300 000
Leverantörsskulder 200 000 210 000
Övriga kortfristiga skulder 100 000 90 000
Summa kortfristiga skulder 600 000 600 000
Summa eget kapital och skulder 15 100 000 15 500 000
""",
    """\
Not 4 Skulder till kreditinstitut 2023-12-31 2022-12-31
Swedbank 1,2 % 2026-03-01 6 000 000 6 200 000
Swedbank 3,9 % 2025-03-01 6 200 000 6 300 000
Totalt 12 200 000 12 500 000
Borås 2024-04-04
Harald Ström Ines Palm Jon Dahl
Min revisionsberättelse har lämnats 2024-04-05
KPMG AB
Lisa Moberg
Auktoriserad revisor
""",
)
EXPECTED: dict[str, object] = {
    "org_no": "769611-2338",
    "name": "Bostadsrättsföreningen Tallkotten 3",
    "fiscal_year_end": "2023-12-31",
    "chairman": "Harald Ström",
    "auditor": "Lisa Moberg",
    "audit_firm": "KPMG AB",
    "revenue": 2000330,
    "operating_expenses": 1674330,
    "net_result": -100000,
    "assets": 15100000,
    "equity": 2600000,
    "long_term_debt": 11900000,
    "short_term_debt": 600000,
    "total_debt": 12500000,
    "interest_bearing_loans": 12200000,
    "cash": 987500,
    "apartments": 29,
    "municipality": "Borås",
    "property_designation": "Tallkotten 3",
    "build_year": 1944,
    "total_area_sqm": 2345,
}


@pytest.mark.parametrize("sectioned", [True, False], ids=["with its parts known", "with no part known"])
def test_every_field_of_an_invented_report_is_read(sectioned: bool) -> None:
    instructions = load_instructions()
    pages = tuple(
        Page(number, 595.0, 842.0, (), text, PageSource.TEXT) for number, text in enumerate(PAGES, 1)
    )
    document = PagedDocument("invented.pdf", "0" * 64, pages)
    opened = FlowReader().open(document, sectionize(document) if sectioned else (), instructions)
    found = {
        name: reading.value
        for agent in instructions.agents.values()
        for name, reading in opened.read(agent).items()
    }
    assert {name: found.get(name) for name in EXPECTED} == EXPECTED
