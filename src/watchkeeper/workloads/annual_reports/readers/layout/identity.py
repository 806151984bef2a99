"""What an association is called and numbered, from what its pages repeat."""

import re
from collections import Counter
from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate, best
from watchkeeper.workloads.annual_reports.readers.layout.folding import fold
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.rows import Token, box_of

_ORG_NO = re.compile(r"(?<![\d-])(\d{2}[2-9]\d{3})\s?[-−–]\s?(\d{4})(?![\d-])")
_LONGEST_NAME = 9
_SHORT_CELL = 7
_HEAD_ROWS = 5
"""A running head stands within this many rows of a page's top."""


def find_org_no(report: ReportView, told: FieldInstructions) -> Candidate | None:
    """The organisation number that the report repeats most, or prints beside its label first."""
    found: list[tuple[str, PageView, int, bool]] = []
    for page in report.pages:
        for row in range(len(page.rows)):
            text = page.row_text(row)
            for match in _ORG_NO.finditer(text):
                labelled = report.has_any(page, told.labels, row)
                found.append((f"{match[1]}-{match[2]}", page, row, labelled))
    if not found:
        return None
    counts = Counter(number for number, *_ in found)
    candidates = []
    for place, (number, page, row, labelled) in enumerate(found):
        made = _number_at(page, row, number)
        times = counts[number]
        made = made.but(min(2.0, 0.5 * (times - 1)), f"printed {times} times")
        if labelled:
            made = made.but(1.0, "beside its label")
        if page.number <= 2:
            made = made.but(0.8, "on the first pages")
        candidates.append(made.but(-0.02 * min(place, 20), "in order of print"))
    return best(candidates)


def _number_at(page: PageView, row: int, number: str) -> Candidate:
    at = page.rows[row]
    tokens = [t for t in page.tokens[at.first : at.end] if t.text.strip(".,") in number or number in t.text]
    return Candidate(
        value=number,
        page=page.number,
        row=row,
        printed=number,
        box=box_of(tokens or page.tokens[at.first : at.end]),
        weight=1.0,
        reasons=("six digits, a dash, four digits",),
    )


def find_association(report: ReportView, told: FieldInstructions) -> Candidate | None:
    """The association's name: a legal form and the words after it, as most pages print it."""
    found = [c for page in report.pages for c in _names_on(report, told, page)]
    if not found:
        return None
    counts = Counter(_bare(report, c) for c in found)
    pages: dict[str, set[int]] = {}
    for candidate in found:
        pages.setdefault(_bare(report, candidate), set()).add(candidate.page)
    candidates = []
    for place, candidate in enumerate(found):
        key = _bare(report, candidate)
        if not key:
            continue
        times = len(pages[key])
        made = candidate.but(min(2.6, 0.35 * (times - 1)), f"on {times} pages, {counts[key]} times")
        candidates.append(made.but(-0.015 * min(place, 30), "in order of print"))
    return best(candidates)


def _bare(report: ReportView, candidate: Candidate) -> str:
    """A name without its legal forms, to see that two prints name the same."""
    forms = {fold(w) for form in report.words("association_forms") for w in form.split()}
    return "".join(fold(w) for w in str(candidate.value).split() if fold(w) not in forms)


def _names_on(report: ReportView, told: FieldInstructions, page: PageView) -> Iterator[Candidate]:
    taken = -1
    spots = sorted(
        {
            (m.first, m.end, m.quality)
            for form in report.words("association_forms")
            for m in report.find(page, form)
        },
        key=lambda s: (s[0], -s[1]),
    )
    for first, form_end, quality in spots:
        if first < taken or not page.tokens[first].text[:1].isupper():
            continue
        if page.tokens[form_end - 1].row != page.tokens[first].row or 0.9 < quality < 1.0:
            continue
        end = _name_end(report, page, form_end)
        if end <= form_end:
            continue
        taken = end
        yield _named(report, told, page, (first, form_end, end, quality))


