"""Who or which firm holds a role: names around the role's label, weighed and joined across pages."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate, best
from watchkeeper.workloads.annual_reports.readers.layout.folding import fold, wear
from watchkeeper.workloads.annual_reports.readers.layout.money import section_weight
from watchkeeper.workloads.annual_reports.readers.layout.names import Name, Names, name_key, same_name
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.printed import find_dates, year_of
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.rows import box_of
from watchkeeper.workloads.annual_reports.readers.layout.stream import Match
from watchkeeper.workloads.annual_reports.readers.layout.surroundings import Relation, Span, spans_around

_RELATION_WEIGHTS = {
    Relation.BEFORE: 1.0,
    Relation.AFTER: 0.7,
    Relation.ABOVE: 0.9,
    Relation.UNDER: 0.8,
    Relation.BELOW: -0.5,
}
_PER_TOKEN = 0.16
"""What each word between a role and a name takes away."""
_BESIDE_CHARS = 45
"""A title stands this near to a name, in characters, when both are in one row."""
_BESIDE_WORDS = 6
_APART_WORDS = 8
"""A title stands within this many words of a name in one row; further off it is another's."""
_TITLE_GAP = 1.25
"""A title stands within this many row heights under its name."""
_TERM_WORDS = 4
"""The year a term ends in stands within this many words of the words for it."""
_LIST_ROWS = 9
"""A period stated over a list of names is looked for this many rows above."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A name near a role's label, and what titles beside the name say."""

    named: Candidate
    stronger: tuple[str, ...] = ()
    weaker: tuple[str, ...] = ()


def find_role(report: ReportView, names: Names, told: FieldInstructions) -> Candidate | None:
    """The person or firm that holds a role at the end of the year; None when no name stands near it."""
    found: list[Holder] = []
    for page, rank in report.pages_for(told.sections):
        weight, reason = section_weight(report, told, rank)
        for index, label in enumerate(told.labels):
            for match in report.find(page, label):
                if _avoided(report, told, page, match):
                    continue
                for holder in _around(report, names, told, (page, match)):
                    named = (
                        holder.named.but(0.5 * weight, reason)
                        .but(-0.12 * min(index, 8), f"near '{label}'")
                        .but(4 * (match.quality - 1), "label's letters")
                    )
                    found.append(replace(holder, named=named))
    return best(_joined(found, last=told.occurrence == "last"))


def _avoided(report: ReportView, told: FieldInstructions, page: PageView, match: Match) -> bool:
    """Whether the label is part of an avoided phrase, or one stands right beside it in its cell."""
    here = page.tokens[match.first]
    return any(
        m.first <= match.end
        and match.first <= m.end
        and (page.tokens[m.first].row, page.tokens[m.first].cell) == (here.row, here.cell)
        for phrase in told.avoid
        for m in report.find(page, phrase)
    )


def _around(
    report: ReportView, names: Names, told: FieldInstructions, at: tuple[PageView, Match]
) -> Iterator[Holder]:
    page, match = at
    passed_role = False
    for span in spans_around(page, match):
        beside = span.relation in (Relation.BEFORE, Relation.AFTER)
        row = page.rows[page.tokens[span.first].row]
        if span.relation is Relation.ABOVE:
            passed_role |= report.any_between(page, report.words("person_roles"), span.first, span.end)
            if passed_role:
                continue  # the names above another role's line are that role's
        if not beside and report.any_between(page, told.avoid, row.first, row.end):
            continue
        listed = list(
            names.firms(page, span.first, span.end)
            if told.kind == "firm"
            else names.people(page, span.first, span.end)
        )
        for name in listed:
            yield _weighed(report, told, page, (match, span, name))


