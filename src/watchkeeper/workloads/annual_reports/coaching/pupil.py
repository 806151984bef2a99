"""One agent on one report of an exam, as coaching wants it."""

from dataclasses import dataclass, field, replace

from watchkeeper.coaching.decision import GOLDEN_FROM
from watchkeeper.coaching.session import Basis, Judged, Past
from watchkeeper.evaluation.truth import Score
from watchkeeper.workloads.annual_reports.coaching.advice import Adviser, Weighed
from watchkeeper.workloads.annual_reports.coaching.search import COACH, Change, Search, adopted
from watchkeeper.workloads.annual_reports.coaching.templates import with_examples
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions

MOST_LISTED = 10
"""Errors told of a run (requirements 2.1.3)."""
ATTEMPTS = 4
"""Changes that did not hold before an agent is left as it is for this round."""


@dataclass(slots=True)
class ReportPupil:
    """A `Pupil`: an agent reading one report, its instructions changed against all of the exam."""

    search: Search
    agent: str
    index: int
    best: AgentInstructions | None = None
    """The agent's best instructions so far; None while it has no better ones than now."""
    basis: Basis = Basis.TRUTH
    adviser: Adviser | None = None
    """The way to a meta-coach; None where none is configured."""
    past: Past = field(default_factory=Past)
    """How the agent stood before, for the meta-coach."""
    made: list[Change] = field(default_factory=list)
    """The changes made, oldest first."""
    _remark: str | None = None

    def run(self) -> Judged:
        """How the agent's fields come out on the report."""
        sitting = self.search.exam.sittings[self.index]
        fields = self.search.exam.instructions.agents[self.agent].fields
        scores = {name: score for name, score in sitting.mark.scores.items() if name in fields}
        return judged(scores, basis=self.basis)

    def change(self, *, wide: bool) -> str | None:
        """See `Pupil.change`."""
        for _ in range(ATTEMPTS):
            change = self.search.best_change(self.agent, self.index, wide=wide)
            change = self._better(change, wide=wide)
            if change is None:
                return None
            if adopted(self.search.exam, change):
                return self._made(change)
            self.search.forget_changed(self.index, change)
        return None

    def exemplify(self) -> str | None:
        """See `Pupil.exemplify`; only what labels say is right becomes an example."""
        exam = self.search.exam
        golden = self.basis is Basis.TRUTH and self.run().accuracy >= GOLDEN_FROM
        agent = exam.instructions.agents[self.agent]
        taught = with_examples(agent, exam.sittings[self.index]) if golden else None
        if taught is None:
            return None
        exam.adopt(replace(exam.instructions, agents={**exam.instructions.agents, self.agent: taught}))
        document = exam.reports[self.index].document.name
        return self._made(Change(agent=taught, field=self.agent, why=f"examples from {document}", gain=0.0))

    def remark(self) -> str | None:
        """See `Pupil.remark`."""
        said, self._remark = self._remark, None
        return said

    def _better(self, mined: Change | None, *, wide: bool) -> Change | None:
        """What the errors show, or what the meta-coach proposes where that gains more."""
        adviser = self.adviser
        # Refining that finds nothing goes on as exploring: that is when an agent is stuck.
        if adviser is None or not (adviser.each_round or (mined is None and wide)):
            return mined
        weighed: Weighed = adviser.change(self.agent, self.index, past=self.past, wide=wide)
        self._remark = weighed.remark or self._remark
        advised = weighed.change
        if advised is None or (mined is not None and mined.gain >= advised.gain):
            return mined
        return advised

    def _made(self, change: Change) -> str:
        accuracy = self.search.exam.accuracy(set(change.agent.fields))
        self.made.append(replace(change, accuracy=accuracy))
        if self.adviser is None or change.author == COACH:
            return f"{change.field}: {change.why}"
        self.adviser.kept(self.agent, change)
        return f"{change.field}: {change.why} (by {change.author})"

    def restore(self) -> str | None:
        """See `Pupil.restore`."""
        exam = self.search.exam
        if self.best is None or self.best == exam.instructions.agents[self.agent]:
            return None
        exam.adopt(replace(exam.instructions, agents={**exam.instructions.agents, self.agent: self.best}))
        accuracy = exam.accuracy(set(self.best.fields))
        put_back = Change(agent=self.best, field=self.agent, why="the best put back", gain=0.0)
        self.made.append(replace(put_back, accuracy=accuracy))
        return "the best instructions were put back"


def judged(scores: dict[str, Score], *, basis: Basis) -> Judged:
    """Accuracy, coverage, precision, recall and F1 of an agent's fields (requirements 2.1.3)."""
    counts = {score: sum(one is score for one in scores.values()) for score in Score}
    right, given = counts[Score.RIGHT], len(scores) - counts[Score.MISSED]
    whole = len(scores) or 1
    precision = right / given if given else 0.0
    recall = right / whole
    return Judged(
        accuracy=right / whole,
        coverage=given / whole,
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        errors=tuple(name for name, score in scores.items() if score in (Score.WRONG, Score.INVENTED))[
            :MOST_LISTED
        ],
        missing=tuple(name for name, score in scores.items() if score is Score.MISSED)[:MOST_LISTED],
        basis=basis,
    )