def _name_end(report: ReportView, page: PageView, at: int) -> int:
    """Where the capitalised words after a legal form end; on the line below when the form stands alone."""
    joiners = {w.casefold() for w in report.words("inside_names")}
    forms = {fold(w) for form in report.words("association_forms") for w in form.split()}
    form = page.tokens[at - 1]
    not_names = {fold(w) for name in ("not_names", "months") for w in report.words(name)}
    ends = {fold(w) for w in report.words("name_ends")}
    whole = _is_head(page, form)
    end = at
    for i in range(at, min(len(page.tokens), at + _LONGEST_NAME)):
        token = page.tokens[i]
        previous = page.tokens[i - 1]
        if token.row != previous.row and not (i == at and _alone(page, at) and token.row == form.row + 1):
            break
        if token.row == previous.row and token.cell != previous.cell:
            break
        if previous.text[-1:] in ".,;:" and i > at:
            break
        word = token.text.strip(".,;:()\"”'")
        if fold(word) in ends:
            break
        if word[:1].isupper() or (word[:1] and not word[:1].isalnum() and fold(word)) or fold(word) in forms:
            end = i + 1
        elif word.isdecimal() and len(word) <= 4 and previous.text.casefold() in joiners:
            end = i + 1  # an association's own number, after a joining word
        elif word.isdecimal() and len(word) <= 2 and end == i > at:
            end = i + 1  # a block's number closes a name, unless a head goes on with a place
            if not (whole and _place_follows(page, i, joiners)):
                break
        elif i > at and whole and word.isalpha() and fold(word) not in not_names:
            end = i + 1  # a title line or running head is all name, in small letters too
        elif word.casefold() not in joiners:
            break
    return end


def _place_follows(page: PageView, at: int, joiners: set[str]) -> bool:
    """Whether a joining word and a capitalised one, the last of their cell, follow a word."""
    row = page.rows[page.tokens[at].row]
    if at + 2 >= row.end or page.tokens[at].text[-1:] in ".,;:":
        return False
    joining, place = page.tokens[at + 1], page.tokens[at + 2]
    closes = at + 3 == row.end or page.tokens[at + 3].cell != place.cell
    same = page.tokens[at].cell == joining.cell == place.cell
    return same and closes and joining.text.casefold() in joiners and place.text[:1].isupper()


def _is_head(page: PageView, form: Token) -> bool:
    """Whether a legal form opens a short cell at the head of a page or on the cover."""
    if form.row >= _HEAD_ROWS and page.number > 1:
        return False
    cell = next(c for c in page.cells(form.row) if c.x0 <= form.box.x0 and form.box.x1 <= c.x1 + 1)
    return cell.end - cell.first <= _SHORT_CELL and cell.x0 >= form.box.x0 - 1


def _alone(page: PageView, form_end: int) -> bool:
    row = page.rows[page.tokens[form_end - 1].row]
    return row.end == form_end and row.end - row.first <= 2


def _named(
    report: ReportView, told: FieldInstructions, page: PageView, at: tuple[int, int, int, float]
) -> Candidate:
    first, form_end, end, quality = at
    row = page.tokens[first].row
    form = page.text(first, form_end)
    if quality < 0.9:
        worn = [
            f
            for f in report.words("association_forms")
            if any(m.first == first for m in report.find(page, f))
        ]
        form = worn[0].capitalize() if worn else form
    rest = page.text(form_end, end).strip(" .,;:()\"”'")
    made = Candidate(
        value=f"{form} {rest}",
        page=page.number,
        row=row,
        printed=page.text(first, end),
        box=box_of(page.tokens[first:end]),
        weight=0.4,
        reasons=("a legal form and the capitalised words after it",),
    )
    if page.number == 1:
        made = made.but(0.9, "on the cover")
    if row < _HEAD_ROWS:
        made = made.but(0.3, "at the head of a page")
    last = max(0, row - 1)
    if report.has_any(page, told.labels, last, row):
        made = made.but(0.6, "beside its label")
    return made
