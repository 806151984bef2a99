"""The worded pages of a sample report: cover, management report, signatures, audit."""

from watchkeeper.workloads.annual_reports.samples.association import Association
from watchkeeper.workloads.annual_reports.samples.sheet import Row, Sheets
from watchkeeper.workloads.annual_reports.samples.statements import Pages
from watchkeeper.workloads.annual_reports.samples.vocabulary import Style, words


def cover(sheets: Sheets, one: Association, style: Style) -> Pages:
    """The cover, and a table of contents where the style has one."""
    sheets.new_page(header=False)
    sheets.space(8)
    shown = {
        "title": f"Årsredovisning {one.starts} – {one.ends}",
        "name": one.name,
        "org_no": f"{style.org_no_word} {one.org_no}",
    }
    pages = {}
    for part in style.cover:
        pages[part] = sheets.line(shown[part], size=20 if part != "org_no" else 12, bold=part == "name")
    if style.contents:
        sheets.space(3)
        for page, title in enumerate(("Förvaltningsberättelse", "Resultaträkning", "Balansräkning"), start=2):
            sheets.line(f"{title} {'.' * 60} {page * 2 - 2}")
    return {"name": pages["name"], "org_no": pages.get("org_no", 2)}


def management_report(sheets: Sheets, one: Association, style: Style) -> Pages:
    """The management report: year, property, people, key figures."""
    sheets.new_page()
    sheets.heading("Förvaltningsberättelse")
    period = style.year_end_word.format(start=one.starts, end=one.ends)
    pages = {
        "fiscal_year_end": sheets.paragraph(
            f"Styrelsen för {one.name}, {style.org_no_word} {one.org_no}, avger härmed årsredovisning för "
            f"räkenskapsåret {period}. Föreningen har sitt säte i {one.town}."
        )
    }
    pages |= _property(sheets, one, style)
    pages |= _governance(sheets, one, style)
    sheets.heading("Medlemsinformation", size=11)
    sheets.paragraph(
        f"Under året har {one.flats // 12 + 1} överlåtelser av bostadsrätter skett. "
        f"Vid årets slut hade föreningen {one.flats * 2 - 5} medlemmar."
    )
    sheets.heading("Flerårsöversikt", size=11)
    sheets.year_header("Belopp i tkr", str(one.year), str(one.year - 1), note=False)
    factor = 1 if style.unit == "tkr" else 1000
    for label, now, before in (
        ("Nettoomsättning", one.now.fees, one.before.fees),
        ("Resultat efter finansiella poster", one.now.net_result, one.before.net_result),
    ):
        sheets.row(Row(label, int(now / factor), int(before / factor)))
    solidity = tuple(round(100 * year.equity / year.assets) for year in (one.now, one.before))
    unit = 1000 if style.unit == "tkr" else 1
    sheets.row(Row("Soliditet (%)", solidity[0] * unit, solidity[1] * unit))
    return pages


def _property(sheets: Sheets, one: Association, style: Style) -> Pages:
    sheets.heading("Föreningens fastighet", size=11)
    if style.property == "table":
        sheets.cells("Fastighetsbeteckning", "Förvärv", "Kommun")
        page = sheets.cells(one.designation, str(one.built + 2), one.town)
    else:
        page = sheets.paragraph(
            f"Föreningen äger fastigheten {one.designation} i {_genitive(one.town)} kommun. "
            f"Marken innehas med äganderätt."
        )
    pages = {"property_designation": page, "municipality": page}
    if "{built}" in style.built_sentence:
        pages["build_year"] = page
    sheets.paragraph(style.built_sentence.format(built=one.built, tax_year=one.tax_year))
    pages["apartments"] = sheets.paragraph(style.flats_sentence.format(flats=one.flats, rented=one.rented))
    pages["total_area_sqm"] = sheets.paragraph(
        style.area_sentence.format(
            total=_grouped(one.homes_sqm + one.shops_sqm),
            homes=_grouped(one.homes_sqm),
            shops=_grouped(one.shops_sqm),
        )
    )
    sheets.paragraph(f"Fastigheten är försäkrad hos {one.insurer}. Ekonomisk förvaltare är {one.manager}.")
    return pages


