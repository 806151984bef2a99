"""Printed numbers, dates and periods, one at a time, without any place on a page."""

import re
from dataclasses import dataclass

_MINUS = "-−–‐"
_NUMBER = re.compile(rf"[({_MINUS}+]?\d[\d   .]*(?:,\d+)?[){_MINUS}]?")
_GROUPED = re.compile(r"\d{1,3}(?:[   .]\d{3})+")
_ISO = re.compile(r"(?<!\d)(\d{4})[-−–./](\d{2})[-−–./](\d{2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_YEAR = re.compile(r"(?:1[6-9]|20|21)\d{2}")
_YEARS = re.compile(r"((?:1[6-9]|20|21)\d{2})\s*[-−–/]\s*((?:1[6-9]|20|21)?\d{2})")
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def parse_number(text: str) -> int | float | None:
    """The number a text prints: spaces between thousands, decimal comma, minus or parentheses.

    A minus sign may stand before or after; None for anything that is not one number.

    >>> parse_number("(1 234 567)"), parse_number("12,5"), parse_number("345-"), parse_number("x1")
    (-1234567, 12.5, -345, None)
    """
    compact = text.strip().rstrip(";:")
    if not _NUMBER.fullmatch(compact):
        return None
    negative = compact[0] in f"({_MINUS}" or compact[-1] in f"){_MINUS}"
    digits = compact.strip(f"()+{_MINUS} ")
    if "." in digits and "," not in digits and not _GROUPED.fullmatch(digits):
        digits = digits.rstrip(".")
        if digits.count(".") == 1:
            digits = digits.replace(".", ",")
    whole, _, decimals = re.sub(r"[   .]", "", digits).partition(",")
    if not whole.isdigit() or len(whole) > 15:
        return None
    value = float(f"{whole}.{decimals}") if decimals else int(whole)
    return -value if negative else value


def is_dash(text: str) -> bool:
    """Whether a text is only a dash, as printed for nothing."""
    return bool(text) and all(c in _MINUS + "—" for c in text)


def iso_date(year: int, month: int, day: int) -> str | None:
    """An ISO date, or None where no such day exists."""
    if not (1 <= month <= 12 and 1 <= day <= _MONTH_DAYS[month - 1]):
        return None
    return f"{year:04d}-{month:02d}-{day:02d}"


def find_dates(text: str) -> list[str]:
    """The ISO dates in a text of digits, in order.

    >>> find_dates("2022-07-01 - 2023-06-30")
    ['2022-07-01', '2023-06-30']
    """
    found = [iso_date(*map(int, match.groups())) for match in _ISO.finditer(text)]
    if not found:
        found = [iso_date(*map(int, match.groups())) for match in _COMPACT.finditer(text)]
    return [date for date in found if date]


def year_of(text: str) -> int | None:
    """The year a text is, and nothing else."""
    stripped = text.strip(".,;:()")
    return int(stripped) if _YEAR.fullmatch(stripped) else None


@dataclass(frozen=True, slots=True)
class YearSpan:
    """Two years printed as one period."""

    first: int
    last: int


def year_span(text: str) -> YearSpan | None:
    """The two years a text spans, `2011 - 2012` or `2011/12`; None for anything else."""
    match = _YEARS.fullmatch(text.strip(".,;:()"))
    if not match:
        return None
    first = int(match[1])
    last = int(match[2]) if len(match[2]) == 4 else first // 100 * 100 + int(match[2])
    return YearSpan(first, last) if first <= last <= first + 60 else None