def _weighed(
    report: ReportView, told: FieldInstructions, page: PageView, at: tuple[Match, Span, Name]
) -> Holder:
    match, span, name = at
    weight = _RELATION_WEIGHTS[span.relation]
    if span.relation is Relation.BEFORE:
        weight -= _PER_TOKEN * min(match.first - name.end, 12)
    elif span.relation is Relation.AFTER:
        weight -= _PER_TOKEN * min(name.first - match.end, 12)
    else:
        weight -= 0.3 * (span.distance - 1) + 0.2 * (name.first - span.first)
    tokens = page.tokens[name.first : name.end]
    made = Candidate(
        value=_value(told, name.text),
        page=page.number,
        row=tokens[0].row,
        printed=name.text,
        box=box_of(tokens),
        weight=weight + 0.6 - (0.4 if page.ocr else 0.0),
        reasons=(f"the name {span.relation}",),
    )
    last = min(made.row + 2, len(page.rows) - 1)
    if told.cues and report.has_any(page, told.cues, max(0, made.row - 1), last):
        made = made.but(0.4, "a cue beside it")
    if _damaged(name.text):
        made = made.but(-2.5, "letters of the name are lost")
    if _in_avoided_role(report, told, page, (match, span, name)):
        made = made.but(-1.6, "an avoided role stands with the name")
    if _other_role(report, page, match, (span, name)):
        made = made.but(-1.2, "another role stands between or belongs to the name")
    return Holder(
        _in_time(report, told, page, made),
        _titles(report, page, made, told.hints.get("stronger", ())),
        _titles(report, page, made, told.hints.get("weaker", ())),
    )


def _in_avoided_role(
    report: ReportView, told: FieldInstructions, page: PageView, at: tuple[Match, Span, Name]
) -> bool:
    """Whether an avoided phrase stands between a label and a name behind it, or right behind the name."""
    match, span, name = at
    if span.relation is not Relation.AFTER:
        return False
    behind = min(name.end + 2, span.end)
    if page.tokens[name.end - 1].text[-1:] in ",;.":
        behind = name.end
    return report.any_between(page, told.avoid, match.end, name.first) or report.any_between(
        page, told.avoid, name.end, behind
    )


def _value(told: FieldInstructions, text: str) -> str:
    if told.kind == "firm" or not text.isupper():
        return text
    return " ".join("-".join(p.capitalize() for p in w.split("-")) for w in text.split())


def _damaged(text: str) -> bool:
    return not all(c.isalpha() or c in " -.'’&:" or c.isdecimal() for c in text)


def _other_role(report: ReportView, page: PageView, match: Match, at: tuple[Span, Name]) -> bool:
    """Whether a name beside the label belongs to another role: the comma tells which side roles stand on."""
    span, name = at
    if span.relation is Relation.AFTER:
        return page.tokens[match.end - 1].text[-1:] in ",;)."
    if span.relation is not Relation.BEFORE or name.first <= page.rows[page.tokens[name.first].row].first:
        return False
    before = page.tokens[name.first - 1].text[-1:]
    roles = report.words("person_roles")
    return before not in ",;)." and report.any_between(page, roles, max(0, name.first - 2), name.first)


