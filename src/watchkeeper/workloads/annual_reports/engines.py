"""The readers as baseline engines, so that reading goes through the one call path and leaves receipts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.page import PagedDocument
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions, InstructionSet
from watchkeeper.workloads.annual_reports.reading import FieldReading, OpenReport, Reader, Section


class LazyReport:
    """A report one reader opens when its first agent asks, so that a failure to open has its receipt."""

    def __init__(
        self,
        reader: Reader,
        document: PagedDocument,
        sections: tuple[Section, ...],
        instructions: InstructionSet,
    ) -> None:
        self._open = partial(reader.open, document, sections, instructions)
        self._report: OpenReport | None = None

    def read(self, agent: AgentInstructions) -> Mapping[str, FieldReading]:
        """The agent's fields that were found."""
        if self._report is None:
            self._report = self._open()
        return self._report.read(agent)


@dataclass(frozen=True, slots=True)
class ReadingTask:
    """What a reader is asked: one agent's fields of one report."""

    report: LazyReport
    agent: AgentInstructions


class ReaderEngine:
    """A reader as the gateway's baseline engine."""

    def __init__(self, reader: Reader) -> None:
        self.name = reader.name
        self.version = reader.version

    def run(self, baseline_input: object) -> object:
        """The agent's fields that were found, as `FieldReading` by output key.

        Raises:
            InvalidInputError: The call carried something else than a reading task.
        """
        if not isinstance(baseline_input, ReadingTask):
            raise InvalidInputError(
                f"the {self.name} reader was given a {type(baseline_input).__name__}, not a reading task"
            )
        return dict(baseline_input.report.read(baseline_input.agent))
