"""Whether a run may be called a success: enough sections answered, and enough answers accepted (2.1.5).

The sections are those the roster expects fields of: governance, income statement, balance sheet, cash flow,
property, multi-year overview, loans and suppliers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from watchkeeper.workloads.annual_reports.result_line import DocumentResult
from watchkeeper.workloads.annual_reports.roster import Agent, load_roster

SECTIONS_WANTED = 0.75
"""Six of eight sections must answer in every report."""
RATE_WANTED = 0.80
"""So many answers must be accepted."""
FIELDS_WANTED = 0.5
"""An answer that lacks more than half of its expected fields is none (requirements 2.1.9)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """How a run's documents that were read now stand to the gate."""

    sections: int
    sections_passed: int
    """Sections that some reader answered in every document, as JSON where it is a model."""
    answers: int
    """One a document and section."""
    answers_accepted: int
    """Answers with at least half of their expected fields, or empty where that is an answer."""
    rate: float | None
    """The share accepted, 0 to 1; null where no document was read."""
    accepted: bool
    missed: tuple[str, ...]
    """Sections that some document had no answer of."""


@dataclass(slots=True)
class AcceptanceTally:
    """Counts documents as they are finished."""

    agents: Sequence[Agent] = field(default_factory=lambda: _judged(load_roster()))
    answers: int = 0
    accepted: int = 0
    missed: set[str] = field(default_factory=set)

    def add(self, result: DocumentResult) -> None:
        """Count a document; one that could not be read has no answer at all."""
        answered = {one.agent for one in result.receipts if one.error is None and one.json_ok is not False}
        for agent in self.agents:
            self.answers += 1
            if agent.name not in answered:
                self.missed.add(agent.name)
            elif agent.empty_is_answer or _share_found(agent, result) >= FIELDS_WANTED:
                self.accepted += 1

    def standing(self) -> Acceptance:
        """How the documents counted so far stand."""
        sections, passed = len(self.agents), len(self.agents) - len(self.missed)
        rate = self.accepted / self.answers if self.answers else None
        return Acceptance(
            sections=sections,
            sections_passed=passed,
            answers=self.answers,
            answers_accepted=self.accepted,
            rate=rate,
            accepted=rate is not None and rate >= RATE_WANTED and passed >= SECTIONS_WANTED * sections,
            missed=tuple(sorted(self.missed)),
        )


def acceptance_told(found: Mapping[str, object] | None) -> str:
    """A run's gate as its record holds it, in a phrase.

    >>> acceptance_told({"accepted": False, "sections_passed": 5, "sections": 8, "rate": None})
    'not accepted: 5 of 8 sections answered, no data on answers'
    """
    if found is None:
        return "no data"
    rate = found["rate"]
    answers = f"{100 * rate:.1f} % of answers accepted" if isinstance(rate, float) else "no data on answers"
    verdict = "accepted" if found["accepted"] else "not accepted"
    return f"{verdict}: {found['sections_passed']} of {found['sections']} sections answered, {answers}"


def _judged(roster: Sequence[Agent]) -> tuple[Agent, ...]:
    return tuple(agent for agent in roster if any(field.expected for field in agent.fields))


def _share_found(agent: Agent, result: DocumentResult) -> float:
    keys = [field.key for field in agent.fields if field.expected]
    found = [key for key in keys if key in result.decisions and result.decisions[key].value is not None]
    return len(found) / len(keys)
