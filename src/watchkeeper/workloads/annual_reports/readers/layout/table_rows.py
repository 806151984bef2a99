"""Rows of a table under a heading, each with named parts: the columns' heads say which value is which."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate, best
from watchkeeper.workloads.annual_reports.readers.layout.folding import fold
from watchkeeper.workloads.annual_reports.readers.layout.label_rows import label_rows, starts_row
from watchkeeper.workloads.annual_reports.readers.layout.money import in_unit
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.printed import (
    find_dates,
    iso_date,
    parse_number,
    year_of,
    year_span,
)
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.row_parts import Part, PartType, RowParts, row_parts
from watchkeeper.workloads.annual_reports.readers.layout.rows import Token, box_of

_MOST_ROWS = 60
_HEADING_SHARE = 0.45
"""A row of which a heading is so much is that heading again, perhaps with another year."""
_HEAD_ROWS = 8
"""Column heads stand within this many rows above the first row with values."""
_TITLE_WORDS = 8
"""A row with more words is no title."""
_MOST_LEADING = 9
"""A row with more words before its first value is a sentence."""
_LOOSE_ROWS = 4
"""A table of loose rows, with parts but no sum, ends after this many rows that are none."""
_HEAD_REACH = 4
"""A head this many characters to the side of a narrow value is still its column's."""
_RATE = re.compile(r"\d{1,2}[,.]\d{1,3}%?|\d{1,2}%")
_HIGHEST_RATE = 25
_NUMBER = re.compile(r"\d{7,}|[\d-]{9,}")
_SHORT_DAY = re.compile(r"(\d{2})(\d{2})(\d{2})")


@dataclass(frozen=True, slots=True)
class _Value:
    type: PartType
    value: object
    first: int
    end: int


def find_table_rows(report: ReportView, told: FieldInstructions) -> Candidate | None:
    """The rows under the best of the field's headings; None when no row has the parts it needs."""
    parts = row_parts(told)
    if not parts.parts:
        return None
    sectioned = report.has_section(told.sections)
    found: list[Candidate] = []
    for page, rank in report.pages_for(told.sections):
        if rank is None and sectioned:
            continue
        for index, label in enumerate((*told.headings, *told.labels)):
            for at in label_rows(report, page, label):
                if not (at.opens or at.coverage > 0.5 or _opens_note(report, page, at.row)):
                    continue
                made = _under(report, told, page, (at.last_row, parts))
                if made:
                    more = made.but(-0.05 * min(index, 10), f"under '{label}'")
                    found.append(more.but(0.4 if sectioned else -1.0, "in a section it belongs in"))
    return best(found)


def _under(
    report: ReportView, told: FieldInstructions, page: PageView, at: tuple[int, RowParts]
) -> Candidate | None:
    heading, parts = at
    listed: list[object] = []
    places: list[int] = []
    year: object | None = _year_in(page, heading)
    for row in range(heading + 1, min(len(page.rows), heading + 1 + _MOST_ROWS)):
        if _ends(report, told, page, row) or (places and row - places[-1] > _LOOSE_ROWS):
            break
        alone = _year_alone(page, row) if parts.of_type("year") else None
        again = starts_row(report, page, (*told.headings, *told.labels), row)
        if alone is not None or (again and again.coverage > _HEADING_SHARE):
            year = alone if alone is not None else _year_in(page, row)
            continue
        if report.is_running(page, row):
            continue
        read = _row(report, told, page, (row, heading, parts))
        if read and year is not None and parts.of_type("year"):
            read = {**read, parts.of_type("year")[0].name: year} | read
        if read and parts.complete(read):
            listed.append(read)
            places.append(row)
    if not listed:
        return None
    tokens = page.tokens[page.rows[places[0]].first : page.rows[places[-1]].end]
    made = Candidate(
        value=listed,
        page=page.number,
        row=places[0],
        printed=" / ".join(page.row_text(row) for row in places),
        box=box_of(tokens),
        weight=0.5 + 0.15 * min(4, len(listed)),
        reasons=(f"{len(listed)} rows with the parts a row has",),
    )
    added = _adds_up(page, places[-1], listed, parts)
    return made.but(1.4, "its amounts add up to the row below") if added else made


def _opens_note(report: ReportView, page: PageView, row: int) -> bool:
    first = page.tokens[page.rows[row].first].text.casefold().strip(".:,")
    return first in report.words("note_words")


def _ends(report: ReportView, told: FieldInstructions, page: PageView, row: int) -> bool:
    end = starts_row(report, page, told.until, row) if told.until else None
    if end is None:
        return False
    few = page.rows[row].end - page.rows[row].first <= _TITLE_WORDS
    return end.coverage > 0.6 or (few and page.label_end(row) == page.rows[row].end)


def _year_alone(page: PageView, row: int) -> object | None:
    """The year, or span of years as printed, that is all a row says."""
    text = page.row_text(row).replace("--", "-")
    span = year_span(text)
    return text if span and span.last > span.first else year_of(text)


def _year_in(page: PageView, row: int) -> object | None:
    """The one year a heading names."""
    years = {
        year for t in page.tokens[page.rows[row].first : page.rows[row].end] if (year := year_of(t.text))
    }
    return years.pop() if len(years) == 1 else None


