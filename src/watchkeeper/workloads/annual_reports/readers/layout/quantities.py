"""Counts, areas, years and percentages: the number that stands nearest to its label, with its unit."""

import re
from collections.abc import Iterator
from dataclasses import replace

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate, best
from watchkeeper.workloads.annual_reports.readers.layout.folding import fold
from watchkeeper.workloads.annual_reports.readers.layout.label_rows import says_sum
from watchkeeper.workloads.annual_reports.readers.layout.money import section_weight
from watchkeeper.workloads.annual_reports.readers.layout.numbers import Number
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.printed import year_of, year_span
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.stream import Match
from watchkeeper.workloads.annual_reports.readers.layout.surroundings import (
    Relation,
    Span,
    clause,
    spans_around,
)

_RELATION_WEIGHTS = {
    Relation.AFTER: 1.2,
    Relation.BEFORE: 1.0,
    Relation.BELOW: 0.9,
    Relation.UNDER: -0.6,
}
_PER_TOKEN = {"count": 0.6, "area": 0.08, "year": 0.22, "percent": 0.1}
"""What each word between a label and its number takes away: counts stand close, areas may stand far."""
_CUE_WORDS = 7
_VERB_WORDS = 3
"""Words behind a count's label within which its verb stands."""
_NAMED_BEHIND = 3
"""Words behind an area, its unit among them, that may say what it is the area of."""
_ONLY_A_PART = -1.3
"""A label that the hint `parts` lists names less than the whole."""
_THREE = re.compile(r"\d{3}")
_THOUSANDS = re.compile(r"\d{1,3}")
_BESIDE_ROWS = 1
"""The other part of an area is printed this many rows below the first, at most."""
_FAR_BEFORE = 0.5
"""What each word takes away when an area, year or percentage stands before its label."""


def find_quantity(report: ReportView, told: FieldInstructions) -> Candidate | None:
    """The number at a label that fits the field's kind, unit and bounds."""
    found: list[Candidate] = []
    for page, rank in report.pages_for(told.sections):
        weight, reason = section_weight(report, told, rank)
        for index, label in enumerate(told.labels):
            for match in report.find(page, label):
                for made in _around(report, told, page, match):
                    if label in told.hints.get("parts", ()):
                        made = made.but(_ONLY_A_PART, "the label of a part")
                    made = _with_part_beside(report, told, page, (label, made))
                    found.append(
                        made.but(0.6 * weight, reason)
                        .but(-0.08 * min(index, 8), f"at '{label}'")
                        .but(4 * (match.quality - 1), "the label's letters")
                    )
    counts: dict[object, set[tuple[int, int]]] = {}
    for made in found:
        counts.setdefault(str(made.value), set()).add((made.page, made.row))
    return best([c.but(min(1.2, 0.4 * (len(counts[str(c.value)]) - 1)), "printed again") for c in found])


def _around(report: ReportView, told: FieldInstructions, page: PageView, match: Match) -> Iterator[Candidate]:
    sides = {
        "after": (Relation.AFTER,),
        "before": (Relation.BEFORE,),
        "either": (Relation.AFTER, Relation.BEFORE),
    }
    for span in spans_around(page, match):
        if span.relation in (Relation.AFTER, Relation.BEFORE) and span.relation not in sides[told.side]:
            continue
        if span.relation not in _RELATION_WEIGHTS:
            continue
        for number in _numbers(report, told, page, span):
            made = _weighed(report, told, page, (match, span, number))
            if made:
                yield made


def _numbers(report: ReportView, told: FieldInstructions, page: PageView, span: Span) -> list[Number]:
    """The span's numbers that can be of the field's kind, nearest to the label first."""
    rows = range(page.tokens[span.first].row, page.tokens[span.end - 1].row + 1)
    inside = [n for row in rows for n in page.numbers(row) if span.first <= n.first and n.end <= span.end]
    inside = [_with_line_above(page, n) for n in inside]
    if told.kind == "year":
        inside = [n for n in inside if year_of(n.text)] or _year_spans(page, span)
    fitting = [n for n in inside if _fits(report, told, page, n)]
    if span.relation is Relation.BEFORE:
        fitting.reverse()
    if told.kind == "area":
        fitting.sort(key=lambda n: not _unit_after(report, page, n, "square_metres"))
    return fitting[:1]


