"""Coaching on a folder by a search: an agent at a time, and only what reports held back bear out is kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from watchkeeper.coaching.instruction_search import InstructionSearch
from watchkeeper.coaching.meta_coach import MetaCoach
from watchkeeper.coaching.phases import PHASES
from watchkeeper.workloads.annual_reports.coaching.advice import Adviser
from watchkeeper.workloads.annual_reports.coaching.agent_task import AgentTask, agent_of
from watchkeeper.workloads.annual_reports.coaching.exam import LabelledReport, told_otherwise
from watchkeeper.workloads.annual_reports.coaching.exam_search import search_over
from watchkeeper.workloads.annual_reports.coaching.rounding_off import round_off
from watchkeeper.workloads.annual_reports.coaching.search import ENOUGH_HELD_BACK, Change, Search, adopted
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions, InstructionSet

HELD_BACK_EVERY = 3
"""Every third report is held back from the search; of two none is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSearched:
    """What a search found for an agent."""

    agent: str
    evaluations: int
    """Readings of a report with changed instructions."""
    proposals: int
    found: int
    """Fields whose instructions the search would change."""
    kept: tuple[str, ...]
    """Those of them that the reports held back bore out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What came of it."""

    instructions: InstructionSet
    agents: Sequence[AgentSearched]
    accuracy_before: float | None
    accuracy_after: float | None
    widened: int
    tries: int


@dataclass(slots=True, kw_only=True)
class SearchCoach:
    """Hands each agent's instructions to a search."""

    reports: Sequence[LabelledReport]
    start: InstructionSet
    by: InstructionSearch
    evaluations: int
    """An agent, at most."""
    seed: int
    told: Callable[[AgentSearched], None] = lambda _: None
    meta: MetaCoach | None = None

    def coach(self) -> Searched:
        """Search for every agent with a label, then round off as coaching in sessions does."""
        search = search_over(self.reports, self.start)
        exam = search.exam
        before, agents = exam.accuracy(), []
        for name, agent in self.start.agents.items():
            if any(field in report.truths for report in self.reports for field in agent.fields):
                agents.append(self._agent(search, name))
                self.told(agents[-1])
        widened = round_off(search)
        return Searched(
            instructions=exam.instructions,
            agents=agents,
            accuracy_before=before,
            accuracy_after=exam.accuracy(),
            widened=widened,
            tries=search.tries + sum(one.evaluations for one in agents),
        )

    def _agent(self, search: Search, name: str) -> AgentSearched:
        agent = search.exam.instructions.agents[name]
        held = list(range(len(self.reports)))[HELD_BACK_EVERY - 1 :: HELD_BACK_EVERY]
        learned = [index for index in range(len(self.reports)) if index not in held]
        adviser = None
        if self.meta is not None:
            adviser = Adviser(meta=self.meta, search=search, phase=PHASES[0])
        task = AgentTask(search, agent, learned, self.seed, adviser)
        candidate = self.by.search(task, evaluations=self.evaluations, seed=self.seed, handed=lambda _: None)
        found = agent_of(agent, candidate)
        changed = [field for field in agent.fields if found.fields[field] != agent.fields[field]]
        kept = [field for field in changed if self._kept(search, found, field, held or learned)]
        for (field, text), why in task.advised.items():
            if adviser is not None and field in kept and candidate[field] == text:
                adviser.kept(name, Change(agent=found, field=field, why=why, gain=0.0))
        return AgentSearched(
            agent=name,
            evaluations=task.evaluations,
            proposals=task.proposals,
            found=len(changed),
            kept=tuple(kept),
        )

    def _kept(self, search: Search, found: AgentInstructions, field: str, held: Sequence[int]) -> bool:
        """Whether one field's new instructions help on reports the search never saw, and on all together."""
        exam = search.exam
        agent = told_otherwise(exam.instructions.agents[found.agent], field, found.fields[field])
        worth, right = 0.0, 0
        for index in held:
            search.tries += 1
            mark, before = exam.try_agent(agent, index), exam.sittings[index].mark
            worth += mark.worth - before.worth
            right += mark.right - before.right
        if right < 0 or worth < 0 or (worth == 0 and len(held) >= ENOUGH_HELD_BACK):
            return False
        return adopted(exam, Change(agent=agent, field=field, why=f"found by {self.by.name}", gain=worth))
