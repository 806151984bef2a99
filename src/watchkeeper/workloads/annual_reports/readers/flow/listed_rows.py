"""Rows of lists and tables as named parts, from the words of each line and the head's words above."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.flow.blocks import Blocks
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate
from watchkeeper.workloads.annual_reports.readers.flow.figures import RunContext, Token, number_token, splits
from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold
from watchkeeper.workloads.annual_reports.readers.flow.phrases import holds
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.row_parts import Parts
from watchkeeper.workloads.annual_reports.readers.flow.units import Units
from watchkeeper.workloads.annual_reports.readers.flow.wording import words_of_line

SCORE = 0.55
LONGEST = 60
"""Lines a list has at most."""
GAP = 4
"""So many lines that are no row end a list."""
TITLE_WORDS = 8
MOST_LEAD = 9
_DAY = re.compile(r"^((?:19|20)\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])[,.]?$")
_SHORT_DAY = re.compile(r"^(\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$")
_RATE = re.compile(r"^(\d{1,2}[,.]\d{1,3})%?$|^(\d{1,2})%$")
_YEARS = re.compile(r"^((?:19|20)\d{2})(?:[-–/]{1,2}((?:19|20)?\d{2}))?[:.]?$")
_LONG_NUMBER = re.compile(r"^\d{7,}$|^[\d-]{9,}$")
_HIGHEST_RATE = 25
_LEAST_AMOUNT = 1000
_SHORT = 3
"""Digits of a number that stands for no amount: a house number, a count."""


@dataclass(slots=True)
class _Line:
    """What one line holds."""

    lead: list[str] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)
    years: list[object] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    inline: str = ""
    after_year: bool = False
    """Whether a year stands behind the leading words, which then are complete."""


class ListedRows:
    """Finds rows with named parts."""

    def __init__(self, report: Report, blocks: Blocks, units: Units) -> None:
        self._report = report
        self._blocks = blocks
        self._units = units
        self._rows_at = {report.place(row.page, row.line): row for row in report.rows}

    def find(self, told: FieldInstructions) -> Iterator[Candidate]:
        """The rows under each of the field's headings."""
        parts = Parts(told)
        if not parts.any:
            return
        pages = self._report.pages_in(told.sections)
        for rank, heading in enumerate((*told.headings, *told.labels)):
            for number in self._heads(heading):
                page = self._report.lines[number].page
                if pages and page not in pages:
                    continue
                rows, printed, total = self._rows(number, told, parts)
                if not rows:
                    continue
                made = Candidate(
                    value=rows,
                    page=page,
                    score=SCORE * (1.0 - 0.01 * rank),
                    printed=printed,
                    rule=f"{len(rows)} rows under {heading!r}",
                ).raised(0.06 * min(5, len(rows)), "rows with the parts a row has")
                yield made.raised(0.4, "the amounts add up to the line below") if total else made

    def _heads(self, heading: str) -> list[int]:
        """Lines that are the heading, or begin a table's head with it."""
        found = set(self._blocks.lines_of_heading(heading))
        wording = self._report.wording
        for span in wording.find(heading):
            line = wording.words[span.start].line
            if span.start == wording.line_span(line)[0]:
                found.add(wording.words[span.end - 1].line)
        return sorted(found)

    def _rows(self, heading: int, told: FieldInstructions, parts: Parts) -> tuple[list[object], str, bool]:
        rows: list[object] = []
        printed: list[str] = []
        head = ""
        year = self._year_in(heading)
        last = heading
        again = (
            set()
            if not parts.has("year")
            else {number for label in (*told.headings, *told.labels) for number in self._heads(label)}
        )
        page = self._report.lines[heading].page
        for number in range(heading + 1, min(heading + 1 + LONGEST, len(self._report.lines))):
            line = self._report.lines[number]
            if line.page > page or (rows and number - last > GAP) or self._ends(number, told):
                break
            if self._report.is_running(number):
                continue
            alone = _YEARS.match(line.text) if parts.has("year") else None
            if alone or number in again:
                year = _year(alone) if alone else self._year_in(number)
                continue
            row = self._row(number, head, told, parts)
            if row and year is not None:
                row.setdefault(parts.first("year"), year)
            if row and parts.complete(row):
                rows.append(row)
                printed.append(line.text)
                last = number
            elif not rows:
                head += fold(line.text)
        return rows, " / ".join(printed), self._adds_up(rows, last, parts)

    def _year_in(self, number: int) -> object | None:
        """The one year a heading names."""
        years = {_year(found) for w in self._report.lines[number].text.split() if (found := _YEARS.match(w))}
        return years.pop() if len(years) == 1 else None

    def _ends(self, number: int, told: FieldInstructions) -> bool:
        words = self._report.wording.words[slice(*self._report.wording.line_span(number))]
        return len(words) <= TITLE_WORDS and holds(words[:4], told.until)

    def _row(self, number: int, head: str, told: FieldInstructions, parts: Parts) -> dict[str, object] | None:
        text = self._report.lines[number].text
        if told.avoid and holds(words_of_line(text, 0), told.avoid):
            return None
        line = _read(text, parts, self._report.folded["units"])
        amounts = _amounts(line.figures)
        lead = " ".join([*line.lead, *(() if amounts else line.figures)]).strip(" :.,-–•")
        if not lead or lead[:1].islower() or len(line.lead) > MOST_LEAD or sum(c.isalpha() for c in lead) < 2:
            return None
        row: dict[str, object] = {}
        if parts.has("text"):
            row[parts.first("text")] = lead
        for kind, values in (
            ("number", line.numbers),
            ("rate", line.rates),
            ("date", line.days),
            ("year", line.years),
        ):
            if values and parts.has(kind):
                row[parts.in_order(kind, line.inline or head)[0] if kind == "date" else parts.first(kind)] = (
                    values[0]
                )
        names = parts.in_order("amount", head) if parts.has("amount") and line.figures else []
        factor = self._factor(told, number)
        for name, amount in zip(names, amounts, strict=False):
            row[name] = amount * factor
        return row

    def _factor(self, told: FieldInstructions, number: int) -> int:
        row = self._rows_at.get(number)
        return self._units.factor(row) if row is not None and told.unit == "report" else 1

    def _adds_up(self, rows: list[object], last: int, parts: Parts) -> bool:
        if not parts.has("amount") or len(rows) < 2:
            return False
        name = parts.first("amount")
        amounts = [row[name] for row in rows if isinstance(row, dict) and isinstance(row.get(name), int)]
        total = sum(amounts)
        lines = self._report.lines[last + 1 : last + 4]
        return any(
            fold(str(sum_)) in fold(line.text) for line in lines for sum_ in (total, total // 1000) if sum_
        )


def _read(text: str, parts: Parts, units: frozenset[str]) -> _Line:
    """The values of a line and the words before the first of them."""
    line = _Line()
    aside = False
    named = 0
    for word in text.split():
        begun = bool(line.rates or line.days or line.numbers or line.after_year)
        aside = aside or word.startswith("(")
        if aside:
            aside = ")" not in word
            if not begun and len("".join(line.figures)) <= _SHORT:
                line.lead += [*line.figures, word]
                line.figures = []
            continue
        if _take(word, line, parts):
            line.inline += "".join(fold(one) for one in line.lead[len(line.lead) - named :])
            line.lead = line.lead[: len(line.lead) - named]
            named = 0
            continue
        head_word = parts.is_head_word(fold(word))
        if begun:
            line.inline += fold(word) if head_word else ""
        elif (line.lead or word.strip("%-–•")) and fold(word) not in units:
            line.lead += [*line.figures, word]
            line.figures = []
            named = named + 1 if head_word else 0
    return line


def _take(word: str, line: _Line, parts: Parts) -> bool:
    """Whether a word is a value, which is then noted down."""
    day, short, rate = _DAY.match(word), _SHORT_DAY.match(word), _RATE.match(word)
    years = _YEARS.match(word)
    if day and parts.has("date"):
        line.days.append("-".join(day.groups()))
    elif short and parts.has("date"):
        line.days.append(f"20{short[1]}-{short[2]}-{short[3]}")
    elif rate and parts.has("rate") and float((rate[1] or rate[2]).replace(",", ".")) <= _HIGHEST_RATE:
        line.rates.append(float((rate[1] or rate[2]).replace(",", ".")))
    elif parts.has("number") and _LONG_NUMBER.match(word):
        line.numbers.append(word)
    elif years and parts.has("year"):
        line.years.append(_year(years))
        line.after_year = bool(line.lead)
    elif parts.has("amount") and line.lead and number_token(word, 0) is not None and word.strip("-–"):
        line.figures.append(word)
    else:
        return False
    return True


def _year(found: "re.Match[str]") -> object:
    return found[0].rstrip(":.").replace("--", "-") if found[2] else int(found[1])


def _amounts(figures: list[str]) -> tuple[int, ...]:
    """The figures of a run of digit groups: two where they can be two, of which each is an amount."""
    tokens: tuple[Token, ...] = tuple(t for word in figures if (t := number_token(word, 0)) is not None)
    for columns in (2, 1, 3):
        found = splits(tokens, RunContext(columns, False, 0, True))
        for cut in found:
            if cut.note is None and all(
                amount == 0 or abs(amount) >= _LEAST_AMOUNT for amount in cut.amounts
            ):
                return cut.amounts
    return ()
