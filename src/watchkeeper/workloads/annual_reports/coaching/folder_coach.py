"""Coaching on a folder of labelled reports: passes over all of them until none of them teaches any more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from watchkeeper.coaching.meta_coach import MetaCoach
from watchkeeper.coaching.phases import PHASES, Phase
from watchkeeper.coaching.session import Past, Session, run_session
from watchkeeper.workloads.annual_reports.coaching.advice import Adviser
from watchkeeper.workloads.annual_reports.coaching.exam import LabelledReport
from watchkeeper.workloads.annual_reports.coaching.exam_search import search_over
from watchkeeper.workloads.annual_reports.coaching.pupil import ReportPupil
from watchkeeper.workloads.annual_reports.coaching.rounding_off import round_off, warm_up
from watchkeeper.workloads.annual_reports.coaching.search import Search
from watchkeeper.workloads.annual_reports.instructions import InstructionSet

MOST_PASSES = 5
"""Passes over the reports; two or three are the rule, for the last one changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coached:
    """What came of coaching on a folder."""

    instructions: InstructionSet
    sessions: Sequence[Session]
    accuracy_before: float | None
    """Over all labelled fields of the reports coached on, 0 to 1."""
    accuracy_after: float | None
    widened: int
    """Rules and words added without an error, harmless on every report."""
    tries: int
    """How often a field was read with changed instructions."""


@dataclass(slots=True)
class FolderCoach:
    """Coaches every agent on every report."""

    reports: Sequence[LabelledReport]
    start: InstructionSet
    phase: Phase = PHASES[0]
    told: Callable[[Session], None] = lambda _: None
    """Who hears of each session with a change, and of each that failed: its changes are taken back."""
    meta: MetaCoach | None = None
    sessions: list[Session] = field(default_factory=list)

    def coach(self) -> Coached:
        """Coach until a pass changes nothing, then round off what was learned."""
        search = search_over(self.reports, self.start)
        exam = search.exam
        before = exam.accuracy()
        adviser = None
        if self.meta is not None:
            adviser = Adviser(meta=self.meta, search=search, phase=self.phase)
        widened = warm_up(search)
        for _ in range(MOST_PASSES):
            if not self._pass(search, adviser):
                break
        widened += round_off(search)
        return Coached(
            instructions=exam.instructions,
            sessions=self.sessions,
            accuracy_before=before,
            accuracy_after=exam.accuracy(),
            widened=widened,
            tries=search.tries,
        )

    def _pass(self, search: Search, adviser: Adviser | None) -> int:
        changes = 0
        for index, report in enumerate(self.reports):
            for name, agent in self.start.agents.items():
                if not any(field in report.truths for field in agent.fields):
                    continue
                before = search.exam.instructions
                session = run_session(
                    ReportPupil(search, name, index, adviser=adviser),
                    agent=name,
                    document=report.document.name,
                    phase=self.phase,
                    max_rounds=self.phase.max_rounds,
                    past=Past(),
                )
                self.sessions.append(session)
                if session.failure is not None:
                    search.exam.adopt(before)
                else:
                    changes += session.changes
                if session.changes or session.failure is not None:
                    self.told(session)
        return changes
