"""One agent's instructions as a task for any search: a part a field, a case a report."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from watchkeeper.coaching.instruction_search import Candidate, Outcome, Seen
from watchkeeper.coaching.session import Past
from watchkeeper.evaluation.truth import Score
from watchkeeper.workloads.annual_reports.coaching.advice import Adviser
from watchkeeper.workloads.annual_reports.coaching.exam import READER_WORTH, Sitting, told_otherwise
from watchkeeper.workloads.annual_reports.coaching.proposals import Proposal
from watchkeeper.workloads.annual_reports.coaching.search import Search, proposals_for
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions, FieldInstructions


@dataclass(slots=True)
class AgentTask:
    """A `SearchTask`: the readers score, errors and the meta-coach propose."""

    search: Search
    agent: AgentInstructions
    reports: Sequence[int]
    """The reports searched on, by their places in the exam; the others are held back."""
    seed: int
    adviser: Adviser | None = None
    evaluations: int = 0
    """Readings of a report; the same instructions on the same report are read once."""
    proposals: int = 0
    advised: dict[tuple[str, str], str] = field(default_factory=dict)
    """What the meta-coach proposed: field and instructions, with its why."""
    _sittings: dict[tuple[str, int], Sitting] = field(default_factory=dict)
    _proposed: set[tuple[str, str]] = field(default_factory=set)
    _chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Which error is looked at first is left to chance."""
        self._chance = random.Random(self.seed)  # a draw that can be repeated, not a secret

    @property
    def start(self) -> Candidate:
        """See `SearchTask.start`."""
        return candidate_of(self.agent)

    @property
    def cases(self) -> int:
        """See `SearchTask.cases`."""
        return len(self.reports)

    def score(self, candidate: Candidate, case: int) -> Outcome:
        """The share of the agent's labelled fields that come out right, a second reader's find included."""
        mark = self._sat(agent_of(self.agent, candidate), case).mark
        scores = {name: one for name, one in mark.scores.items() if name in self.agent.fields}
        if not scores:
            return Outcome(1.0)
        right = sum(one is Score.RIGHT for one in scores.values())
        firm = sum(mark.readers_right.get(name, 0) for name in scores)
        most = len(scores) * (1 + READER_WORTH * len(self.search.exam.readers))
        wrong = tuple(name for name, one in scores.items() if one is not Score.RIGHT)
        return Outcome((right + READER_WORTH * firm) / most, wrong)

    def propose(self, candidate: Candidate, seen: Sequence[Seen]) -> Candidate | None:
        """A change nobody proposed for an error of the worst case: a miner's, or the meta-coach's."""
        self.proposals += 1
        agent = agent_of(self.agent, candidate)
        worst = sorted(seen, key=lambda one: one.outcome.score)
        if self.adviser is not None and self.adviser.each_round and worst:
            advised = self._advised(agent, worst[0].case)
            if advised is not None:
                return {**candidate, **advised}
        for one in worst:
            mined = self._mined(agent, one.case)
            if mined is not None:
                return {**candidate, **mined}
        advised = self._advised(agent, worst[0].case) if worst else None
        return None if advised is None else {**candidate, **advised}

    def _mined(self, agent: AgentInstructions, case: int) -> Candidate | None:
        """What mends the error it was made for: the first proposal that does, of an error drawn by chance."""
        before = self._sat(agent, case)
        errors = list(self.search.errors(agent, before))
        self._chance.shuffle(errors)
        for error in errors:
            for proposal in proposals_for(error):
                part = self._new(error.name, proposal)
                if part is None:
                    continue
                after = self._sat(told_otherwise(agent, error.name, proposal.told), case)
                if after.mark.worth > before.mark.worth:
                    return part
        return None

    def _advised(self, agent: AgentInstructions, case: int) -> Candidate | None:
        if self.adviser is None:
            return None
        said = self.adviser.proposed(agent, self._sat(agent, case), past=Past())
        if said.proposal is None or said.field is None:
            return None
        part = self._new(said.field, said.proposal)
        if part is not None:
            self.advised[said.field, part[said.field]] = said.proposal.why
        return part

    def _new(self, name: str, proposal: Proposal) -> Candidate | None:
        """The part a proposal changes; None where it was proposed before."""
        key = (name, proposal.told.model_dump_json(exclude_defaults=True))
        if key in self._proposed:
            return None
        self._proposed.add(key)
        return {name: key[1]}

    def _sat(self, agent: AgentInstructions, case: int) -> Sitting:
        key = (agent.model_dump_json(), case)
        if key not in self._sittings:
            self.evaluations += 1
            self._sittings[key] = self.search.exam.sat_with(agent, self.reports[case])
        return self._sittings[key]


def candidate_of(agent: AgentInstructions) -> Candidate:
    """The agent's instructions by field, as JSON."""
    return {name: told.model_dump_json(exclude_defaults=True) for name, told in agent.fields.items()}


def agent_of(agent: AgentInstructions, candidate: Candidate) -> AgentInstructions:
    """The agent with the instructions of a candidate."""
    fields = {name: FieldInstructions.model_validate_json(text) for name, text in candidate.items()}
    return agent.model_copy(update={"fields": fields})