def _with_line_above(page: PageView, number: Number) -> Number:
    """A number that a line's end cut after its thousands, put together: `1` above `402 sqm`."""
    token = page.tokens[number.first]
    if token.row == 0 or number.first != page.rows[token.row].first or not _THREE.fullmatch(token.text):
        return number
    above = page.tokens[number.first - 1]
    if above.row != token.row - 1 or not _THOUSANDS.fullmatch(above.text) or len(page.cells(above.row)) > 1:
        return number
    return replace(number, value=int(above.text + token.text), text=f"{above.text} {number.text}")


def _year_spans(page: PageView, span: Span) -> list[Number]:
    """Years printed as one word, `2017-2019`: the last of them, when what was begun stood."""
    from_words = []
    for i in range(span.first, span.end):
        both = year_span(page.tokens[i].text)
        if both:
            token = page.tokens[i]
            from_words.append(Number(both.last, i, i + 1, token.box, token.text, False, False))
    return from_words


def _unit_after(report: ReportView, page: PageView, number: Number, list_name: str) -> bool:
    """Whether the words right after a number are a unit of the list."""
    if number.end >= len(page.tokens):
        return False
    following = page.tokens[number.end : number.end + 2]
    units = {fold(w) for w in report.words(list_name)}
    texts = [fold(t.text) for t in following]
    return (
        texts[0] in units
        or "".join(texts) in units
        or any(page.tokens[number.end - 1].text.endswith(w) for w in report.words(list_name))
    )


def _fits(report: ReportView, told: FieldInstructions, page: PageView, number: Number) -> bool:
    value = number.value
    if number.dash or (number.percent and told.kind != "percent"):
        return False
    if told.minimum is not None and value < told.minimum:
        return False
    if told.maximum is not None and value > told.maximum:
        return False
    if told.kind in ("count", "year") and not isinstance(value, int):
        return False
    if told.kind == "count":
        foreign = ("square_metres", "units", "thousands", "months")
        return not any(_unit_after(report, page, number, name) for name in foreign)
    if told.kind == "area":
        return not any(_unit_after(report, page, number, name) for name in ("units", "thousands"))
    return True


def _weighed(
    report: ReportView, told: FieldInstructions, page: PageView, at: tuple[Match, Span, Number]
) -> Candidate | None:
    match, span, number = at
    if told.kind == "area" and _of_a_part(report, told, page, number):
        return None
    between = (match.end, number.first) if number.first >= match.end else (number.end, match.first)
    per_token = _PER_TOKEN.get(told.kind, 0.1)
    beside = span.relation in (Relation.AFTER, Relation.BEFORE)
    if not beside and report.has_any(page, told.avoid, page.tokens[number.first].row):
        return None
    if beside and report.any_between(
        page, told.avoid, min(between[0], match.first), max(between[1], match.end)
    ):
        return None
    if told.kind == "count" and span.relation is Relation.BEFORE and _closes_before(report, page, number):
        return None
    distance = between[1] - between[0] if beside else 2 * (span.distance - 1)
    if span.relation is Relation.BEFORE and told.kind != "count":
        per_token = _FAR_BEFORE
    weight = _RELATION_WEIGHTS[span.relation] - per_token * distance
    if told.kind == "count" and span.relation is Relation.AFTER and not _set_off(page, match):
        weight -= 1.4
    made = Candidate(
        value=number.value,
        page=page.number,
        row=page.tokens[number.first].row,
        printed=number.text,
        box=number.box,
        weight=weight - (0.4 if page.ocr else 0),
        reasons=(f"the number {span.relation}",),
    )
    if span.relation is Relation.BELOW and says_sum(report, page, made.row):
        made = made.but(1.0 + 0.2 * distance, "in the row of totals")
    return _leaning(report, told, page, (match, number, made))


def _of_a_part(report: ReportView, told: FieldInstructions, page: PageView, number: Number) -> bool:
    """Whether the words right behind an area say that it is something else's: `423 kvm lokalyta`."""
    stop = min(number.end + _NAMED_BEHIND, len(page.tokens))
    for at in range(number.end, stop):
        if page.tokens[at].cell != page.tokens[number.end - 1].cell:
            stop = at
            break
        if page.tokens[at].text[-1:] in ",.;":
            stop = at + 1
            break
    return report.any_between(page, told.avoid, number.end, stop)


