"""The money pages of a sample report: result, balance, cash flow, notes."""

from watchkeeper.workloads.annual_reports.samples.association import Association, Year
from watchkeeper.workloads.annual_reports.samples.sheet import Row, Sheets
from watchkeeper.workloads.annual_reports.samples.vocabulary import Style

Pages = dict[str, int]
"""The page each field was printed on, by field."""


def income_statement(sheets: Sheets, one: Association, style: Style) -> Pages:
    """The income statement; totals without a label where the style leaves it out."""
    sheets.new_page()
    sheets.heading("Resultaträkning")
    years = _columns(one)
    sheets.year_header(f"Belopp i {style.unit}", *years)
    now, before = one.now, one.before
    sheets.line("Rörelseintäkter", bold=True)
    sheets.row(Row("Nettoomsättning", now.fees, before.fees, 2))
    sheets.row(Row("Övriga rörelseintäkter", now.other_revenue, before.other_revenue, 3))
    pages = {"revenue": sheets.row(Row(style.revenue_total or "", now.revenue, before.revenue, bold=True))}
    sheets.space(0.5)
    sheets.line("Rörelsekostnader", bold=True)
    minus = -1 if style.costs_negative else 1
    for label, name, note in (
        ("Driftskostnader", "running_costs", 4),
        ("Övriga externa kostnader", "external_costs", 5),
        ("Personalkostnader", "staff_costs", 6),
        ("Avskrivning av materiella anläggningstillgångar", "depreciation", None),
    ):
        sheets.row(Row(label, minus * getattr(now, name), minus * getattr(before, name), note))
    total = Row(style.cost_total or "", minus * now.costs, minus * before.costs, bold=True)
    pages["operating_expenses"] = sheets.row(total)
    sheets.row(Row("Rörelseresultat", now.revenue - now.costs, before.revenue - before.costs, bold=True))
    sheets.space(0.5)
    sheets.line("Finansiella poster", bold=True)
    sheets.row(Row("Ränteintäkter", now.interest_income, before.interest_income))
    sheets.row(Row("Räntekostnader", -now.interest_costs, -before.interest_costs))
    sheets.row(Row("Resultat efter finansiella poster", now.net_result, before.net_result, bold=True))
    pages["net_result"] = sheets.row(Row("Årets resultat", now.net_result, before.net_result, bold=True))
    return pages


def balance_sheet(sheets: Sheets, one: Association, style: Style) -> Pages:
    """The balance sheet, assets on one page and equity and debts on the next."""
    now, before = one.now, one.before
    pages = _assets(sheets, one, style)
    sheets.new_page()
    sheets.heading("Balansräkning")
    sheets.year_header("Eget kapital och skulder", *_columns(one))
    sheets.line("Eget kapital", bold=True)
    sheets.row(Row("Medlemsinsatser", now.contributions, before.contributions))
    sheets.row(Row("Fond för yttre underhåll", now.fund, before.fund))
    bound = Row("Summa bundet eget kapital", now.contributions + now.fund, before.contributions + before.fund)
    sheets.row(bound)
    sheets.row(Row("Balanserat resultat", now.carried, before.carried))
    sheets.row(Row("Årets resultat", now.net_result, before.net_result))
    free = Row("Summa fritt eget kapital", now.carried + now.net_result, before.carried + before.net_result)
    sheets.row(free)
    pages["equity"] = sheets.row(Row(style.equity_total, now.equity, before.equity, bold=True))
    sheets.space(0.5)
    sheets.line("Långfristiga skulder", bold=True)
    sheets.row(Row("Skulder till kreditinstitut", now.long_loans, before.long_loans, 8))
    pages["long_term_debt"] = sheets.row(
        Row(style.long_total or "", now.long_debt, before.long_debt, bold=True)
    )
    sheets.space(0.5)
    sheets.line("Kortfristiga skulder", bold=True)
    sheets.row(Row("Kortfristig del av skulder till kreditinstitut", now.short_loans, before.short_loans, 8))
    sheets.row(Row("Leverantörsskulder", now.suppliers, before.suppliers))
    sheets.row(Row("Upplupna kostnader och förutbetalda intäkter", now.accrued, before.accrued, 9))
    pages["short_term_debt"] = sheets.row(
        Row(style.short_total or "", now.short_debt, before.short_debt, bold=True)
    )
    pages["total_debt"] = pages["short_term_debt"]
    if style.debt_total:
        debt = Row(style.debt_total, now.long_debt + now.short_debt, before.long_debt + before.short_debt)
        pages["total_debt"] = sheets.row(debt)
    sheets.row(Row("Summa eget kapital och skulder", now.assets, before.assets, bold=True))
    return pages


