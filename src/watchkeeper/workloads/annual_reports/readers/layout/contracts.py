"""Names beside services in a list of two columns, such as a list of suppliers."""

from watchkeeper.workloads.annual_reports.instructions import FieldInstructions
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate, best
from watchkeeper.workloads.annual_reports.readers.layout.folding import fold
from watchkeeper.workloads.annual_reports.readers.layout.label_rows import label_rows, starts_row
from watchkeeper.workloads.annual_reports.readers.layout.page_view import PageView
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.rows import box_of

SERVICES = "services"
"""A field with this hint lists the names beside these services."""
OTHER_THAN = "other_than"
"""A field with this hint lists the names beside all services but these."""
_MOST_ROWS = 45
_LOOSE_ROWS = 2


def find_contracts(report: ReportView, told: FieldInstructions) -> Candidate | None:
    """The names under the best of the field's headings; None when no row has a wanted service."""
    sectioned = report.has_section(told.sections)
    found: list[Candidate] = []
    for page, rank in report.pages_for(told.sections):
        if rank is None and sectioned:
            continue
        for heading in told.headings:
            for at in label_rows(report, page, heading):
                made = _list(report, told, page, at.last_row) if at.whole else None
                if made:
                    found.append(made.but(0.5 if sectioned else -0.8, "in a section it belongs in"))
    return best(found)


def _list(report: ReportView, told: FieldInstructions, page: PageView, heading: int) -> Candidate | None:
    pairs = _pairs(report, told, page, heading)
    services = tuple(fold(w) for w in (*told.hints.get(SERVICES, ()), *told.hints.get(OTHER_THAN, ())))
    rights = sum(_is_one(right, services) for _, _, right in pairs)
    turned = rights > sum(_is_one(left, services) for _, left, _ in pairs)
    names: dict[str, int] = {}
    for row, left, right in pairs:
        service, name = (right, left) if turned else (left, right)
        if _is_one(service, services) == (SERVICES in told.hints) and any(c.isalpha() for c in name):
            names.setdefault(name.strip(" .,"), row)
    if not names:
        return None
    rows = sorted(names.values())
    tokens = page.tokens[page.rows[rows[0]].first : page.rows[rows[-1]].end]
    return Candidate(
        value=list(names),
        page=page.number,
        row=rows[0],
        printed=" / ".join(page.row_text(row) for row in rows),
        box=box_of(tokens),
        weight=0.9 + 0.15 * min(4, len(pairs)),
        reasons=(f"beside its service, in a list of {len(pairs)} rows",),
    )


def _pairs(
    report: ReportView, told: FieldInstructions, page: PageView, heading: int
) -> list[tuple[int, str, str]]:
    """The rows of two cells under a heading; a figure ends the list, as costs are no contracts."""
    pairs: list[tuple[int, str, str]] = []
    for row in range(heading + 1, min(len(page.rows), heading + 1 + _MOST_ROWS)):
        ended = bool(told.until) and starts_row(report, page, told.until, row) is not None
        if ended or row - (pairs[-1][0] if pairs else heading) > _LOOSE_ROWS:
            break
        cells = page.cells(row)
        if len(cells) == 2 and not report.is_running(page, row):
            if not any(c.isalpha() for c in cells[1].text):
                break
            pairs.append((row, cells[0].text, cells[1].text))
    return pairs


def _is_one(text: str, services: tuple[str, ...]) -> bool:
    """Whether a cell names one of the services: its words begin with the service's."""
    words = [fold(word) for word in text.split()]
    joined = ["".join(words[:count]) for count in range(1, min(4, len(words)) + 1)]
    return any(one in services for one in joined)
