"""The search for the one change of an agent's instructions that helps most on a report."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from watchkeeper.evaluation.truth import Score
from watchkeeper.workloads.annual_reports.coaching.evidence import lines_of
from watchkeeper.workloads.annual_reports.coaching.exam import Exam, Sitting, told_otherwise
from watchkeeper.workloads.annual_reports.coaching.mining.blocks import mine_blocks
from watchkeeper.workloads.annual_reports.coaching.mining.cues import mine_cues
from watchkeeper.workloads.annual_reports.coaching.mining.labels import mine_labels
from watchkeeper.workloads.annual_reports.coaching.mining.refusals import mine_refusals
from watchkeeper.workloads.annual_reports.coaching.mining.rules import mine_rules
from watchkeeper.workloads.annual_reports.coaching.mining.sums import mine_sums
from watchkeeper.workloads.annual_reports.coaching.mining.wording import mine_wording
from watchkeeper.workloads.annual_reports.coaching.proposals import FieldError, Miner, Proposal, only_adds
from watchkeeper.workloads.annual_reports.coaching.trust import worth_of_new
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions

MINERS: tuple[Miner, ...] = (
    mine_rules,
    mine_wording,
    mine_labels,
    mine_blocks,
    mine_sums,
    mine_cues,
    mine_refusals,
)
"""Found in this order; of equally good changes the first counts."""
COACH = "coach"
"""The author of what errors showed."""
EPSILON = 1e-9
PRICE_A_WORD = 0.05
"""Worth taken off a change for each word it adds: a short label is found in more reports than a long one."""
PRICE_OF_COMMON = 0.25
"""Worth taken off for each doubling of how often its words stand in a report: such words label anything."""

ENOUGH_HELD_BACK = 4
"""Of fewer other reports, often none is by the maker of this one: that they gain is not asked then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change that helps."""

    agent: AgentInstructions
    field: str
    why: str
    gain: float
    """Worth gained over all reports, less its price."""
    accuracy: float | None = None
    """Of the agent over all reports once it was taken up."""
    author: str = COACH


@dataclass(slots=True)
class Search:
    """Looks for changes on an exam; remembers what it tried in vain under the same instructions."""

    exam: Exam
    sections: Mapping[str, tuple[str, ...]]
    """Where the roster sends each agent."""
    words: Callable[[str], tuple[str, ...]]
    vain: set[tuple[int, str, str]] = field(default_factory=set)
    tries: int = 0
    _common: dict[str, float] = field(default_factory=dict)

    def best_change(self, name: str, index: int, *, wide: bool = True) -> Change | None:
        """The change to an agent that helps most, of those that help on a report and on others held back.

        Args:
            name: The agent.
            index: The report, by its place in the exam; the others are held back from the change's making.
            wide: Whether a change may turn or take away what is there, besides adding to it.
        """
        agent = self.exam.instructions.agents[name]
        best: Change | None = None
        for error in self._errors(agent, index):
            for proposal in proposals_for(error):
                if not (wide or only_adds(error.told, proposal.told)):
                    continue
                found = self.weighed(name, error.name, proposal, index)
                if found is not None and (best is None or found.gain > best.gain):
                    best = found
        return best

    def weighed(self, name: str, field: str, proposal: Proposal, index: int) -> Change | None:
        """A proposal for a field of an agent as a change with its gain; None when it is not to be kept."""
        key = (index, field, proposal.told.model_dump_json())
        if key in self.vain:
            return None
        changed = told_otherwise(self.exam.instructions.agents[name], field, proposal.told)
        gain = self._gain(changed, field, index)
        if gain is None:
            self.vain.add(key)
            return None
        alone = worth_of_new(self.exam, changed, field)
        if alone is None:
            self.vain.add(key)
            return None
        return Change(agent=changed, field=field, why=proposal.why, gain=gain + alone - self._price(proposal))

    def forget_changed(self, index: int, change: Change) -> None:
        """Do not propose a change again that did not hold when all was read anew."""
        self.vain.add((index, change.field, change.agent.fields[change.field].model_dump_json()))

    def harmless(self, agent: AgentInstructions, name: str) -> bool:
        """Whether no report at hand loses a field, and all together lose nothing, with a field told so."""
        worth = 0.0
        for index, sitting in enumerate(self.exam.sittings):
            self.tries += 1
            mark = self.exam.try_field(agent, name, index)
            if mark.right < sitting.mark.right:
                return False
            worth += mark.worth - sitting.mark.worth
        return worth >= -EPSILON

    def _errors(self, agent: AgentInstructions, index: int) -> Iterator[FieldError]:
        return self.errors(agent, self.exam.sittings[index])

    def errors(self, agent: AgentInstructions, sitting: Sitting) -> Iterator[FieldError]:
        """The agent's fields that came out wrong on a report."""
        for name in agent.fields:
            if sitting.mark.scores.get(name, Score.RIGHT) is not Score.RIGHT:
                yield FieldError(
                    report=sitting.report,
                    agent=agent,
                    name=name,
                    truth=sitting.report.truths[name],
                    readings=sitting.readings.get(name, {}),
                    agent_sections=self.sections[agent.agent],
                    words=self.words,
                )

    def _gain(self, agent: AgentInstructions, name: str, index: int) -> float | None:
        """Worth gained over all reports; None when this one gains nothing, or the change is not to be kept.

        It is kept when the others, held back from its making, gain as well and lose no field in all; where
        they are too few to tell, when they do not lose.
        """
        sittings = self.exam.sittings
        self.tries += 1
        own = self.exam.try_field(agent, name, index).worth - sittings[index].mark.worth
        if own <= 0:
            return None
        gained, right = 0.0, 0
        for other in range(len(sittings)):
            if other != index:
                self.tries += 1
                mark = self.exam.try_field(agent, name, other)
                gained += mark.worth - sittings[other].mark.worth
                right += mark.right - sittings[other].mark.right
        few = len(sittings) - 1 < ENOUGH_HELD_BACK
        helps = right >= 0 and (gained > 0 or (few and own + gained > 0))
        return own + gained if helps else None

    def _price(self, proposal: Proposal) -> float:
        words = " ".join(proposal.added)
        return PRICE_A_WORD * len(words.split()) + sum(map(self._commonness, proposal.added))

    def _commonness(self, phrase: str) -> float:
        if phrase not in self._common:
            lines = sum(
                phrase in line.casefold()
                for report in self.exam.reports
                for _, page in lines_of(report.document)
                for line in page
            )
            a_report = lines / len(self.exam.reports)
            self._common[phrase] = PRICE_OF_COMMON * math.log2(max(1.0, a_report))
        return self._common[phrase]


def adopted(exam: Exam, change: Change) -> bool:
    """Take a change up when it holds with everything read anew; else leave all as it was."""
    before = _standing(exam)
    old = exam.instructions
    exam.adopt(replace(old, agents={**old.agents, change.agent.agent: change.agent}))
    if _standing(exam) > before:
        return True
    exam.adopt(old)
    return False


def _standing(exam: Exam) -> tuple[int, float]:
    return (
        sum(one.mark.right for one in exam.sittings),
        round(sum(one.mark.worth for one in exam.sittings), 6),
    )


def proposals_for(error: FieldError) -> Iterator[Proposal]:
    """What every miner proposes for an error, in their order."""
    for miner in MINERS:
        yield from miner(error)