def _assets(sheets: Sheets, one: Association, style: Style) -> Pages:
    now, before = one.now, one.before
    sheets.new_page()
    sheets.heading("Balansräkning")
    sheets.year_header("Tillgångar", *_columns(one))
    sheets.line("Anläggningstillgångar", bold=True)
    sheets.row(Row("Byggnader och mark", now.buildings, before.buildings, 7))
    sheets.row(Row("Summa anläggningstillgångar", now.buildings, before.buildings, bold=True))
    sheets.space(0.5)
    sheets.line("Omsättningstillgångar", bold=True)
    sheets.row(Row("Avgifts- och hyresfordringar", now.receivables, before.receivables))
    sheets.row(Row("Avräkningskonto förvaltare", now.settlement_account, before.settlement_account))
    sheets.line("Kassa och bank", bold=True)
    cash = sheets.row(Row("Kassa och bank", now.cash, before.cash))
    sheets.row(Row("Summa kassa och bank", now.cash, before.cash))
    current = Row("Summa omsättningstillgångar", _current(now), _current(before), bold=True)
    sheets.row(current)
    total = sheets.row(Row(style.assets_total, now.assets, before.assets, bold=True))
    return {"cash": cash, "assets": total}


def cash_flow(sheets: Sheets, one: Association) -> None:
    """A cash-flow statement with the opening and the closing cash."""
    now, before = one.now, one.before
    sheets.new_page()
    sheets.heading("Kassaflödesanalys")
    sheets.year_header("", *_columns(one), note=False)
    operating = now.net_result + now.depreciation
    change = now.cash - before.cash
    # The year before the year before is not modelled, so its column stays empty.
    sheets.row(Row("Kassaflöde från den löpande verksamheten", operating))
    sheets.row(Row("Kassaflöde från finansieringsverksamheten", change - operating))
    sheets.row(Row("Årets kassaflöde", change))
    sheets.row(Row("Likvida medel vid årets början", before.cash))
    sheets.row(Row("Likvida medel vid årets slut", now.cash, before.cash, bold=True))


def notes(sheets: Sheets, one: Association, style: Style) -> Pages:
    """The notes, the loans among them."""
    now, before = one.now, one.before
    sheets.new_page()
    sheets.heading("Noter")
    sheets.heading("Not 1 Redovisningsprinciper", size=11)
    sheets.paragraph(
        "Årsredovisningen har upprättats enligt årsredovisningslagen och Bokföringsnämndens allmänna råd "
        "om årsredovisning i mindre företag (K2). Byggnaden skrivs av linjärt över 100 år."
    )
    sheets.heading("Not 2 Nettoomsättning", size=11)
    sheets.year_header("", *_columns(one), note=False)
    sheets.row(Row("Årsavgifter bostäder", now.fees, before.fees))
    sheets.heading("Not 4 Driftskostnader", size=11)
    sheets.year_header("", *_columns(one), note=False)
    for label, share in (("Uppvärmning", 4), ("El", 10), ("Vatten och avlopp", 8), ("Sophämtning", 12)):
        sheets.row(Row(label, now.running_costs // share, before.running_costs // share))
    sheets.heading("Not 7 Byggnader och mark", size=11)
    sheets.year_header("", *_columns(one), note=False)
    sheets.row(Row("Utgående redovisat värde", now.buildings, before.buildings, bold=True))
    sheets.heading("Not 8 Skulder till kreditinstitut", size=11)
    sheets.year_header(f"Långivare {one.bank}", *_columns(one), note=False)
    total, total_before = now.long_loans + now.short_loans, before.long_loans + before.short_loans
    half, half_before = total // 2, total_before // 2
    sheets.row(Row("Lån 1, ränta 3,45 %", half, half_before))
    sheets.row(Row("Lån 2, ränta 2,10 %", total - half, total_before - half_before))
    page = sheets.row(Row(style.loans_total, total, total_before, bold=True))
    sheets.row(Row("Varav kortfristig del", now.short_loans, before.short_loans))
    sheets.heading("Ställda säkerheter", size=11)
    sheets.row(Row("Fastighetsinteckningar", total * 2, total * 2))
    return {"interest_bearing_loans": page}


def _columns(one: Association) -> tuple[str, str]:
    return one.ends, one.ended_before


def _current(year: Year) -> int:
    return year.receivables + year.settlement_account + year.cash
