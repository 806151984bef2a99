"""Turning a printed amount into whole SEK, with the evidence its place gives."""

from collections.abc import Sequence

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.columns import ColumnAmount
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView

_SECTION_WEIGHTS = (1.2, 0.8, 0.5)
_OUTSIDE = -1.6
_UNSECTIONED = -1.2
"""Without the sections to look in, a label may as well be a note's."""


def section_weight(report: ReportView, told: FieldInstructions, rank: int | None) -> tuple[float, str]:
    """What a page's section says for a candidate on it, with the reason."""
    if not told.sections:
        return 0.6, "any section will do"
    if rank is not None:
        return _SECTION_WEIGHTS[min(rank, 2)], f"in section {told.sections[rank]}"
    if report.has_section(told.sections):
        return _OUTSIDE, "outside the sections to look in"
    return _UNSECTIONED, "the sections to look in were not found"


def in_unit(report: ReportView, told: FieldInstructions, value: float, where: tuple[PageView, int]) -> float:
    """A printed figure in the field's unit and sign.

    Args:
        report: Knows whether amounts are in thousands.
        told: The field's unit and sign.
        value: As printed.
        where: Page and row it is printed in.
    """
    scale = report.unit(*where) if told.unit == "report" else 1
    scaled = value * scale
    if told.sign == "absolute":
        scaled = abs(scaled)
    return round(scaled) if scale > 1 or told.kind == "amount" else scaled


def stated(
    report: ReportView, told: FieldInstructions, page: PageView, place: tuple[int, ColumnAmount]
) -> Candidate:
    """A candidate from an amount printed in a row."""
    row, amount = place
    number = amount.number
    reasons = (
        ["in the current year's column"] if amount.certain else ["left of two amounts, no column header"]
    )
    weight = 1.0 if amount.certain else -0.2
    if number.dash:
        reasons.append("printed as a dash")
        weight -= 0.3
    if page.ocr:
        reasons.append("read by OCR")
        weight -= 0.5
    return Candidate(
        value=in_unit(report, told, number.value, (page, row)),
        page=page.number,
        row=row,
        printed=number.text,
        box=number.box,
        weight=weight,
        reasons=tuple(reasons),
    )


def summed(
    report: ReportView, told: FieldInstructions, page: PageView, places: Sequence[tuple[int, ColumnAmount]]
) -> Candidate:
    """A candidate that adds up the amounts of several rows of a page."""
    parts = [stated(report, told, page, place) for place in places]
    total = sum(amount.number.value for _, amount in places)
    boxes = [p.box for p in parts if p.box]
    box = boxes[0]
    for other in boxes[1:]:
        box = type(box)(
            min(box.x0, other.x0),
            min(box.top, other.top),
            max(box.x1, other.x1),
            max(box.bottom, other.bottom),
        )
    return Candidate(
        value=in_unit(report, told, total, (page, places[0][0])),
        page=page.number,
        row=places[-1][0],
        printed=" + ".join(p.printed for p in parts),
        box=box,
        weight=min(p.weight for p in parts),
        reasons=parts[0].reasons,
    )
