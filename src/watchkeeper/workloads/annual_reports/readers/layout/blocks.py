"""The total of a block of rows under a heading, labelled or not, checked by adding up."""

from collections.abc import Iterator

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.columns import ColumnAmount
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate
from watchkeeper.workloads.annual_reports.readers.layout.label_rows import (
    LabelRow,
    label_rows,
    own_words,
    says_sum,
    starts_row,
)
from watchkeeper.workloads.annual_reports.readers.layout.money import in_unit, section_weight, stated, summed
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.sums import ColumnSums

_MOST_ROWS = 60
_PRINTED_TOO = 1.4
"""What it gives to a sum of rows that another page prints it."""
_ROWS_SUFFIX = "_rows"
"""A hint `<section>_rows` lists rows of that section whose amounts are added up."""
Place = tuple[int, ColumnAmount]


def block_totals(report: ReportView, sums: ColumnSums, told: FieldInstructions) -> Iterator[Candidate]:
    """Totals of the blocks under the field's headings, and of the rows its hints add up."""
    for page, rank in report.pages_for(told.sections):
        for heading in told.headings:
            for found in label_rows(report, page, heading):
                total = _block(report, sums, told, found)
                if total:
                    weight, reason = section_weight(report, told, rank)
                    yield total.but(weight, reason).but(
                        -0.05 * told.headings.index(heading), f"under '{heading}'"
                    )
    yield from _added_rows(report, sums, told)


def _is_heading(report: ReportView, sums: ColumnSums, found: LabelRow) -> bool:
    """A heading is a row of its own, perhaps behind a note's number, without an amount."""
    if found.coverage < 0.6 and not (found.page.cells(found.row)[-1].end <= found.end):
        return False
    notes = {w.casefold() for w in report.words("note_words")}
    opening = found.page.tokens[found.page.rows[found.row].first].text.casefold().strip(".:,")
    if not found.opens and opening not in notes:
        return False
    return sums.amount(found.page, found.row) is None or opening in notes


def _block(
    report: ReportView, sums: ColumnSums, told: FieldInstructions, found: LabelRow
) -> Candidate | None:
    page = found.page
    if not _is_heading(report, sums, found):
        return None
    places, closed = _rows_below(report, sums, told, (page, found.last_row + 1))
    if not places:
        return None
    total = _total(report, sums, told, (page, places))
    return total if closed else total.but(-0.8, "the end of the block was not found")


def _total(
    report: ReportView, sums: ColumnSums, told: FieldInstructions, block: tuple[PageView, list[Place]]
) -> Candidate:
    """The total of a block's rows, by what shows most surely that a row is it."""
    page, places = block
    checked = [(p, found) for p in places if (found := sums.sum_at(page, p[0]))]
    bare = [p for p in places if _unlabelled(report, page, p[0])]
    bare_sums = [(p, found) for p, found in checked if p in bare and p[0] > places[0][0]]
    named = [p for p in places[1:] if says_sum(report, page, p[0])]
    if bare_sums:
        place, found = bare_sums[-1]
        reason = f"an unlabelled row that is the sum of the {len(found.parts)} rows above"
        return stated(report, told, page, place).but(1.6, reason)
    if checked and checked[-1][0] == places[-1] and len(places) > 1:
        reason = "the last row of its block, the sum of those above"
        return stated(report, told, page, places[-1]).but(1.2, reason)
    if named:
        return stated(report, told, page, named[-1]).but(0.3, "a row of its block that says it adds up")
    if bare and bare[-1] == places[-1]:
        return stated(report, told, page, bare[-1]).but(-0.2, "an unlabelled row that ends its block")
    if len(places) == 1:
        return stated(report, told, page, places[0]).but(0.2, "the only row of its block")
    return summed(report, told, page, places).but(0.2, "the rows of its block added up")


def _unlabelled(report: ReportView, page: PageView, row: int) -> bool:
    first, end = own_words(report, page, row)
    return first >= end


def _rows_below(
    report: ReportView, sums: ColumnSums, told: FieldInstructions, below: tuple[PageView, int]
) -> tuple[list[Place], bool]:
    """The rows with an amount from `row` to the block's end, and whether an end was found."""
    page, row = below
    ends = (*told.until, *told.hints.get("less", ()))
    places: list[Place] = []
    for at in range(row, min(len(page.rows), row + _MOST_ROWS)):
        end = starts_row(report, page, ends, at)
        if end and (
            end.coverage > 0.8 or sums.amount(page, at) is None or end.label in told.hints.get("less", ())
        ):
            return places, True
        if places and _opens_note(report, page, at):
            return places, True
        amount = sums.amount(page, at)
        if amount is not None and not (amount.number.dash and _unlabelled(report, page, at)):
            places.append((at, amount))
    return places, False


def _opens_note(report: ReportView, page: PageView, row: int) -> bool:
    first = page.rows[row].first
    word = page.tokens[first].text.casefold().strip(".:,")
    if word not in report.words("note_words") or first + 1 >= page.rows[row].end:
        return False
    return page.tokens[first + 1].text.strip(".:,").isdigit()


def _added_rows(report: ReportView, sums: ColumnSums, told: FieldInstructions) -> Iterator[Candidate]:
    for name, labels in told.hints.items():
        if not name.endswith(_ROWS_SUFFIX):
            continue
        section = name.removesuffix(_ROWS_SUFFIX)
        for page, rank in report.pages_for((section,)):
            if rank is None:
                continue
            places: dict[int, ColumnAmount] = {}
            for label in labels:
                for found in label_rows(report, page, label):
                    for row in (found.row, found.last_row):
                        amount = sums.amount(page, row)
                        if found.whole and amount:
                            places[row] = amount
            if not places or not any(amount.number.value for amount in places.values()):
                continue
            added = summed(report, told, page, sorted(places.items()))
            added = added.but(0.6, f"rows of {section} added up: {len(places)}")
            elsewhere = _printed_elsewhere(report, told, added) if len(places) > 1 else None
            yield added.but(_PRINTED_TOO, f"page {elsewhere} prints their sum") if elsewhere else added


def _printed_elsewhere(report: ReportView, told: FieldInstructions, added: Candidate) -> int | None:
    """A page of the field's sections that prints a sum of rows in whatever column."""
    for page, rank in report.pages_for(told.sections):
        if rank is None or page.number == added.page:
            continue
        for row in range(len(page.rows)):
            amounts = (in_unit(report, told, number.value, (page, row)) for number in page.numbers(row))
            if any(amount == added.value for amount in amounts):
                return page.number
    return None
