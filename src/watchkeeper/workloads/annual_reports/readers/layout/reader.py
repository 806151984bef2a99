"""The layout reader: every answer from the places of words on the page, none from their reading order."""

from collections.abc import Collection, Mapping

from watchkeeper.domain.page import PagedDocument
from watchkeeper.workloads.annual_reports.instructions import (
    AgentInstructions,
    FieldInstructions,
    InstructionSet,
)
from watchkeeper.workloads.annual_reports.readers.layout.amounts import find_amount
from watchkeeper.workloads.annual_reports.readers.layout.contracts import (
    OTHER_THAN,
    SERVICES,
    find_contracts,
)
from watchkeeper.workloads.annual_reports.readers.layout.dates import find_date
from watchkeeper.workloads.annual_reports.readers.layout.evidence import Candidate
from watchkeeper.workloads.annual_reports.readers.layout.identity import find_association, find_org_no
from watchkeeper.workloads.annual_reports.readers.layout.listings import find_listing
from watchkeeper.workloads.annual_reports.readers.layout.names import Names
from watchkeeper.workloads.annual_reports.readers.layout.passages import find_passage
from watchkeeper.workloads.annual_reports.readers.layout.people_rows import ROLES, find_people_rows
from watchkeeper.workloads.annual_reports.readers.layout.places import find_designation, find_place
from watchkeeper.workloads.annual_reports.readers.layout.quantities import find_quantity
from watchkeeper.workloads.annual_reports.readers.layout.report_view import ReportView
from watchkeeper.workloads.annual_reports.readers.layout.roles import find_role
from watchkeeper.workloads.annual_reports.readers.layout.sums import ColumnSums
from watchkeeper.workloads.annual_reports.readers.layout.table_rows import find_table_rows
from watchkeeper.workloads.annual_reports.readers.layout.year_rows import find_year_row
from watchkeeper.workloads.annual_reports.reading import FieldReading, Section

_LEAST_CONFIDENCE = 0.3
"""A candidate below this is more likely noise than a reading."""


class OpenLayoutReport:
    """A report prepared once by the layout reader, to be read agent by agent."""

    def __init__(self, view: ReportView) -> None:
        self._view = view
        self._names = Names(view)
        self._sums = ColumnSums(view)

    def told(self, instructions: InstructionSet) -> "OpenLayoutReport":  # noqa: ARG002 - the reader's contract
        """The same report under other instructions: itself, which only ever asks for shared words."""
        return self

    def read(
        self, agent: AgentInstructions, only: Collection[str] | None = None
    ) -> Mapping[str, FieldReading]:
        """The agent's fields that were found, by output key."""
        found: dict[str, FieldReading] = {}
        wanted = {key: told for key, told in agent.fields.items() if only is None or key in only}
        for key, told in wanted.items():
            candidate = self._find(told)
            if candidate and candidate.confidence >= _LEAST_CONFIDENCE:
                found[key] = candidate.reading()
        for key, told in wanted.items():
            if told.sum_of and key not in found:
                total = added(told, found)
                if total:
                    found[key] = total
        return found

    def _find(self, told: FieldInstructions) -> Candidate | None:
        view = self._view
        if not (told.labels or told.headings):
            return None
        match told.kind:
            case "amount":
                return find_amount(view, self._sums, told)
            case "count" | "area" | "year" | "percent":
                return find_quantity(view, told)
            case "date":
                return find_date(view, told)
            case "person" | "firm":
                return find_role(view, self._names, told)
            case "place":
                return find_place(view, told)
            case "designation":
                return find_designation(view, told)
            case "org_no":
                return find_org_no(view, told)
            case "association":
                return find_association(view, told)
            case "people" if ROLES in told.hints:
                return find_people_rows(view, self._names, told)
            case "passage":
                return find_passage(view, told)
            case "amounts":
                return find_year_row(view, told)
            case "rows" if SERVICES in told.hints or OTHER_THAN in told.hints:
                return find_contracts(view, told)
            case "rows":
                return find_table_rows(view, told)
            case _:
                return find_listing(view, self._names, told)


def added(told: FieldInstructions, found: Mapping[str, FieldReading]) -> FieldReading | None:
    """The sum of other fields, for a total that is not printed; None unless one of them was found.

    A part that was not found counts as nothing, at a price in confidence.
    """
    parts = [(key, found[key]) for key in told.sum_of if key in found]
    numbers = [r.value for _, r in parts if isinstance(r.value, (int, float))]
    if not numbers or len(numbers) != len(parts):
        return None
    missing = len(told.sum_of) - len(parts)
    confidence = min(r.confidence for _, r in parts) * 0.995 - 0.25 * missing
    last = parts[-1][1]
    names = " + ".join(key for key, _ in parts)
    return FieldReading(
        value=sum(numbers),
        page=last.page,
        confidence=round(max(0.05, confidence), 3),
        printed=" + ".join(r.printed for _, r in parts),
        box=last.box,
        rule=f"{names}, as no total is printed" + ("; the other part was not found" if missing else ""),
    )


class LayoutReader:
    """Reads reports from where words stand: rows, columns, blocks, tables and signature pages."""

    @property
    def name(self) -> str:
        """Stable name of this reader."""
        return "layout"

    @property
    def version(self) -> str:
        """Raised whenever the reader may answer differently."""
        return "1"

    def open(
        self, document: PagedDocument, sections: tuple[Section, ...], instructions: InstructionSet
    ) -> OpenLayoutReport:
        """Prepare a report for reading."""
        return OpenLayoutReport(ReportView(document, sections, instructions))
