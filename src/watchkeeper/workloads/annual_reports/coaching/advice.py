"""The meta-coach's word on an agent and a report, weighed as every other change is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from watchkeeper.coaching.meta_coach import MetaCoach, When
from watchkeeper.coaching.phases import Phase
from watchkeeper.coaching.session import Past
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.workloads.annual_reports.coaching.exam import Sitting
from watchkeeper.workloads.annual_reports.coaching.meta_change import proposal_of
from watchkeeper.workloads.annual_reports.coaching.meta_question import question_about
from watchkeeper.workloads.annual_reports.coaching.proposals import Proposal, only_adds
from watchkeeper.workloads.annual_reports.coaching.search import Change, Search
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions

SURE_IN_GOLDEN_STATE = 0.9
"""In the last phase a less certain proposal is not tried (requirements 2.1.3)."""
GOLDEN_STATE = 4


@dataclass(frozen=True, slots=True)
class Weighed:
    """What came of asking."""

    change: Change | None = None
    remark: str | None = None
    """For the session; None where nothing was asked."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the meta-coach proposes."""

    proposal: Proposal | None = None
    field: str | None = None
    remark: str | None = None
    """Why there is none; None where nothing was asked, too."""


@dataclass(slots=True, kw_only=True)
class Adviser:
    """Asks the meta-coach, and weighs what it proposes on the reports at hand."""

    meta: MetaCoach
    search: Search
    phase: Phase
    golden: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """Right answers of earlier documents, by agent, the best first."""

    @property
    def each_round(self) -> bool:
        """Whether it is asked beside the errors, and not only where these show nothing."""
        return self.meta.when is When.EACH_ROUND

    def change(self, name: str, index: int, *, past: Past, wide: bool) -> Weighed:
        """The change it proposes for an agent, where it helps on this report and those held back.

        Args:
            name: The agent.
            index: The report, by its place in the exam.
            past: How the agent stood before.
            wide: Whether a change may turn or take away what is there, besides adding to it.
        """
        exam, target = self.search.exam, self.meta.target
        agent = exam.instructions.agents[name]
        said = self.proposed(agent, exam.sittings[index], past=past)
        proposal, changed = said.proposal, said.field
        if proposal is None or changed is None:
            return Weighed(remark=said.remark)
        if not (wide or only_adds(agent.fields[changed], proposal.told)):
            return Weighed(remark=f"meta-coach {target!r} proposed more than to add: {proposal.why}")
        found = self.search.weighed(name, changed, proposal, index)
        if found is None:
            refused = f"{changed}: {proposal.why}: it does not help"
            return Weighed(remark=self._refused(name, {"field": changed, "why": proposal.why}, refused))
        return Weighed(replace(found, author=f"meta-coach {target}"), f"meta-coach {target!r} was asked")

    def proposed(self, agent: AgentInstructions, sitting: Sitting, *, past: Past) -> Proposed:
        """What it proposes for an agent as it is told now, on a report as it came out; nothing is tried."""
        question = question_about(
            agent,
            sitting,
            past=past,
            golden=self.golden.get(agent.agent, ()),
            tried=self.meta.tried(agent.agent),
        )
        if question is None:
            return Proposed()
        advice = self.meta.advise(question)
        if advice.answer is None:
            return Proposed(remark=advice.remark)
        try:
            proposal = proposal_of(advice.answer, agent)
        except InvalidInputError as no_change:
            why = f"no change of instructions: {no_change.message}"
            return Proposed(remark=self._refused(agent.agent, advice.answer, why))
        if self.phase.number == GOLDEN_STATE and advice.answer["confidence"] < SURE_IN_GOLDEN_STATE:
            why = "less than 90 % sure of it, and the golden state holds"
            return Proposed(remark=self._refused(agent.agent, advice.answer, why))
        return Proposed(proposal, advice.answer["field"])

    def kept(self, name: str, change: Change) -> None:
        """A proposed change was taken up."""
        self.meta.use.kept += 1
        self.meta.remember(name, {"field": change.field, "why": change.why}, "kept")

    def _refused(self, name: str, answer: Mapping[str, Any], why: str) -> str:
        self.meta.remember(name, answer, why)
        return f"meta-coach {self.meta.target!r} proposed nothing that is kept: {why}"[:400]
