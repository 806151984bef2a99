"""Amounts of the current year: the row with the label, or the total of the block under a heading."""

from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.blocks import block_totals
from watchkeeper.workloads.annual_reports.readers.layout.columns import ColumnAmount
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate, best
from watchkeeper.workloads.annual_reports.readers.layout.label_rows import (
    LabelRow,
    label_rows,
    own_words,
    starts_row,
)
from watchkeeper.workloads.annual_reports.readers.layout.money import section_weight, stated
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.sums import ColumnSums

_LOOSE_BELOW = 0.45
"""A label that is less than this share of its row names something else."""
_PER_LABEL = -0.25
_LAST_LABEL = -1.3
"""What a label's place in the list takes away: more than a sum that happens to check gives."""
_PROSE_TOKENS = 14


def find_amount(report: ReportView, sums: ColumnSums, told: FieldInstructions) -> Candidate | None:
    """The field's amount of the current year; None when no label or heading leads to one."""
    candidates = list(_labelled(report, sums, told))
    totals = list(block_totals(report, sums, told))
    if totals and candidates:
        totals, candidates = _reconcile(totals, candidates)
    return best(_corroborated([*candidates, *totals]))


def _labelled(report: ReportView, sums: ColumnSums, told: FieldInstructions) -> Iterator[Candidate]:
    for page, rank in report.pages_for(told.sections):
        found = [
            (index, row) for index, label in enumerate(told.labels) for row in label_rows(report, page, label)
        ]
        if told.occurrence == "last":
            found.reverse()
        for index, row in found:
            candidate = _read(report, sums, told, row)
            if candidate:
                weight, reason = section_weight(report, told, rank)
                yield candidate.but(weight, reason).but(
                    max(_LAST_LABEL, _PER_LABEL * index), f"label {index + 1} of the list"
                )


def _read(report: ReportView, sums: ColumnSums, told: FieldInstructions, found: LabelRow) -> Candidate | None:
    page = found.page
    if not found.opens or found.coverage < _LOOSE_BELOW or _avoided(report, told, found):
        return None
    place = amount_of_label(report, sums, found)
    if place is None:
        return None
    row, amount = place
    weight = 2.0 if found.whole else -0.6 + 1.6 * found.coverage
    weight += 4 * (found.quality - 1.0)
    how = "is the row's label" if found.whole else "begins the row"
    if (
        len(page.cells(found.row)) == 1
        and page.label_end(found.row) - page.rows[found.row].first > _PROSE_TOKENS
    ):
        return None
    made = stated(report, told, page, (row, amount))
    candidate = made.but(weight, f"'{found.label}' {how}")
    checked = sums.sum_at(page, row)
    if checked:
        candidate = candidate.but(0.9, f"it is the sum of the {len(checked.parts)} rows above")
        if any(starts_row(report, page, told.hints.get("less", ()), part) for part in checked.parts):
            candidate = candidate.but(-2.4, "a part is taken off in the rows above")
    return candidate


def amount_of_label(report: ReportView, sums: ColumnSums, found: LabelRow) -> tuple[int, ColumnAmount] | None:
    """The row and amount a label's row leads to: on its own lines, or on the bare line below."""
    page = found.page
    for row in dict.fromkeys((found.last_row, found.row)):
        amount = sums.amount(page, row)
        if amount and (row != found.last_row or amount.number.first >= found.end):
            return row, amount
    below = found.last_row + 1
    if below < len(page.rows) and not page.numbers(found.last_row) and _bare(report, page, below):
        amount = sums.amount(page, below)
        if amount and _near(page, found.last_row, below):
            return below, amount
    return None


def _bare(report: ReportView, page: PageView, row: int) -> bool:
    first, end = own_words(report, page, row)
    return first >= end


def _near(page: PageView, row: int, below: int) -> bool:
    height = page.rows[row].bottom - page.rows[row].top
    return page.rows[below].top - page.rows[row].bottom < 1.2 * height


def _avoided(report: ReportView, told: FieldInstructions, found: LabelRow) -> bool:
    page = found.page
    first = page.rows[found.row].first
    last = max(page.label_end(found.last_row), found.end)
    return any(m.first >= first and m.end <= last for phrase in told.avoid for m in report.find(page, phrase))


def _reconcile(totals: list[Candidate], labelled: list[Candidate]) -> tuple[list[Candidate], list[Candidate]]:
    """A block's checked total below a labelled subtotal is the wider total: it goes before it."""
    top = best(labelled)
    assert top is not None
    wider = [
        t
        for t in totals
        if t.page == top.page and t.row > top.row and t.weight > 2 and abs(_plain(t)) > abs(_plain(top))
    ]
    if wider:
        chosen = wider[-1]
        return [
            chosen.but(top.weight - chosen.weight + 0.1, "it includes the labelled subtotal above")
        ], labelled
    same = [t for t in totals if t.value == top.value]
    if same:
        labelled = [
            c.but(0.4, "the block under its heading ends with the same amount") if c is top else c
            for c in labelled
        ]
    return [t.but(-0.7, "a labelled amount was found too") for t in totals], labelled


def _plain(candidate: Candidate) -> float:
    return float(candidate.value) if isinstance(candidate.value, (int, float)) else 0.0


def _corroborated(candidates: list[Candidate]) -> list[Candidate]:
    pages: dict[object, set[int]] = {}
    for candidate in candidates:
        if candidate.value:
            pages.setdefault(str(candidate.value), set()).add(candidate.page)
    return [
        c.but(0.4, "the same amount stands on another page") if len(pages.get(str(c.value), ())) > 1 else c
        for c in candidates
    ]
