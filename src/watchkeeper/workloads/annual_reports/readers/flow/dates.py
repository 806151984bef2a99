"""Dates as printed: `2023-12-31`, `31 december 2023`, `1/1-2023`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold

_ISO = re.compile(r"(?<!\d)((?:19|20)\d{2})[-–−./ ]?(0[1-9]|1[0-2])[-–−./ ]?(0[1-9]|[12]\d|3[01])(?!\d)")
_SLASHED = re.compile(r"(?<!\d)([0-3]?\d)/(1[0-2]|0?[1-9])[-–− ]+((?:19|20)\d{2})(?!\d)")
_WORDED = re.compile(r"(?<!\d)([0-3]?\d):?\w{0,2}\s+([^\W\d]{3,12})\.?(?:\s+((?:19|20)\d{2})(?!\d))?")
YEAR = re.compile(r"(?<![\d-])((?:18|19|20)\d{2})(?![\d]|-\d\d?-)")


@dataclass(frozen=True, slots=True)
class DateFound:
    """A date in a text and where it stands in it."""

    day: date
    start: int
    end: int


def months_by_name(names: tuple[str, ...]) -> Mapping[str, int]:
    """Month numbers by folded name, from the twelve names in order, and by their first three letters."""
    by_name = {fold(name): index for index, name in enumerate(names[:12], start=1)}
    return {key[:3]: number for key, number in by_name.items()} | by_name


def dates_in(text: str, months: Mapping[str, int]) -> list[DateFound]:
    """The dates of a text, in order; a day and month without a year takes the next year printed."""
    found = [
        DateFound(day, match.start(), match.end())
        for match in _ISO.finditer(text)
        if (day := _day(match[1], int(match[2]), match[3])) is not None
    ]
    found += [
        DateFound(day, match.start(), match.end())
        for match in _SLASHED.finditer(text)
        if (day := _day(match[3], int(match[2]), match[1])) is not None
    ]
    year_after: str | None = None
    for match in reversed(list(_WORDED.finditer(text))) if months else []:
        month = months.get(fold(match[2]))
        year_after = match[3] or year_after
        if month is not None and year_after is not None:
            day = _day(year_after, month, match[1])
            if day is not None:
                found.append(DateFound(day, match.start(), match.end()))
    return sorted(found, key=lambda item: item.start)


def _day(year: str, month: int, day: str) -> date | None:
    try:
        return date(int(year), month, int(day))
    except ValueError:
        return None
