"""An invented housing association with books that balance."""

from dataclasses import dataclass
from random import Random

from watchkeeper.workloads.annual_reports.samples.vocabulary import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One year's figures, in whole SEK; costs and debts are positive amounts."""

    fees: int
    other_revenue: int
    running_costs: int
    external_costs: int
    staff_costs: int
    depreciation: int
    interest_income: int
    interest_costs: int
    buildings: int
    receivables: int
    settlement_account: int
    cash: int
    contributions: int
    fund: int
    carried: int
    long_loans: int
    short_loans: int
    suppliers: int
    accrued: int

    @property
    def revenue(self) -> int:
        """All operating revenue."""
        return self.fees + self.other_revenue

    @property
    def costs(self) -> int:
        """All operating costs, as a positive amount."""
        return self.running_costs + self.external_costs + self.staff_costs + self.depreciation

    @property
    def net_result(self) -> int:
        """The year's result."""
        return self.revenue - self.costs + self.interest_income - self.interest_costs

    @property
    def running_costs_but_tax(self) -> int:
        """Running costs without the property tax."""
        return self.running_costs - self.property_tax

    @property
    def property_tax(self) -> int:
        """The part of the running costs that is property tax."""
        return self.running_costs // 9_000 * 1000

    @property
    def finance(self) -> int:
        """What financial items add to the result."""
        return self.interest_income - self.interest_costs

    @property
    def loans(self) -> int:
        """All loans from banks."""
        return self.long_loans + self.short_loans

    @property
    def loan_1(self) -> int:
        """The larger of two loans."""
        return self.loans // 3_000 * 2_000

    @property
    def loan_2(self) -> int:
        """The rest of the loans."""
        return self.loans - self.loan_1

    @property
    def amortisation(self) -> int:
        """What is paid off next year."""
        return self.loans // 100_000 * 1_000

    @property
    def mortgages(self) -> int:
        """Mortgage deeds pledged, more than the loans."""
        return (self.loans * 5 // 4_000_000 + 1) * 1_000_000

    @property
    def bound_equity(self) -> int:
        """Equity that may not be paid out."""
        return self.contributions + self.fund

    @property
    def free_equity(self) -> int:
        """Equity that may be paid out."""
        return self.carried + self.net_result

    @property
    def receivables_all(self) -> int:
        """Short-term receivables, the manager's account among them."""
        return self.receivables + self.settlement_account

    @property
    def current_assets(self) -> int:
        """Receivables and cash."""
        return self.receivables_all + self.cash

    @property
    def liquid(self) -> int:
        """Cash and the account with the manager."""
        return self.settlement_account + self.cash

    @property
    def solidity(self) -> int:
        """Equity in percent of the assets."""
        return round(100 * self.equity / self.assets)

    @property
    def equity(self) -> int:
        """Equity, this year's result included."""
        return self.contributions + self.fund + self.carried + self.net_result

    @property
    def long_debt(self) -> int:
        """Long-term debt."""
        return self.long_loans

    @property
    def short_debt(self) -> int:
        """Short-term debt."""
        return self.short_loans + self.suppliers + self.accrued

    @property
    def assets(self) -> int:
        """All assets; equal to equity and debt by construction."""
        return self.buildings + self.receivables + self.settlement_account + self.cash


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """All that a report tells of its association."""

    name: str
    org_no: str
    year: int
    broken_year: bool
    """Whether the financial year ends on 30 June."""
    town: str
    designation: str
    built: int
    tax_year: int
    flats: int
    rented: int
    homes_sqm: int
    shops_sqm: int
    chairman: str
    vice_chairman: str
    members: tuple[str, ...]
    deputy: str
    auditor: str
    audit_firm: str
    deputy_auditor: str
    nomination: tuple[str, ...]
    bank: str
    insurer: str
    manager: str
    now: Year
    before: Year

    @property
    def starts(self) -> str:
        """First day of the financial year, ISO."""
        return f"{self.year - 1}-07-01" if self.broken_year else f"{self.year}-01-01"

    @property
    def ends(self) -> str:
        """Last day of the financial year, ISO."""
        return f"{self.year}-06-30" if self.broken_year else f"{self.year}-12-31"

    @property
    def ended_before(self) -> str:
        """Last day of the year before, ISO."""
        return f"{self.year - 1}-06-30" if self.broken_year else f"{self.year - 1}-12-31"


def invent(seed: int, *, thousands: bool = False) -> Association:
    """The association of a seed; the same seed gives the same one.

    Args:
        seed: Any number.
        thousands: Make every amount a whole number of thousands, for reports in tkr.
    """
    chance = Random(f"association {seed}")
    pick = words()
    people = _people(chance, 10)
    flats = chance.randint(12, 180)
    built = chance.randint(1925, 2019)
    town = chance.choice(pick["towns"])
    now, before = _two_years(chance, flats, 1000 if thousands else 1)
    return Association(
        name=f"Brf {chance.choice(pick['associations'])}",
        org_no=_org_no(chance),
        year=chance.randint(2020, 2024),
        broken_year=chance.random() < 0.2,
        town=town,
        designation=f"{chance.choice(pick['blocks'])} {chance.randint(1, 19)}",
        built=built,
        tax_year=min(built + chance.randint(3, 40), 2019),
        flats=flats,
        rented=chance.randint(1, 6),
        homes_sqm=flats * chance.randint(52, 88),
        shops_sqm=chance.randint(40, 700),
        chairman=people[0],
        vice_chairman=people[1],
        members=tuple(people[2:5]),
        deputy=people[5],
        auditor=people[6],
        audit_firm=chance.choice(pick["audit_firms"]),
        deputy_auditor=people[7],
        nomination=tuple(people[8:10]),
        bank=chance.choice(pick["banks"]),
        insurer=chance.choice(pick["insurers"]),
        manager=chance.choice(pick["managers"]),
        now=now,
        before=before,
    )


def _people(chance: Random, count: int) -> list[str]:
    """Different people; some have a particle or two family names."""
    pick = words()
    given = chance.sample(pick["given_names"], count)
    family = chance.sample(pick["family_names"], count)
    people = []
    for first, last in zip(given, family, strict=True):
        kind = chance.random()
        if kind < 0.1:
            people.append(f"{first} {chance.choice(pick['particles'])} {last}")
        elif kind < 0.25:
            people.append(f"{first} {last} {chance.choice(pick['family_names'])}")
        else:
            people.append(f"{first} {last}")
    return people


def _org_no(chance: Random) -> str:
    """A number of the form associations have, with a valid check digit (Luhn, as Bolagsverket's)."""
    return checked_org_no("7696", chance)


def checked_org_no(prefix: str, chance: Random) -> str:
    """A number that begins so and ends on its check digit."""
    digits = [*map(int, prefix), *(chance.randint(0, 9) for _ in range(9 - len(prefix)))]
    doubled = (digit * 2 if place % 2 == 0 else digit for place, digit in enumerate(digits))
    total = sum(digit - 9 if digit > 9 else digit for digit in doubled)
    text = "".join(map(str, digits)) + str(-total % 10)
    return f"{text[:6]}-{text[6:]}"


def _two_years(chance: Random, flats: int, step: int) -> tuple[Year, Year]:
    """This year and the one before; every figure differs by at least 3 % between them."""

    def amount(low: int, high: int) -> int:
        return chance.randint(low, high) // step * step

    now = {
        "fees": amount(flats * 30_000, flats * 60_000),
        "other_revenue": amount(30_000, 400_000),
        "running_costs": amount(flats * 14_000, flats * 26_000),
        "external_costs": amount(60_000, 400_000),
        "staff_costs": amount(40_000, 180_000),
        "depreciation": amount(flats * 8_000, flats * 30_000),
        "interest_income": amount(1_000, 60_000),
        "interest_costs": amount(flats * 2_000, flats * 11_000),
        "receivables": amount(5_000, 300_000),
        "settlement_account": amount(flats * 2_000, flats * 20_000),
        "cash": amount(flats * 2_000, flats * 40_000),
        "contributions": amount(flats * 300_000, flats * 2_500_000),
        "fund": amount(200_000, 4_000_000),
        # Small against the contributions, so that the buildings that balance the books are worth something.
        "carried": -amount(flats * 5_000, flats * 90_000),
        "long_loans": amount(flats * 40_000, flats * 300_000),
        "short_loans": amount(500_000, flats * 150_000),
        "suppliers": amount(30_000, 500_000),
        "accrued": amount(100_000, 1_500_000),
    }
    before = {}
    for name, value in now.items():
        change = chance.uniform(0.04, 0.2) * chance.choice((-1, 1))
        before[name] = int(value * (1 + change)) // step * step
    return _balanced(now), _balanced(before)


def _balanced(figures: dict[str, int]) -> Year:
    """The year with buildings of the worth that makes the books balance."""
    year = Year(buildings=0, **figures)
    buildings = year.equity + year.long_debt + year.short_debt - year.assets
    return Year(buildings=buildings, **figures)
