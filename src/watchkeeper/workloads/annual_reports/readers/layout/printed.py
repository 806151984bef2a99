"""Printed numbers, dates and periods, one at a time, without any place on a page."""

import re
from calendar import monthrange
from dataclasses import dataclass

_MINUS = "−–‐-"
"""The hyphen stands last, so that it means itself inside the sets of the patterns below."""
_NUMBER = re.compile(rf"[(+{_MINUS}]?\d[\d   .]*(?:,\d+)?[){_MINUS}]?")
_GROUPED = re.compile(r"\d{1,3}(?:[   .]\d{3})+")
_ISO = re.compile(r"(?<!\d)(\d{4})[-−–./](\d{2})[-−–./](\d{2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_YEAR = re.compile(r"(?:1[6-9]|20|21)\d{2}")
_YEARS = re.compile(r"((?:1[6-9]|20|21)\d{2})\s*[-−–/]\s*((?:1[6-9]|20|21)?\d{2})")
_SHORT_DAYS = re.compile(r"(?:\d{6}\s*[-−–]{1,2}\s*)?(\d{2})(\d{2})(\d{2})")
_SHORT_MONTHS = re.compile(r"(\d{2})(\d{2})\s*[-−–]\s*(\d{2})(\d{2})")
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
    if not whole.isdecimal() or len(whole) > 15:
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


def short_period_end(text: str) -> str | None:
    """The end of a period or date printed in six or four digits: `230101-231231`, `2301-2312`, `231231`.

    Six digits count only where they end a month, as an amount without spaces has six digits too. Four
    count only from a month to a later one of the next twelve, as years look the same.

    >>> short_period_end("230701-240630"), short_period_end("2301-2312"), short_period_end("2011-2012")
    ('2024-06-30', '2023', None)
    """
    match = _SHORT_DAYS.fullmatch(text.strip())
    if match:
        year, month, day = (int(part) for part in match.groups()[-3:])
        ends = 1 <= month <= 12 and day == monthrange(2000 + year, month)[1]
        return iso_date(2000 + year, month, day) if ends else None
    match = _SHORT_MONTHS.fullmatch(text.strip())
    if not match:
        return None
    first_year, first, last_year, last = (int(part) for part in match.groups())
    months = 12 * (last_year - first_year) + last - first + 1
    return str(2000 + last_year) if 1 <= first <= 12 and 1 <= last <= 12 and months == 12 else None


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
