"""Dates after their label; a printed period stands for its end."""

from collections.abc import Iterator
from datetime import date

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate, best
from watchkeeper.workloads.annual_reports.readers.layout.folding import fold
from watchkeeper.workloads.annual_reports.readers.layout.money import section_weight
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.printed import find_dates, iso_date, year_of
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.rows import box_of
from watchkeeper.workloads.annual_reports.readers.layout.stream import Match

_REACH = 11
_RANGE_WORDS = 5
"""Words between a financial year's first and last day, at most."""
_YEAR_DAYS = range(300, 550)
"""How long a financial year is, from its first day to its last; a first one may be long."""
"""A date stands within this many words of its label."""


def find_date(report: ReportView, told: FieldInstructions) -> Candidate | None:
    """The date at a label: a full date, the end of a period, or a year completed from the columns."""
    found: list[Candidate] = []
    for page, rank in report.pages_for(told.sections):
        weight, reason = section_weight(report, told, rank)
        for index, label in enumerate(told.labels):
            for match in report.find(page, label):
                if report.any_between(
                    page, told.avoid, page.rows[page.tokens[match.first].row].first, match.end
                ):
                    continue
                for made in _at_label(report, page, match):
                    found.append(made.but(0.4 * weight, reason).but(-0.1 * index, f"after '{label}'"))
    found.extend(_over_columns(report, told))
    counts: dict[str, int] = {}
    for made in found:
        counts[str(made.value)] = counts.get(str(made.value), 0) + 1
    agreed = [c.but(min(1.5, 0.4 * (counts[str(c.value)] - 1)), "printed again elsewhere") for c in found]
    return best(agreed[::-1] if told.occurrence == "last" else agreed)


def _over_columns(report: ReportView, told: FieldInstructions) -> Iterator[Candidate]:
    """The newest date over the columns of the sections that the hint `columns_of` names."""
    for page, rank in report.pages_for(told.hints.get("columns_of", ())):
        if rank is None:
            continue
        for header in page.headers:
            newest = max(header.periods, key=lambda p: p.end)
            if len(newest.end) < 5 or newest.end != report.period_end:
                continue
            row = page.rows[header.row - 1]
            dated = [t for t in page.tokens[row.first : row.end] if abs(t.box.x1 - newest.x1) < page.char]
            yield Candidate(
                value=newest.end,
                page=page.number,
                row=header.row - 1,
                printed=" ".join(t.text for t in dated) or newest.end,
                box=box_of(dated),
                weight=1.8,
                reasons=("the newest date over the columns of amounts",),
            )
            return


def _at_label(report: ReportView, page: PageView, match: Match) -> Iterator[Candidate]:
    end = min(len(page.tokens), match.end + _REACH)
    dates = _dates(report, page, match.end, end)
    if dates:
        first, last = dates[0], dates[1] if len(dates) > 1 and _is_range(dates) else dates[0]
        if last is first and first[0].endswith("-01"):
            return  # no financial year ends on the first of a month
        made = _made(page, (match.first, last[2]), last[0], 1.6 - 0.05 * (first[1] - match.end))
        if len(dates) > 1 and last is not first:
            made = made.but(0.5, "the end of the period printed")
        if report.period_end == last[0]:
            made = made.but(1.2, "the date over the columns of amounts")
        yield made
        return
    for i in range(match.end, min(end, match.end + 2)):
        year = year_of(page.tokens[i].text)
        if year and report.period_end and report.year == year and len(report.period_end) > 4:
            made = _made(page, (match.first, i + 1), report.period_end, 1.2)
            yield made.but(0.8, "the year alone, completed from the columns of amounts")
            return
        if year and not (report.period_end and len(report.period_end) > 4):
            made = _made(page, (match.first, i + 1), f"{year}-12-31", 1.2)
            yield made.but(-0.4, "the year alone, taken to end with December")
            return


def _is_range(dates: list[tuple[str, int, int]]) -> bool:
    (one, _, stop), (other, start, _) = dates[0], dates[1]
    days = (date.fromisoformat(other) - date.fromisoformat(one)).days
    return one < other and start - stop <= (_RANGE_WORDS if days in _YEAR_DAYS else 2)


def _dates(report: ReportView, page: PageView, first: int, end: int) -> list[tuple[str, int, int]]:
    """ISO date, first and end token of each date printed among the tokens."""
    names = [fold(name) for name in report.words("months")]
    months = {form: number for number, name in enumerate(names, start=1) for form in (name, name[:3])}
    found: list[tuple[str, int, int]] = []
    pending: list[tuple[int, int, int]] = []
    for i in range(first, end):
        for printed in find_dates(page.tokens[i].text):
            found.append((printed, i, i + 1))
        month = months.get(fold(page.tokens[i].text))
        if month is None or i == 0:
            continue
        day = page.tokens[i - 1].text.strip(".:a()")
        year = year_of(page.tokens[i + 1].text) if i + 1 < len(page.tokens) else None
        if not day.isdigit():
            continue
        if year is None:
            pending.append((month, int(day), i))
            continue
        for earlier_month, earlier_day, at in pending:
            date_before = iso_date(year, earlier_month, earlier_day)
            if date_before:
                found.append((date_before, at - 1, at + 1))
        pending.clear()
        full = iso_date(year, month, int(day))
        if full:
            found.append((full, i - 1, i + 2))
    return found


def _made(page: PageView, at: tuple[int, int], value: str, weight: float) -> Candidate:
    first, end = at
    return Candidate(
        value=value,
        page=page.number,
        row=page.tokens[end - 1].row,
        printed=page.text(first, end),
        box=box_of(page.tokens[first:end]),
        weight=weight,
        reasons=("a date after its label",),
    )
