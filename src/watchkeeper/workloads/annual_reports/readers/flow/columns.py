"""The columns of a page's tables, read from its header lines of years and dates."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

_DATE = re.compile(r"^[-–−]?((?:19|20)\d{2})-(\d{2})-(\d{2})[-–−]?$")
_YEAR = re.compile(r"^((?:19|20)\d{2})$")
_RANGE = re.compile(r"((?:19|20)\d{2}) ?[-–−/] ?((?:19|20)?\d{2})(?![\d-])")
_DASHES = "-–−"


@dataclass(frozen=True, slots=True)
class Header:
    """One header: from which line of the page it counts, and its columns."""

    line: int
    years: tuple[int, ...]
    """The year each column stands for, in printed order."""
    days: tuple[date, ...]
    """The last day of each column's period, where dates are printed."""
    noted: bool
    """Whether a column of note numbers stands among them."""

    @property
    def current(self) -> int:
        """The position of the latest year's column."""
        return self.years.index(max(self.years))


@dataclass(frozen=True, slots=True)
class _Tail:
    years: tuple[int, ...]
    days: tuple[date, ...]
    noted: bool
    whole: bool


def _tail_of(text: str, note_words: frozenset[str]) -> _Tail | None:
    """The years and dates at the end of a line; None when it does not end in one."""
    joined = _RANGE.sub(lambda match: _range_end(match[1], match[2]), text)
    words = joined.split()
    years: list[int] = []
    days: list[date] = []
    noted = False
    position = len(words)
    while position:
        word = words[position - 1]
        dated, yeared = _DATE.match(word), _YEAR.match(word)
        if dated:
            try:
                days.insert(0, date(int(dated[1]), int(dated[2]), int(dated[3])))
            except ValueError:
                return None
            years.insert(0, int(dated[1]))
        elif yeared:
            years.insert(0, int(yeared[1]))
        elif word.casefold().strip(".") in note_words and not noted:
            noted = True
        elif word not in _DASHES:
            break
        position -= 1
    if not years:
        return None
    return _Tail(tuple(years), tuple(days), noted, position == 0)


def _range_end(first: str, second: str) -> str:
    """A range of years, `2022 - 2023` or `2022/23`, as the year it ends in; anything else as it was."""
    end = int(first[:2] + second) if len(second) == 2 else int(second)
    return str(end) if end == int(first) + 1 else f"{first} {second}"


def headers_of(lines: list[str], note_words: frozenset[str]) -> list[Header]:
    """The headers of a page's tables, top to bottom.

    A header is a line that ends in two or more different years or dates, or a run of short lines each
    of which ends in one, as a table with stacked column titles is extracted.
    """
    found: list[Header] = []
    run: list[_Tail] = []
    run_start = run_end = 0
    lone_note = False
    for number, text in enumerate([*lines, ""]):
        tail = _tail_of(text, note_words) if len(text) < 140 else None
        if tail is not None and (not run or tail.whole or len(tail.years) >= 2):
            if not run:
                run_start = number
            run.append(tail)
            run_end = number
            continue
        short = bool(text) and len(text) <= 14 and not re.search(r"\d{2}", text)
        if run and short and sum(len(part.years) for part in run) < 4:
            lone_note = lone_note or text.casefold().strip(".") in note_words
            continue
        header = _header(
            run, run_end, noted=lone_note or _note_near(lines, run_start, run_end + 1, note_words)
        )
        if run and header is not None:
            found.append(header)
        run, lone_note = [], False
    return found


def _note_near(lines: list[str], first: int, last: int, note_words: frozenset[str]) -> bool:
    """Whether a line of the header, or the one beside it, ends or stands as the note column's title."""
    for text in lines[max(0, first - 2) : last + 1]:
        words = [word.casefold().strip(".:") for word in text.split()]
        if (
            words
            and len(text) < 60
            and (words[-1] in note_words or (len(words) > 1 and words[-2] in note_words))
        ):
            return True
    return False


def _header(run: list[_Tail], line: int, *, noted: bool) -> Header | None:
    """The columns a run of header lines stands for, or None when it names fewer than two years.

    Days that begin a period are left out: no financial year ends on the first of a month.
    """
    days = [day for part in run for day in part.days]
    ends = [day for day in days if day.day != 1]
    years = [day.year for day in ends] if ends else [year for part in run for year in part.years]
    columns: list[int] = []
    last_days: list[date] = []
    for index, year in enumerate(years):
        if year not in columns:
            columns.append(year)
            if ends:
                last_days.append(ends[index])
    steps = [abs(left - right) for left, right in pairwise(columns)]
    if len(columns) < 2 or any(step != 1 for step in steps):
        return None
    return Header(line, tuple(columns), tuple(last_days), noted or any(part.noted for part in run))