def _row(
    report: ReportView, told: FieldInstructions, page: PageView, at: tuple[int, int, RowParts]
) -> dict[str, object] | None:
    row, heading, parts = at
    if told.avoid and report.has_any(page, told.avoid, row):
        return None
    values = list(_values(page, row, parts))
    first = page.rows[row].first
    starts = values[0].first if values else page.rows[row].end
    read: dict[str, object] = {}
    for value in values:
        part = _part_of(page, value, (row, heading), parts)
        if part and part.name not in read:
            plain = value.value
            if value.type == "amount" and isinstance(plain, (int, float)):
                plain = in_unit(report, told, plain, (page, row))
            read[part.name] = plain
    if starts == first and values and values[0].type == "year":
        first, starts = values[0].end, values[1].first if len(values) > 1 else page.rows[row].end
    text = _lead(page, first, starts, parts)
    if not text or starts - first > _MOST_LEADING:
        return None
    return {parts.of_type("text")[0].name: text, **read} if parts.of_type("text") else read


def _lead(page: PageView, first: int, end: int, parts: RowParts) -> str:
    """The words before a row's values, without words that name one of them."""
    names = {word for part in parts.parts if part.type != "text" for word in part.heads}
    while end > first and fold(page.tokens[end - 1].text) in names:
        end -= 1
    text = page.text(first, end).strip(" :.,-–•")
    if text[:1].islower():
        return ""
    return text if sum(c.isalpha() for c in text) >= 2 else ""


def _values(page: PageView, row: int, parts: RowParts) -> Iterator[_Value]:
    at = page.rows[row]
    taken: set[int] = set()
    found: list[_Value] = []
    inside = False
    for i in range(at.first, at.end):
        token = page.tokens[i]
        inside = inside or token.text.startswith("(")
        if inside:
            taken.add(i)
            inside = ")" not in token.text
            continue
        value = _single(token, i, parts)
        if value:
            found.append(value)
            taken.add(i)
    for number in page.numbers(row) if parts.of_type("amount") else []:
        span = range(number.first, number.end)
        if number.percent or number.dash or not isinstance(number.value, int) or taken.intersection(span):
            continue
        if number.value >= _LEAST_AMOUNT or number.value == 0:
            found.append(_Value("amount", number.value, number.first, number.end))
    yield from sorted(found, key=lambda v: v.first)


_LEAST_AMOUNT = 1000
"""Smaller figures in a row are house numbers, pieces and the like; 0 is printed for nothing."""


def _single(token: Token, at: int, parts: RowParts) -> _Value | None:
    """A value that is one word: a rate, a day, a long number, a year."""
    text = token.text.strip(";")
    if parts.of_type("rate") and _RATE.fullmatch(text):
        rate = parse_number(text.rstrip("%").replace(".", ","))
        if rate is not None and abs(rate) <= _HIGHEST_RATE:
            return _Value("rate", rate, at, at + 1)
    if parts.of_type("date"):
        short = _SHORT_DAY.fullmatch(text)
        days = find_dates(text)
        day = days[0] if days else short and iso_date(2000 + int(short[1]), int(short[2]), int(short[3]))
        if day:
            return _Value("date", day, at, at + 1)
    if parts.of_type("number") and _NUMBER.fullmatch(text):
        return _Value("number", text, at, at + 1)
    if parts.of_type("year"):
        text = text.replace("--", "-").strip(".,")
        span = year_span(text)
        if span and span.last > span.first:
            return _Value("year", text, at, at + 1)
        year = year_of(text)
        if year is not None and 1900 <= year <= 2100:
            return _Value("year", year, at, at + 1)
    return None


def _part_of(page: PageView, value: _Value, at: tuple[int, int], parts: RowParts) -> Part | None:
    """Which part a value is: by the word before it, by its column's head, or the first of its type."""
    row, heading = at
    fitting = parts.of_type(value.type)
    if not fitting:
        return None
    if value.first > page.rows[row].first:
        named = parts.named(value.type, fold(page.tokens[value.first - 1].text))
        if named:
            return named
    x0 = min(t.box.x0 for t in page.tokens[value.first : value.end]) - page.char
    x1 = max(t.box.x1 for t in page.tokens[value.first : value.end]) + page.char
    heads = page.tokens[page.rows[heading].first : page.rows[min(row, heading + 1 + _HEAD_ROWS)].first]
    for reach in (0.0, _HEAD_REACH * page.char):
        above = "".join(fold(t.text) for t in heads if t.box.x0 - reach < x1 and x0 < t.box.x1 + reach)
        named = parts.named(value.type, above)
        if named:
            return named
    return fitting[0]


def _adds_up(page: PageView, last: int, listed: list[object], parts: RowParts) -> bool:
    """Whether one of the next rows prints the sum of the rows' first amount."""
    amounts = parts.of_type("amount")
    if not amounts or len(listed) < 2:
        return False
    name = amounts[0].name
    found = [row[name] for row in listed if isinstance(row, dict) and name in row]
    total = sum(value for value in found if isinstance(value, (int, float)))
    below = [n.value for r in range(last + 1, min(len(page.rows), last + 4)) for n in page.numbers(r)]
    return total > 0 and any(value in (total, total / 1000) for value in below)
