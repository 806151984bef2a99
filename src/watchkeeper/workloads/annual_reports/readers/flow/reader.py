"""The reader that works from reading-order text alone."""

from collections.abc import Callable, Collection, Mapping

from watchkeeper.domain.page import PagedDocument
from watchkeeper.workloads.annual_reports.instructions import (
    AgentInstructions,
    FieldInstructions,
    InstructionSet,
)
from watchkeeper.workloads.annual_reports.readers.flow.amount_fields import AmountFields, sum_of_fields
from watchkeeper.workloads.annual_reports.readers.flow.association_fields import AssociationFields
from watchkeeper.workloads.annual_reports.readers.flow.candidates import Candidate, reading_of
from watchkeeper.workloads.annual_reports.readers.flow.date_fields import DateFields
from watchkeeper.workloads.annual_reports.readers.flow.designation_fields import DesignationFields
from watchkeeper.workloads.annual_reports.readers.flow.firm_fields import FirmFields
from watchkeeper.workloads.annual_reports.readers.flow.measure_fields import MeasureFields
from watchkeeper.workloads.annual_reports.readers.flow.org_number_fields import find_org_number
from watchkeeper.workloads.annual_reports.readers.flow.person_fields import PersonFields
from watchkeeper.workloads.annual_reports.readers.flow.person_names import PersonNames
from watchkeeper.workloads.annual_reports.readers.flow.place_fields import PlaceFields
from watchkeeper.workloads.annual_reports.readers.flow.report import Report
from watchkeeper.workloads.annual_reports.readers.flow.text_fields import TextFields
from watchkeeper.workloads.annual_reports.readers.flow.year_fields import YearFields
from watchkeeper.workloads.annual_reports.reading import FieldReading, Section

LEAST = 0.3
"""A candidate less likely than this is no answer."""


class FlowReader:
    """Reads the fields from each page's text in reading order; places on the page are never looked at."""

    name = "flow"
    version = "1"

    def open(
        self, document: PagedDocument, sections: tuple[Section, ...], instructions: InstructionSet
    ) -> "FlowReport":
        """Prepare a report for reading.

        Args:
            document: The report; only its pages' `text` and numbers are used.
            sections: Its parts, a preference and no limit; none is fine.
            instructions: All agents' instructions: their labels tell neighbouring fields apart.
        """
        return FlowReport(Report(document, sections, instructions))


class FlowReport:
    """A report prepared once, read agent by agent."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._amounts = AmountFields(report)
        names = PersonNames(report)
        texts, measures = TextFields(report, names), MeasureFields(report)
        self._finders: dict[str, Callable[[FieldInstructions], Candidate | None]] = {
            "person": PersonFields(report, names).find,
            "firm": FirmFields(report, names).find,
            "place": PlaceFields(report).find,
            "designation": DesignationFields(report).find,
            "association": AssociationFields(report).find,
            "org_no": lambda field: find_org_number(report, field),
            "date": DateFields(report).find,
            "year": YearFields(report).find,
        }
        self._finders |= dict.fromkeys(("count", "area", "percent"), measures.find)
        self._finders |= dict.fromkeys(("text", "people", "amounts", "rows", "passage"), texts.find)

    def told(self, instructions: InstructionSet) -> "FlowReport":
        """The same report under other instructions with the same shared words; rows and words stay."""
        return FlowReport(self._report.told(instructions))

    def read(
        self, agent: AgentInstructions, only: Collection[str] | None = None
    ) -> Mapping[str, FieldReading]:
        """The agent's fields that were found, by output key; one without a word to look for is not."""
        found: dict[str, Candidate] = {}
        instructed = {
            name: field
            for name, field in agent.fields.items()
            if (field.labels or field.headings or field.hints) and (only is None or name in only)
        }
        for name, field in instructed.items():
            candidate = self._find(field, agent)
            if candidate is not None and candidate.score >= LEAST:
                found[name] = candidate
        for name, field in agent.fields.items():
            if field.sum_of and name not in found and (only is None or name in only):
                total = sum_of_fields(field, found)
                if total is not None:
                    found[name] = total
        return {name: reading_of(candidate) for name, candidate in found.items()}

    def _find(self, field: FieldInstructions, agent: AgentInstructions) -> Candidate | None:
        if field.kind == "amount":
            return self._amounts.find(field, agent)
        return self._finders[field.kind](field)