def _titles(report: ReportView, page: PageView, made: Candidate, words: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the words stand beside a name, or below it in its column."""
    last = made.row
    while last < min(made.row + 2, len(page.rows) - 1) and _follows(page, last):
        last += 1
    return tuple(
        word
        for word in words
        if any(
            made.row <= page.tokens[m.first].row <= last and _beside(page, made, m)
            for m in report.find(page, word)
        )
    )


def _follows(page: PageView, row: int) -> bool:
    """Whether the next row stands close below, as a title does below a name."""
    here, below = page.rows[row], page.rows[row + 1]
    return below.top - here.bottom < _TITLE_GAP * (here.bottom - here.top)


def _beside(page: PageView, made: Candidate, match: Match) -> bool:
    """Near in the name's own row, or below it from the same left edge."""
    assert made.box is not None
    token = page.tokens[match.first]
    if token.row == made.row:
        gap = max(token.box.x0 - made.box.x1, made.box.x0 - page.tokens[match.end - 1].box.x1)
        return gap < _BESIDE_CHARS * page.char and _words_apart(page, made, match) <= _APART_WORDS
    cell = next(c for c in page.cells(token.row) if c.first <= match.first < c.end)
    opens = any(abs(c.x0 - made.box.x0) < page.char for c in page.cells(made.row))
    return opens and abs(cell.x0 - made.box.x0) < 3 * page.char and match.first - cell.first <= _BESIDE_WORDS


def _words_apart(page: PageView, made: Candidate, match: Match) -> int:
    """How many words stand between a name and a title in its row."""
    assert made.box is not None
    left, right = made.box.x0 - 1, made.box.x1 + 1
    row = page.rows[made.row]
    after = page.tokens[match.first].box.x0 >= right
    between = (
        token
        for place, token in enumerate(page.tokens[row.first : row.end], start=row.first)
        if (
            token.box.x0 >= right and place < match.first
            if after
            else token.box.x1 <= left and place >= match.end
        )
    )
    return sum(1 for _ in between)


def _in_time(report: ReportView, told: FieldInstructions, page: PageView, made: Candidate) -> Candidate:
    """Evidence that the holder left before the year's end, or entered during it."""
    left, entered = told.hints.get("left_office", ()), told.hints.get("entered_office", ())
    if not (left or entered) or not report.period_end:
        return made
    if _left_by_column(report, page, left, made.row) or _said_to_leave(report, page, left, made.row):
        return made.but(-2.5, "left office during the year")
    ended = _period_over(page, made.row)
    if ended and ended < report.period_end:
        return made.but(-1.8, f"listed for a period that ended {ended}")
    return made


def _said_to_leave(report: ReportView, page: PageView, left: tuple[str, ...], row: int) -> bool:
    """Whether the row says that the term ended, unless it names a later year as its end."""
    assert report.year is not None
    for phrase in left:
        for match in report.find(page, phrase):
            if page.tokens[match.first].row != row:
                continue
            stop = min(page.rows[row].end, match.end + _TERM_WORDS)
            years = [year_of(t.text[:4]) for t in page.tokens[match.end : stop]]
            if not any(year and year > report.year for year in years):
                return True
    return False


def _left_by_column(report: ReportView, page: PageView, left: tuple[str, ...], row: int) -> bool:
    """A date in a column whose head says that the term ended."""
    assert report.period_end is not None
    for phrase in left:
        for match in report.find(page, phrase):
            head = page.tokens[match.first]
            if not row - 20 < head.row < row or len(page.cells(head.row)) < 2:
                continue
            for cell in page.cells(row):
                if abs(cell.x0 - head.box.x0) < 3 * page.char:
                    dates = find_dates(cell.text)
                    if dates and dates[-1] <= report.period_end:
                        return True
    return False


def _period_over(page: PageView, row: int) -> str | None:
    """The end of the period printed in the nearest row above that prints two dates."""
    for above in range(row - 1, max(-1, row - 1 - _LIST_ROWS), -1):
        dates = find_dates(page.row_text(above))
        if len(dates) == 2 and dates[0] < dates[1]:
            return dates[1]
    return None


def _joined(found: list[Holder], *, last: bool) -> list[Candidate]:
    """Holders that name the same, joined: the strongest stands, the others support it."""
    groups: list[list[Holder]] = []
    for holder in sorted(found, key=lambda h: -h.named.weight):
        key = name_key(str(holder.named.value))
        for group in groups:
            if same_name(key, name_key(str(group[0].named.value))):
                group.append(holder)
                break
        else:
            groups.append([holder])
    return [_one(group, last=last) for group in groups]


def _one(group: list[Holder], *, last: bool) -> Candidate:
    """One candidate for all holders of one name."""
    top = group[0].named
    places = {(h.named.page, h.named.row): h.named for h in reversed(group)}
    others = [c for place, c in places.items() if place != (top.page, top.row)]
    support = min(1.6, sum(0.4 + max(-0.6, min(0.3, 0.2 * c.weight)) for c in others))
    fuller = max((h.named for h in group if same_words(h.named, top)), key=lambda c: len(fold(str(c.value))))
    joined = replace(top, value=fuller.value).but(support, f"named in {len(others)} other places")
    if last:
        joined = joined.but(0.01 * top.page, "the later of equals")
    stronger = sorted({word for h in group for word in h.stronger})
    weaker = sorted({word for h in group for word in h.weaker})
    joined = joined.but(0.7 * min(2, len(stronger)), "with " + ", ".join(stronger))
    return joined.but(-1.4 * min(1, len(weaker)), "but with " + ", ".join(weaker))


def same_words(one: Candidate, other: Candidate) -> bool:
    """Whether two prints are the same words, one perhaps damaged."""
    return wear(fold(str(one.value))) == wear(fold(str(other.value)))
