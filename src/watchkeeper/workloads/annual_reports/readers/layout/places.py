"""Municipalities and properties' designations, from the words around their labels."""

import re
from collections.abc import Iterator
from dataclasses import replace

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate, best
from watchkeeper.workloads.annual_reports.readers.layout.folding import fold
from watchkeeper.workloads.annual_reports.readers.layout.money import section_weight
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.rows import box_of
from watchkeeper.workloads.annual_reports.readers.layout.stream import Match
from watchkeeper.workloads.annual_reports.readers.layout.surroundings import (
    Relation,
    Span,
    clause,
    spans_around,
)

_GROUP_DIGITS = 3
_TITLE_WORDS = 4
"""Words a column's head has at most."""
_UNIT_NUMBER = re.compile(r"\d{1,4}(?::\d{1,4})?")
_REACH = 7
_WEIGHTS = {Relation.AFTER: 1.2, Relation.BEFORE: 1.2, Relation.BELOW: 1.5, Relation.UNDER: 0.2}
_STRIP = ".,;:()\"”'"


def find_place(report: ReportView, told: FieldInstructions) -> Candidate | None:
    """The municipality at a label: before the word for a town, after a seat, or in its column."""
    found: list[Candidate] = []
    for page, rank in report.pages_for(told.sections):
        weight, reason = section_weight(report, told, rank)
        for index, label in enumerate(told.labels):
            for match in report.find(page, label):
                for made in _towns(report, told, page, match):
                    found.append(made.but(0.6 * weight, reason).but(-0.1 * index, f"at '{label}'"))
    return best(_counted(found))


def _counted(found: list[Candidate]) -> list[Candidate]:
    places: dict[str, set[tuple[int, int]]] = {}
    for made in found:
        places.setdefault(fold(str(made.value)), set()).add((made.page, made.row))
    return [c.but(min(1.6, 0.5 * (len(places[fold(str(c.value))]) - 1)), "printed again") for c in found]


def _towns(report: ReportView, told: FieldInstructions, page: PageView, match: Match) -> Iterator[Candidate]:
    town_words = {fold(w) for w in report.words("town_words")}
    is_town_word = fold(page.text(match.first, match.end)) in town_words
    spans = list(spans_around(page, match))
    own = next(c for c in page.cells(page.tokens[match.first].row) if c.first <= match.first < c.end)
    titled = own.end - own.first <= _TITLE_WORDS
    columns = [s for s in spans if s.relation is Relation.BELOW and s.distance <= 3 and titled]
    heads = [made for span in columns for made in _town(report, told, page, (span, span.first, 1))]
    if heads:
        yield from heads
        return
    for span in spans:
        if span.relation is Relation.BEFORE and is_town_word and not _opens_cell(page, match):
            yield from _town(report, told, page, (span, match.first - 1, -1))
        onwards = not is_town_word or page.tokens[match.end - 1].text.endswith(":")
        onwards = onwards or _is_cell(page, match)
        if span.relation is Relation.AFTER and onwards:
            yield from _town(report, told, page, (span, span.first, 1))


def _opens_cell(page: PageView, match: Match) -> bool:
    """Whether a label begins a cell beside another in its row: that one is a column's head, no town."""
    token, before = page.tokens[match.first], page.tokens[match.first - 1]
    return before.row == token.row and before.cell != token.cell


def _is_cell(page: PageView, match: Match) -> bool:
    """Whether a label is the first cell of a row, so that its value stands in the next."""
    row = page.rows[page.tokens[match.first].row]
    if match.first != row.first or match.end >= row.end:
        return False
    return page.tokens[match.end].cell != page.tokens[match.end - 1].cell