def _governance(sheets: Sheets, one: Association, style: Style) -> Pages:
    sheets.heading("Styrelsen", size=11)
    board = [
        (one.chairman, "Ordförande"),
        (one.vice_chairman, "Vice ordförande"),
        *((member, "Ledamot") for member in one.members),
        (one.deputy, "Suppleant"),
    ]
    if style.governance == "sentences":
        others = ", ".join(f"{name} ({role.lower()})" for name, role in board[1:])
        page = sheets.paragraph(
            f"Styrelsen har efter ordinarie föreningsstämma haft följande sammansättning: "
            f"{one.chairman} (ordförande), {others}."
        )
        audit = sheets.paragraph(
            f"Auktoriserad revisor har varit {one.auditor}, {one.audit_firm}, med {one.deputy_auditor} "
            f"som revisorssuppleant."
        )
    else:
        at = (64, 300) if style.governance == "list" else (64, 220)
        rows = board if style.governance == "list" else [(role, name) for name, role in board]
        page = sheets.page
        for left, right in rows:
            sheets.cells(left, right, at=at)
        sheets.heading("Revisorer", size=11)
        audit = sheets.cells(one.auditor, "Auktoriserad revisor", one.audit_firm)
        sheets.cells(one.deputy_auditor, "Revisorssuppleant", one.audit_firm)
    sheets.heading("Valberedning", size=11)
    sheets.paragraph(f"{one.nomination[0]} (sammankallande) och {one.nomination[1]}.")
    return {"chairman": page, "auditor": audit, "audit_firm": audit}


def signatures(sheets: Sheets, one: Association, style: Style) -> None:
    """The page everybody signs, in one or two columns."""
    sheets.new_page()
    sheets.heading("Underskrifter")
    month = words()["months"][3]
    sheets.line(f"{one.town} den 14 {month} {one.year + 1}")
    signers = [(one.chairman, "Ordförande"), (one.vice_chairman, "Vice ordförande")]
    signers += [(member, "Ledamot") for member in one.members]
    columns = style.signature_columns
    for start in range(0, len(signers), columns):
        group = signers[start : start + columns]
        sheets.space(2)
        sheets.cells(*(name for name, _ in group), at=(64, 320))
        sheets.cells(*(role for _, role in group), at=(64, 320))
    sheets.space(2)
    sheets.line(f"Min revisionsberättelse har lämnats den 20 {month} {one.year + 1}")
    sheets.space(2)
    sheets.line(one.auditor)
    sheets.line("Auktoriserad revisor")
    sheets.line(one.audit_firm)


def audit_report(sheets: Sheets, one: Association) -> None:
    """The auditor's report."""
    sheets.new_page(header=False)
    sheets.heading("Revisionsberättelse")
    sheets.paragraph(f"Till föreningsstämman i {one.name}, org.nr {one.org_no}")
    sheets.heading("Uttalanden", size=11)
    sheets.paragraph(
        f"Jag har utfört en revision av årsredovisningen för {one.name} för räkenskapsåret {one.year}. "
        f"Enligt min uppfattning ger årsredovisningen en rättvisande bild. Jag tillstyrker att "
        f"föreningsstämman fastställer resultaträkningen och balansräkningen."
    )
    sheets.space(3)
    sheets.line(f"{one.town} den 20 {words()['months'][3]} {one.year + 1}")
    sheets.line(one.audit_firm)
    sheets.line(one.auditor)
    sheets.line("Auktoriserad revisor")


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _genitive(town: str) -> str:
    """Swedish adds an s, but no second one: Kalmars kommun, Borås kommun."""
    return town if town.endswith("s") else f"{town}s"
