"""One open report through every reader, agent by agent, to decisions; every step leaves a receipt."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from watchkeeper.domain.call import ModelCall, Outcome
from watchkeeper.domain.errors import StorageFullError
from watchkeeper.domain.page import PagedDocument
from watchkeeper.domain.receipt import Receipt
from watchkeeper.workloads.annual_reports.arithmetic import SumCheck, check_sums
from watchkeeper.workloads.annual_reports.consensus import Decision, decide
from watchkeeper.workloads.annual_reports.engines import LazyReport, ReadingTask
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions, InstructionSet
from watchkeeper.workloads.annual_reports.readers.model import ModelReader, PageImage
from watchkeeper.workloads.annual_reports.reading import FieldReading, Reader, Section

WORKLOAD = "annual-reports"

PARALLEL_AGENTS = 4
"""Model calls of one document in flight at once (requirements 2.1.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which document of which run is being read."""

    document: PagedDocument
    sections: tuple[Section, ...]
    run_id: str | None
    trace_id: str
    release: str | None
    """What it is read with; None where no release is live."""
    experiment: str | None = None
    """The experiment it takes part in, and in which arm."""
    arm: str | None = None
    page_image: PageImage


@dataclass(slots=True)
class ReaderAnswer:
    """What one reader found in a whole report."""

    readings: dict[str, FieldReading] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    error: str | None = None
    """The first failure; the other agents' answers still count."""

    @property
    def milliseconds(self) -> float:
        """Time spent in the reader's calls."""
        return sum(receipt.latency_ms for receipt in self.receipts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """A report's fields: what each reader found and what was decided."""

    answers: Mapping[str, ReaderAnswer]
    decisions: Mapping[str, Decision]
    checks: tuple[SumCheck, ...]

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """Of all readers."""
        return tuple(receipt for answer in self.answers.values() for receipt in answer.receipts)


class Extraction:
    """Readers, instructions and the call path, joined."""

    def __init__(
        self,
        call: Callable[[ModelCall], Outcome],
        *,
        readers: Sequence[Reader],
        instructions: InstructionSet,
        agents: Sequence[str],
        ignored: Collection[str] = (),
        model_reader: ModelReader | None = None,
    ) -> None:
        self._call = call
        self._readers = readers
        self._instructions = instructions
        self._agents = tuple(instructions.agents[name] for name in agents if name in instructions.agents)
        self._model_reader = model_reader
        self._ignored = ignored

    def extract(self, question: Question) -> Extracted:
        """Every field of every agent, decided.

        Raises:
            StorageFullError: Receipts cannot be written.
        """
        answers = {reader.name: self._read(reader, question) for reader in self._readers}
        if self._model_reader is not None:
            answers[self._model_reader.name] = self._ask(self._model_reader, question)
        decisions, checks = check_sums({one.field: one for one in self._decide(answers)})
        return Extracted(answers=answers, decisions=decisions, checks=checks)

    def _read(self, reader: Reader, question: Question) -> ReaderAnswer:
        report = LazyReport(reader, question.document, question.sections, self._instructions)
        answer = ReaderAnswer()
        for agent in self._agents:
            call = self._placed(
                ModelCall(
                    workload=WORKLOAD,
                    target=reader.name,
                    agent=agent.agent,
                    document_sha256=question.document.sha256,
                    baseline_input=ReadingTask(report, agent),
                ),
                question,
            )
            outcome = self._call(call)
            found = outcome.reply.parsed if outcome.reply else None
            _take(answer, outcome, found if isinstance(found, dict) else {})
        return answer

    def _ask(self, reader: ModelReader, question: Question) -> ReaderAnswer:
        def one(agent: AgentInstructions) -> Outcome:
            call = reader.call_for(
                agent,
                question.document,
                question.sections,
                page_image=question.page_image,
                workload=WORKLOAD,
            )
            return self._call(self._placed(call, question))

        answer = ReaderAnswer()
        with ThreadPoolExecutor(PARALLEL_AGENTS) as pool:
            for outcome in pool.map(one, self._agents):
                parsed = outcome.reply.parsed if outcome.reply else None
                _take(answer, outcome, reader.readings_of(parsed, question.document))
        return answer

    def _placed(self, call: ModelCall, question: Question) -> ModelCall:
        return replace(
            call,
            run_id=question.run_id,
            item_id=question.document.name,
            trace_id=question.trace_id,
            release=question.release,
            experiment=question.experiment,
            arm=question.arm,
        )

    def _decide(self, answers: Mapping[str, ReaderAnswer]) -> Iterator[Decision]:
        working = [name for name, answer in answers.items() if answer.error is None or answer.readings]
        for agent in self._agents:
            for name in agent.fields:
                said = {
                    reader: answer.readings[name]
                    for reader, answer in answers.items()
                    if name in answer.readings
                }
                yield decide(name, said, readers=len(working), ignored=self._ignored)


def _take(answer: ReaderAnswer, outcome: Outcome, found: Mapping[str, FieldReading]) -> None:
    """Add an agent's outcome.

    Raises:
        StorageFullError: Its receipt could not be written; without it the document is not finished.
    """
    if isinstance(outcome.error, StorageFullError):
        raise outcome.error
    answer.receipts.extend(outcome.receipts)
    answer.readings.update(found)
    if outcome.error is not None and answer.error is None:
        answer.error = f"{outcome.error.code}: {outcome.error.message}"