def _town(
    report: ReportView, told: FieldInstructions, page: PageView, at: tuple[Span, int, int]
) -> Iterator[Candidate]:
    """The capitalised words at a token: backwards before the word for a town, onwards otherwise."""
    span, start, step = at
    not_places = {fold(w) for w in (*told.hints.get("not_places", ()), *report.words("association_forms"))}
    not_places |= {fold(w) for w in report.words("not_names")} - {
        fold(w) for w in report.words("place_names")
    }
    town_words = {fold(w) for w in report.words("town_words")}
    i = start
    if step > 0:
        while i < min(span.end, start + 3) and not page.tokens[i].text[:1].isupper():
            i += 1
    words: list[int] = []
    while span.first <= i < span.end and len(words) < 2:
        word = page.tokens[i].text.strip(_STRIP)
        if not word[:1].isupper() or any(c.isdigit() for c in word) or fold(word) in not_places:
            break
        words.append(i)
        stops = page.tokens[i].text[-1:] in ".,;:" if step > 0 else page.tokens[i - 1].text[-1:] in ".,;:"
        i += step
        if stops or (0 <= i < len(page.tokens) and page.tokens[i].cell != page.tokens[i - step].cell):
            break
    words.sort()
    if not words or fold(page.tokens[words[0]].text) in town_words:
        return
    text = " ".join(page.tokens[w].text.strip(_STRIP) for w in words)
    follows = words[-1] + 1
    before_town = follows < len(page.tokens) and fold(page.tokens[follows].text) in town_words
    value = _nominative(report, text) if before_town else text
    yield Candidate(
        value=value,
        page=page.number,
        row=page.tokens[words[0]].row,
        printed=text,
        box=box_of([page.tokens[w] for w in words]),
        weight=_WEIGHTS[span.relation]
        + (0.8 if before_town else 0.0)
        - 0.2 * abs(start - words[0]) * (step > 0),
        reasons=(f"the place {span.relation}",),
    )


def _nominative(report: ReportView, text: str) -> str:
    """A place's name without the genitive ending it has before the word for a town."""
    endings = report.words("place_endings_in_s")
    if not text.endswith("s") or any(text.casefold().endswith(e) for e in endings):
        return text
    return text[:-1]


def find_designation(report: ReportView, told: FieldInstructions) -> Candidate | None:
    """Blocks' names with their unit numbers, such as `Name 3`, at a label; several are joined."""
    found: list[Candidate] = []
    towns = _towns_named(report, told)
    for page, rank in report.pages_for(told.sections):
        weight, reason = section_weight(report, told, rank)
        for index, label in enumerate(told.labels):
            for match in report.find(page, label):
                for made in _designations(report, page, match, towns):
                    if told.cues and report.any_between(page, told.cues, *clause(page, match)):
                        made = made.but(0.8, "a cue in the same sentence")
                    found.append(made.but(0.6 * weight, reason).but(-0.04 * index, f"at '{label}'"))
    return best(_counted(found))


def _towns_named(report: ReportView, told: FieldInstructions) -> set[str]:
    """Folded names of towns, with and without a genitive: before a town word, or after words for a seat."""
    towns: set[str] = set()
    for page in report.pages:
        before = [m.first - 1 for w in report.words("town_words") for m in report.find(page, w)]
        after = [m.end for w in told.hints.get("seat", ()) for m in report.find(page, w)]
        for i in (*before, *after):
            if 0 <= i < len(page.tokens) and page.tokens[i].text[:1].isupper():
                name = fold(page.tokens[i].text)
                towns.update((name, name.removesuffix("s")))
    return towns


def _designations(report: ReportView, page: PageView, match: Match, towns: set[str]) -> Iterator[Candidate]:
    column: list[tuple[int, int]] = []
    for span in spans_around(page, match):
        if span.relation is Relation.AFTER:
            units = _units(report, page, span.first, min(span.end, span.first + 4 * _REACH))
            units = [_without_town(page, unit, towns) for unit in units]
            if units and units[0][0] - span.first <= _REACH:
                weight = 1.3 - 0.15 * (units[0][0] - span.first)
                run = _run(report, page, units)
                listed = _listed(page, run, weight, "after its label")
                end = _through_numbers(report, page, run[-1][1])
                yield replace(listed, value=page.text(run[0][0], end).strip(_STRIP))
        elif span.relation is Relation.BELOW:
            units = _units(report, page, span.first, span.end)
            if not units or units[0][0] != span.first:
                break
            column.append(_without_town(page, units[0], towns))
    if column:
        yield _listed(page, column, 1.9, "in the column under its label")


