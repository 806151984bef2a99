"""Labelled reports, opened once, on which instructions are tried as often as coaching needs it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from watchkeeper.domain.page import PagedDocument
from watchkeeper.evaluation.truth import Score, Truth, score_field
from watchkeeper.workloads.annual_reports.arithmetic import check_sums
from watchkeeper.workloads.annual_reports.consensus import Decision, decide
from watchkeeper.workloads.annual_reports.instructions import (
    AgentInstructions,
    FieldInstructions,
    InstructionSet,
)
from watchkeeper.workloads.annual_reports.reading import FieldReading, OpenReport, Reader, Section

Readings = Mapping[str, Mapping[str, FieldReading]]
"""What readers found, by field, by reader."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledReport:
    """A report and what it states."""

    document: PagedDocument
    sections: tuple[Section, ...]
    truths: Mapping[str, Truth]


@dataclass(frozen=True, slots=True)
class Mark:
    """How one report went, field by field."""

    scores: Mapping[str, Score]
    readers_right: Mapping[str, int]
    """How many readers were right by themselves: an answer both find stands firmer elsewhere."""

    @property
    def right(self) -> int:
        """Fields that came out right."""
        return sum(score is Score.RIGHT for score in self.scores.values())

    @property
    def worth(self) -> float:
        """What coaching raises: right fields first, then readers that found them by themselves."""
        return self.right + READER_WORTH * sum(self.readers_right.values())

    def of(self, fields: Collection[str]) -> tuple[int, int]:
        """Right and scored among some fields."""
        scores = [self.scores[name] for name in fields if name in self.scores]
        return sum(score is Score.RIGHT for score in scores), len(scores)


READER_WORTH = 0.2
"""A second reader that finds what the first found counts, but never as much as a field put right."""


@dataclass(slots=True)
class Sitting:
    """One report under one set of instructions."""

    report: LabelledReport
    readings: dict[str, dict[str, FieldReading]]
    decisions: Mapping[str, Decision]
    mark: Mark


@dataclass(slots=True)
class Exam:
    """Reports and the instructions they are read with now."""

    reports: Sequence[LabelledReport]
    readers: Sequence[Reader]
    ignored: Collection[str]
    instructions: InstructionSet
    sittings: list[Sitting] = field(default_factory=list)
    _open: list[dict[str, OpenReport]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open every report and read it once."""
        self._open = [
            {
                reader.name: reader.open(report.document, report.sections, self.instructions)
                for reader in self.readers
            }
            for report in self.reports
        ]
        self.sittings = [self._sit(index) for index in range(len(self.reports))]

    def adopt(self, instructions: InstructionSet) -> None:
        """Read every report anew with these instructions, which share their words with the old ones."""
        self.instructions = instructions
        self._open = [
            {name: opened.told(instructions) for name, opened in reports.items()} for reports in self._open
        ]
        self.sittings = [self._sit(index) for index in range(len(self.reports))]

    def try_agent(self, agent: AgentInstructions, index: int) -> Mark:
        """How a report would go if one agent were told otherwise, all its fields read anew."""
        return self.sat_with(agent, index).mark

    def sat_with(self, agent: AgentInstructions, index: int) -> Sitting:
        """A report as it would come out if one agent were told otherwise; the exam stays as it is."""
        sitting = self.sittings[index]
        changed = _with_agent(self.instructions, agent)
        opened = {name: one.told(changed) for name, one in self._open[index].items()}
        readings = {key: found for key, found in sitting.readings.items() if key not in agent.fields}
        readings |= _read(opened, agent, agent.fields)
        decisions, mark = self._marked(sitting.report, readings, changed)
        return Sitting(report=sitting.report, readings=readings, decisions=decisions, mark=mark)

    def try_field(self, agent: AgentInstructions, name: str, index: int) -> Mark:
        """How a report would go if one field of an agent were told otherwise; cheaper, and nearly exact.

        That the field's new words keep other fields from claiming its rows is not seen here.
        """
        sitting = self.sittings[index]
        wanted = {name, *agent.fields[name].sum_of}
        found = _read(self._open[index], agent, wanted)
        readings = dict(sitting.readings)
        readings[name] = found.get(name, {})
        return self._marked(sitting.report, readings, self.instructions)[1]

    def accuracy(self, fields: Collection[str] | None = None) -> float | None:
        """The share of right fields over all reports, 0 to 1; None when nothing is labelled."""
        marks = [one.mark.of(fields if fields is not None else one.mark.scores) for one in self.sittings]
        scored = sum(count for _, count in marks)
        return sum(right for right, _ in marks) / scored if scored else None

    def _sit(self, index: int) -> Sitting:
        report = self.reports[index]
        readings: dict[str, dict[str, FieldReading]] = {}
        for agent in self.instructions.agents.values():
            labelled = [name for name in agent.fields if name in report.truths]
            parts = {part for name in labelled for part in agent.fields[name].sum_of}
            if labelled:
                readings |= _read(self._open[index], agent, {*labelled, *parts})
        decisions, mark = self._marked(report, readings, self.instructions)
        return Sitting(report=report, readings=readings, decisions=decisions, mark=mark)

    def _marked(
        self, report: LabelledReport, readings: Readings, instructions: InstructionSet
    ) -> tuple[Mapping[str, Decision], Mark]:
        names = [name for agent in instructions.agents.values() for name in agent.fields]
        made = {
            name: decide(name, readings.get(name, {}), readers=len(self.readers), ignored=self.ignored)
            for name in names
            if name in report.truths or name in readings
        }
        decisions, _ = check_sums(made)
        scores: dict[str, Score] = {}
        firm: dict[str, int] = {}
        for name, truth in report.truths.items():
            decision = decisions.get(name)
            scores[name] = score_field(decision.value if decision else None, truth, ignored=self.ignored)
            firm[name] = sum(
                score_field(found.value, truth, ignored=self.ignored) is Score.RIGHT
                for found in readings.get(name, {}).values()
            )
        return decisions, Mark(scores, firm)


def told_otherwise(agent: AgentInstructions, name: str, told: FieldInstructions) -> AgentInstructions:
    """The agent's instructions with one field's replaced."""
    return agent.model_copy(update={"fields": {**agent.fields, name: told}})


def _with_agent(instructions: InstructionSet, agent: AgentInstructions) -> InstructionSet:
    return replace(instructions, agents={**instructions.agents, agent.agent: agent})


def _read(
    opened: Mapping[str, OpenReport], agent: AgentInstructions, wanted: Iterable[str]
) -> dict[str, dict[str, FieldReading]]:
    names = set(wanted)
    readings: dict[str, dict[str, FieldReading]] = {name: {} for name in names}
    for reader, report in opened.items():
        for name, found in report.read(agent, only=names).items():
            readings[name][reader] = found
    return readings
