"""Rows of tables put together from printed lines.

A row's figures may stand behind its label, on the line below, or one by one on the lines below; a label
may be broken over lines; two rows may be glued on one line. Lines are grouped first, and each group is cut
into rows so that every row has the number of figures its table's header promises.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from watchkeeper.workloads.annual_reports.readers.flow.columns import Header, headers_of
from watchkeeper.workloads.annual_reports.readers.flow.figures import RunContext, Split, Token, splits
from watchkeeper.workloads.annual_reports.readers.flow.lettering import fold
from watchkeeper.workloads.annual_reports.readers.flow.tails import Line, middle_cut, read_line

NO_HEADER_COLUMNS = 2
"""Statements print two years; a page without a header is taken to continue one."""


ODD = 1.4
"""The cost from which a cut is doubted even when the next is dearer still."""
MOST_LINES = 90
"""Lines of figures below one label, at most."""
UNLIKE = 2.2
"""The cost from which two figures are so unlike that they may be one."""
_NOTED_FIGURES = re.compile(r"^\d{1,2}[,.]? [-−–]?\d")
"""A note's number, then figures."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its label in every reading, and the ways to cut its figures."""

    page: int
    line: int
    """The line of the page its figures begin on."""
    labels: tuple[str, ...]
    """The label's readings, likeliest first; empty for a row without one."""
    options: tuple[Split, ...]
    """Ways to cut the figures, cheapest first; never empty."""
    current: int
    """Which figure is the current year's."""
    headed: bool
    """Whether a header says how many figures there are."""
    printed: str
    verified: bool = False
    """Whether its figures are the sum of the rows above."""
    parts: int = 0
    """How many rows that sum has."""

    @property
    def value(self) -> int:
        """The current year's figure, as printed."""
        amounts = self.options[0].amounts
        return amounts[self.current] if self.current < len(amounts) else amounts[0]

    @property
    def clear(self) -> bool:
        """Whether no other cut comes near the first."""
        if len(self.options) == 1:
            return True
        first, second = self.options[0].cost, self.options[1].cost
        return first < ODD and second - first > 0.7

    @property
    def label(self) -> str:
        """The likeliest reading of the label."""
        return self.labels[0] if self.labels else ""


@dataclass(frozen=True, slots=True)
class TableWords:
    """The words tables are read with, folded."""

    notes: frozenset[str]
    units: frozenset[str]
    sums: tuple[str, ...]

    def begins_note(self, text: str) -> bool:
        """Whether a line begins a numbered note."""
        first, _, rest = text.partition(" ")
        named = first.casefold().strip(".:") in self.notes and rest[:1].isdigit()
        return named and any(letter.isalpha() for letter in rest)

    def is_sum(self, label: str) -> bool:
        """Whether a label begins with a word for a sum."""
        first = label.split(" ", 1)[0]
        return bool(first) and fold(first) in self.sums


@dataclass(slots=True)
class _Group:
    """Lines that belong together: one with words, then lines of figures alone."""

    labels: tuple[str, ...]
    line: int
    segments: list[tuple[int, Line]]


def rows_of_page(page: int, lines: list[str], words: TableWords) -> tuple[list[Row], list[Header]]:
    """The rows of a page, top to bottom, and the headers they stand under."""
    headers = headers_of(lines, words.notes)
    header_lines = {header.line for header in headers}
    rows: list[Row] = []
    last_note = 0
    header: Header | None = None
    upcoming = list(headers)
    notes = [number for number, text in enumerate(lines) if words.begins_note(text)]
    for group in _groups(lines, words, header_lines):
        while upcoming and upcoming[0].line < group.line:
            header = upcoming.pop(0)
            last_note = 0
        if header is not None and any(header.line + 1 < note <= group.line for note in notes):
            header = None
        for row in _rows_of_group(page, group, header, (words, last_note)):
            rows.append(row)
            last_note = max(last_note, row.options[0].note or 0)
    return rows, headers


def _groups(lines: list[str], words: TableWords, header_lines: set[int]) -> list[_Group]:
    """The page's lines grouped, each group holding at least one figure."""
    found: list[_Group] = []
    pending: list[str] = []
    open_group: _Group | None = None
    for number, text in _single_rows(_notes_joined(lines, words, header_lines)):
        if number in header_lines:
            pending, open_group = [], None
            continue
        line = read_line(text, note_words=words.notes, units=words.units)
        if not line.tokens:
            if open_group is not None and len(open_group.segments) == 1 and line.label[:1].islower():
                open_group.labels = (
                    (*open_group.labels, f"{open_group.labels[0]} {line.label}") if open_group.labels else ()
                )
            pending = [*pending[-2:], line.label] if line.label else []
            open_group = None
            continue
        if line.label:
            open_group = _Group(_label_readings(line.label, pending), number, [(number, line)])
            found.append(open_group)
        elif pending or open_group is None or line.note_given:
            open_group = _Group(_label_readings("", pending), number, [(number, line)])
            found.append(open_group)
        else:
            open_group.segments.append((number, line))
        pending = []
    return found