def _through_numbers(report: ReportView, page: PageView, end: int) -> int:
    """Where the numbers after a block's first one end: `Solen 3, 4 and 5`, unless they count what follows."""
    joining = {fold(w) for w in report.words("and_words")}
    at, joined = end, False
    while at < len(page.tokens) and not joined:
        if fold(page.tokens[at].text) in joining:
            joined = True
            at += 1
        elif page.tokens[at - 1].text[-1:] != ",":
            return end
        if at >= len(page.tokens) or not page.tokens[at].text.strip(_STRIP).isdecimal():
            return end
        at += 1
    if not joined:
        return end
    closes = page.tokens[at - 1].text[-1:] in ".,;" or at >= len(page.tokens)
    names = {w.casefold() for w in report.words("inside_names")}
    return at if closes or page.tokens[at].text.casefold() in names else end


def _units(report: ReportView, page: PageView, first: int, end: int) -> list[tuple[int, int]]:
    """Token ranges of capitalised words followed by a unit number."""
    found: list[tuple[int, int]] = []
    lists = ("not_names", "months", "sum_words", "note_words", "block_words")
    not_names = {fold(w) for name in lists for w in report.words(name)}
    i = first
    while i < end:
        stop = i
        while stop < end and stop - i < 3 and _block_word(page.tokens[stop].text, not_names):
            stop += 1
        named = stop > i and stop < end and _UNIT_NUMBER.fullmatch(page.tokens[stop].text.strip(_STRIP))
        if named and not _goes_on(page, stop):
            found.append((i, stop + 1))
            i = stop + 1
        else:
            i += 1
    return found


def _goes_on(page: PageView, at: int) -> bool:
    """Whether a number goes on in groups of three digits: then it is an amount."""
    if at + 1 >= page.rows[page.tokens[at].row].end or page.tokens[at].text[-1:] in ",.;:":
        return False
    return page.tokens[at + 1].text.isdecimal() and len(page.tokens[at + 1].text) == _GROUP_DIGITS


def _without_town(page: PageView, unit: tuple[int, int], towns: set[str]) -> tuple[int, int]:
    """A designation without the town before it: `Solna Kolonnen 1:2` is `Kolonnen 1:2`."""
    first, end = unit
    return (first + 1, end) if end - first > 2 and fold(page.tokens[first].text) in towns else unit


def _block_word(text: str, not_names: set[str]) -> bool:
    if text[-1:] in ".,;:" or fold(text) in not_names:
        return False
    return text[:1].isupper() and len(text) > 1 and all(c.isalpha() or c in "-!\"#$'" for c in text)


def _run(report: ReportView, page: PageView, units: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The units listed one after another: only commas and joining words between them."""
    joiners = {fold(w) for w in report.words("and_words")}
    run = units[:1]
    for unit in units[1:]:
        between = [fold(page.tokens[i].text) for i in range(run[-1][1], unit[0])]
        if any(word and word not in joiners for word in between):
            break
        run.append(unit)
    return run


def _listed(page: PageView, units: list[tuple[int, int]], weight: float, how: str) -> Candidate:
    texts = [page.text(first, end).strip(_STRIP) for first, end in units]
    tokens = [page.tokens[i] for first, end in units for i in range(first, end)]
    return Candidate(
        value=", ".join(texts),
        page=page.number,
        row=tokens[0].row,
        printed=", ".join(texts),
        box=box_of(tokens),
        weight=weight,
        reasons=(f"a name with a unit number {how}",),
    )