def _closes_before(report: ReportView, page: PageView, number: Number) -> bool:
    """Whether a joining word follows a name's number: `Solen 6 and lets flats` counts no flats."""
    joining = {fold(w) for w in report.words("and_words")}
    named = number.first > 0 and page.tokens[number.first - 1].text[:1].isupper()
    return named and number.end < len(page.tokens) and fold(page.tokens[number.end].text) in joining


def _set_off(page: PageView, match: Match) -> bool:
    """Whether a label is set off from what follows, by a colon or a wide gap."""
    last, following = page.tokens[match.end - 1], page.tokens[match.end]
    return last.text.endswith(":") or (last.row == following.row and last.cell != following.cell)


def _leaning(
    report: ReportView, told: FieldInstructions, page: PageView, at: tuple[Match, Number, Candidate]
) -> Candidate | None:
    match, number, made = at
    first, end = clause(page, match)
    if told.kind == "percent" and not (number.percent or "%" in page.row_text(made.row)):
        made = made.but(-1.6, "no percent sign")
    if told.kind == "area":
        has_unit = _unit_after(report, page, number, "square_metres")
        made = made.but(1.0 if has_unit else -0.6, "square metres" if has_unit else "no unit of area")
    if any(_near_label(report, page, match, phrase) for phrase in told.avoid):
        return None
    if told.kind == "count" and number.first < match.first and _done_to(report, told, page, match):
        return None
    if told.cues and report.any_between(page, told.cues, first, end):
        made = made.but(0.9, "a cue in the same sentence")
        after = page.numbers(made.row)
        stop = min((n.first for n in after if n.first >= number.end), default=number.end + _CUE_WORDS)
        if report.any_between(page, told.cues, number.end, min(stop, number.end + _CUE_WORDS)):
            made = made.but(0.5, "a cue right after the number")
            if report.any_between(page, told.hints.get("narrower", ()), number.first - 2, number.first):
                made = made.but(0.8, "singled out of a wider number")
    return made


def _with_part_beside(
    report: ReportView, told: FieldInstructions, page: PageView, at: tuple[str, Candidate]
) -> Candidate:
    """A part's area and, when the next row begins with the other part's label, that part's area too."""
    label, made = at
    if not any(fold(part) in fold(label) for part in told.hints.get("parts", ())):
        return made
    assert isinstance(made.value, (int, float))
    for phrase in told.hints.get("part_beside", ()):
        for match in report.find(page, phrase):
            row = page.tokens[match.first].row
            if not made.row < row <= made.row + _BESIDE_ROWS or match.first != page.rows[row].first:
                continue
            after = [n for n in page.numbers(row) if n.first >= match.end]
            if (
                len(after) == 1
                and not after[0].dash
                and _fits(report, told, page, replace(after[0], value=made.value))
            ):
                whole = replace(
                    made, value=made.value + after[0].value, printed=f"{made.printed} + {after[0].text}"
                )
                return whole.but(-0.3, f"with the part '{phrase}' below it")
    return made


def _done_to(report: ReportView, told: FieldInstructions, page: PageView, match: Match) -> bool:
    """Whether the verb soon behind a label says that something was done to those counted."""
    _, end = clause(page, match)
    others = {fold(w) for name in ("and_words", "of_which_words") for w in report.words(name)}
    stop = match.end
    while stop < min(end, match.end + _VERB_WORDS) and page.tokens[stop - 1].text[-1:] not in ",;.:":
        text = page.tokens[stop].text
        if fold(text) in others or any(c.isdigit() for c in text):
            break
        stop += 1
    return report.any_between(page, told.avoid, match.end, stop)


def _near_label(report: ReportView, page: PageView, match: Match, phrase: str) -> bool:
    """Whether an avoided phrase covers the label or follows it at once, in the same sentence."""
    ends = page.tokens[match.end - 1].text[-1:] in ".;:"
    last = match.end - 1 if ends else match.end
    return any(m.first <= last and match.first <= m.end for m in report.find(page, phrase))