def _notes_joined(lines: list[str], words: TableWords, header_lines: set[int]) -> list[tuple[int, str]]:
    """The lines with their numbers; a note word that a narrow column broke off stands before its number."""
    found: list[tuple[int, str]] = []
    held = ""
    for number, text in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) and number + 1 not in header_lines else ""
        if text.casefold().strip(".: ") in words.notes and _NOTED_FIGURES.match(following):
            held = f"{text} "
            continue
        found.append((number, held + text))
        held = ""
    return found


def _single_rows(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The lines with those that glue two rows cut in two."""
    found: list[tuple[int, str]] = []
    for number, text in lines:
        rest = text
        for _ in range(4):
            cut = middle_cut(rest) if len(rest) > 30 else None
            if cut is None:
                break
            found.append((number, rest[: cut - 1]))
            rest = rest[cut:]
        found.append((number, rest))
    return found


def _label_readings(label: str, pending: list[str]) -> tuple[str, ...]:
    """A label alone, and with the one or two lines of words above it, which it may continue."""
    own = [label] if label else []
    above = [" ".join([*pending[-count:], *own]) for count in (1, 2) if len(pending) >= count]
    return tuple(dict.fromkeys([*own, *above]))


def _rows_of_group(
    page: int, group: _Group, header: Header | None, state: tuple[TableWords, int]
) -> list[Row]:
    """A group's segments cut into rows: few rows, each complete, at the least cost."""
    words, last_note = state
    sum_row = any(words.is_sum(label) for label in group.labels[:1])
    promised = len(header.years) if header is not None else NO_HEADER_COLUMNS
    context = RunContext(promised, header is not None and header.noted, last_note, sum_row)
    segments = group.segments
    below_label = bool(group.labels) and not segments[0][1].label and not segments[0][1].note_given
    cuts = _best_cuts(tuple(line for _, line in segments), context, below_label=below_label)
    rows: list[Row] = []
    for start, end, options in cuts:
        if not options:
            continue
        columns = len(options[0].amounts)
        current = header.current if header is not None and columns == len(header.years) else 0
        printed = " ".join(
            [*group.labels[:1], *(line.figures for _, line in segments[start:end])][start > 0 :]
        )
        rows.append(
            Row(page, segments[start][0], group.labels if start == 0 else (), options, current,
                header is not None, printed)
        )  # fmt: skip
    return rows


def _best_cuts(
    lines: tuple[Line, ...], context: RunContext, *, below_label: bool
) -> list[tuple[int, int, tuple[Split, ...]]]:
    """The cheapest way to cut consecutive lines of figures into rows, as (first, past last, options).

    Lines that could each be a row are joined at a price: a low one where the label stands on a line of its
    own, for then figures are printed one to a line.
    """
    lines = lines[:MOST_LINES]
    complete = [bool(splits(line.tokens, context, limit=1)) for line in lines]
    best: list[tuple[float, list[tuple[int, int, tuple[Split, ...]]]]] = [(0.0, [])]
    for end in range(1, len(lines) + 1):
        choices = []
        for start in range(max(0, end - 2 * context.columns - 2), end):
            options = _options(lines[start:end], context)
            cost = best[start][0] + 0.2 + (options[0].cost if options else 9.0 * (end - start))
            if end - start > 1 and all(complete[start:end]):
                cost += 0.2 if below_label else 1.0
            choices.append((cost, start, options))
        cost, start, options = min(choices, key=lambda choice: choice[0])
        best.append((cost, [*best[start][1], (start, end, options)]))
    return best[-1][1]


def _options(lines: tuple[Line, ...], context: RunContext) -> tuple[Split, ...]:
    """The cuts of the figures of some lines taken as one row."""
    tokens = tuple(replace(token, segment=index) for index, line in enumerate(lines) for token in line.tokens)
    if len(tokens) > 26:
        return ()
    given = lines[0].note_given
    return _options_of(
        tokens, replace(context, noted=False, last_note=99) if given else context, len(lines) == 1
    )


@lru_cache(maxsize=4096)
def _options_of(tokens: tuple[Token, ...], context: RunContext, single: bool) -> tuple[Split, ...]:
    """The cuts with as many figures as promised or, on a single line, with fewer or a few stray digits."""
    options = splits(tokens, context)
    if not single:
        return options
    if options and options[0].cost > UNLIKE and context.columns == NO_HEADER_COLUMNS:
        lone = splits(tokens, replace(context, columns=1))
        extra = tuple(replace(option, cost=option.cost + UNLIKE) for option in lone)
        options = tuple(sorted((*options, *extra), key=lambda option: option.cost))
    if options:
        return options
    penalty = 1.5
    if not any(token.digits for token in tokens):
        return ()
    for columns in range(min(context.columns - 1, 4), 0, -1):
        fewer = splits(tokens, replace(context, columns=columns))
        if fewer:
            return tuple(replace(option, cost=option.cost + penalty) for option in fewer)
        penalty += 0.5
    for start in range(1, min(len(tokens), 5)):
        stray = splits(tokens[start:], replace(context, noted=False))
        if start == 1 and len(tokens[-1].digits) == 1:
            stray = splits(tokens[:-1], context) or stray
        if stray:
            return tuple(replace(option, cost=option.cost + 2.0) for option in stray)
    return ()
