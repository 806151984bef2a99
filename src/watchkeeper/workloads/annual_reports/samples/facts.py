"""What a template may say of an association: words by name, and the truth by field."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from watchkeeper.workloads.annual_reports.samples.association import (
    Association,
    Year,
    checked_org_no,
    invent,
)
from watchkeeper.workloads.annual_reports.samples.template import Case
from watchkeeper.workloads.annual_reports.samples.vocabulary import words

PEOPLE = ("chairman", "vice_chairman", "deputy", "auditor", "deputy_auditor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """An association as a template's case makes it."""

    one: Association
    words: Mapping[str, str]
    """What `{...}` stands for in a template's texts."""
    truth: Mapping[str, object]
    """The value of every field, were all of them stated."""


def facts_for(seed: int, case: Case, *, thousands: bool) -> Facts:
    """The facts of a seed's association in a case."""
    chance = Random(f"case {seed}")
    one = invent(seed, thousands=thousands)
    if case.people == "rich":
        one = _with_richer_people(one, chance)
    if case.org_prefix:
        one = replace(one, org_no=checked_org_no(case.org_prefix, chance))
    if case.broken_year is not None:
        one = replace(one, broken_year=case.broken_year)
    one = replace(one, now=_moved(one.now, case), before=_moved(one.before, case))
    base = one.name.removeprefix("Brf ")
    one = replace(one, name=case.name.format(name=one.name, base=base, town=one.town, nr=seed % 9 + 2))
    if case.auditor == "elected":
        one = replace(one, audit_firm="")
    return Facts(one=one, words=_words(one, chance), truth=_truth(one))


def _moved(year: Year, case: Case) -> Year:
    """The year with loans or cash where the case has them; the books balance as before."""
    if case.loans == "short":
        year = replace(year, short_loans=year.short_loans + year.long_loans, long_loans=0)
    if case.cash == "with_manager":
        year = replace(year, settlement_account=year.settlement_account + year.cash, cash=0)
    return year


def _with_richer_people(one: Association, chance: Random) -> Association:
    """People with hyphens, initials and three names among them."""
    pick = words()
    names: dict[str, Any] = {role: _richer(getattr(one, role), chance) for role in PEOPLE}
    members = tuple(_richer(name, chance) for name in one.members)
    firm = chance.choice(pick["audit_firms"] + pick["more_audit_firms"])
    return replace(one, members=members, audit_firm=firm, **names)


def _richer(name: str, chance: Random) -> str:
    pick, (given, *rest) = words(), name.split(" ")
    kind = chance.random()
    if kind < 0.2:
        given = f"{given}-{chance.choice(pick['second_names'])}"
    elif kind < 0.3:
        given = f"{given} {chance.choice(pick['second_names'])}"
    elif kind < 0.4:
        given = f"{given} {chance.choice('ABEHJKLMS')}"
    elif kind < 0.5:
        rest = [*rest[:-1], chance.choice(pick["short_family_names"])]
    elif kind < 0.6:
        rest = [f"{rest[-1]}-{chance.choice(pick['short_family_names'])}"]
    return " ".join((given, *rest))


def _words(one: Association, chance: Random) -> dict[str, str]:
    months = words()["months"]
    start, end, before = one.starts, one.ends, one.ended_before
    start_before = f"{int(start[:4]) - 1}{start[4:]}"
    extra = [_richer(name, chance) for name in one.nomination]
    shops = chance.randint(1, 6)
    found = {
        "name": one.name,
        "name_caps": one.name.upper(),
        "org_no": one.org_no,
        "org_dash": one.org_no.replace("-", "\N{EN DASH}"),
        "org_plain": one.org_no.replace("-", ""),
        "manager_org": checked_org_no("556", chance),
        "year": str(one.year),
        "prior": str(one.year - 1),
        "next": str(one.year + 1),
        "older": str(one.year - 2),
        "oldest": str(one.year - 3),
        "start": start,
        "end": end,
        "start_before": start_before,
        "end_before": before,
        "start_sv": _in_words(start, months),
        "end_sv": _in_words(end, months),
        "end_before_sv": _in_words(before, months),
        "start_day": _in_words(start, months)[:-5],
        "end_day": _in_words(end, months)[:-5],
        "town": one.town,
        "town_s": one.town if one.town.endswith("s") else f"{one.town}s",
        "town_caps": one.town.upper(),
        "designation": one.designation,
        "designation_2": f"{one.designation.split()[0]} {int(one.designation.split()[1]) + 1}",
        "designation_caps": one.designation.upper(),
        "block": one.designation.split()[0],
        "unit_no": one.designation.split()[1],
        "built": str(one.built),
        "built_end": str(one.built + 2),
        "tax_year": str(one.tax_year),
        "bought": str(one.built + 3),
        "flats": str(one.flats),
        "flats_1": str(one.flats // 3),
        "flats_2": str(one.flats // 4),
        "flats_3": str(one.flats - one.flats // 3 - one.flats // 4),
        "rented": str(one.rented),
        "shops": str(shops),
        "all_homes": str(one.flats + one.rented),
        "all_units": str(one.flats + one.rented + shops),
        "moves": str(one.flats // 12 + 1),
        "members_count": str(one.flats * 2 - 5),
        "homes": str(one.homes_sqm),
        "homes_and_shops": str(one.homes_sqm + one.shops_sqm),
        "homes_sqm": _grouped(one.homes_sqm),
        "shops_sqm": _grouped(one.shops_sqm),
        "total_sqm": _grouped(one.homes_sqm + one.shops_sqm),
        "plot_sqm": _grouped(one.homes_sqm // 2 + 311),
        "chairman": one.chairman,
        "chairman_caps": one.chairman.upper(),
        "vice": one.vice_chairman,
        "member_1": one.members[0],
        "member_2": one.members[1],
        "member_3": one.members[2],
        "deputy": one.deputy,
        "auditor": one.auditor,
        "auditor_caps": one.auditor.upper(),
        "firm": one.audit_firm,
        "deputy_auditor": one.deputy_auditor,
        "nominee_1": extra[0],
        "nominee_2": extra[1],
        "bank": one.bank,
        "insurer": one.insurer,
        "manager": one.manager,
    }
    for who in ("chairman", "auditor"):
        first, _, last = found[who].rpartition(" ")
        found |= {f"{who}_first": first, f"{who}_last": last}
    return found


def _truth(one: Association) -> dict[str, object]:
    now = one.now
    return {
        "org_no": one.org_no,
        "name": one.name,
        "fiscal_year_end": one.ends,
        "chairman": one.chairman,
        "auditor": one.auditor,
        "audit_firm": one.audit_firm or None,
        "revenue": now.revenue,
        "operating_expenses": now.costs,
        "net_result": now.net_result,
        "assets": now.assets,
        "equity": now.equity,
        "long_term_debt": now.long_debt,
        "short_term_debt": now.short_debt,
        "total_debt": now.long_debt + now.short_debt,
        "interest_bearing_loans": now.long_loans + now.short_loans,
        "cash": now.cash,
        "apartments": one.flats,
        "municipality": one.town,
        "property_designation": one.designation,
        "build_year": one.built,
        "total_area_sqm": one.homes_sqm + one.shops_sqm,
    }


def _in_words(iso: str, months: tuple[str, ...]) -> str:
    year, month, day = iso.split("-")
    return f"{int(day)} {months[int(month) - 1]} {year}"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", " ")
