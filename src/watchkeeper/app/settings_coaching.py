"""Settings of coaching: by when which phase is to be done, and which model is asked for changes."""

from datetime import UTC, date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.monitoring.criteria.coached_history import PlannedPhase


class PlannedPhaseSettings(Section):
    """One phase of a plan."""

    phase: int = Field(ge=1, le=4, description="Which phase.")
    due: date = Field(description="The last day on which its documents may be done.")
    documents: int = Field(ge=1, description="How many documents, over all phases up to its end.")


class CoachingPlanSettings(Section):
    """The plan of a workload's coaching."""

    workload: str = Field(min_length=1, description="Whose documents are coached.")
    phases: tuple[PlannedPhaseSettings, ...] = Field(min_length=1, description="In their order.")

    @model_validator(mode="after")
    def _in_order(self) -> "CoachingPlanSettings":
        numbers = [one.phase for one in self.phases]
        days = [one.due for one in self.phases]
        counts = [one.documents for one in self.phases]
        if numbers != sorted(set(numbers)) or days != sorted(set(days)) or counts != sorted(set(counts)):
            raise refused(
                f"the plan of {self.workload!r} does not go on from phase to phase",
                "let phases, days and documents grow from one to the next",
            )
        return self


class MetaCoachSettings(Section):
    """The model that is asked for changes of instructions."""

    target: str | None = Field(
        default=None, min_length=1, description="The route or target that is asked; none: no model is."
    )
    when: Literal["stuck", "each_round"] = Field(
        default="stuck",
        description="`stuck`: where errors show nothing that helps; `each_round`: beside what they show.",
    )
    max_calls: int = Field(default=50, ge=1, description="How often one command asks, at most.")
    timeout_s: float = Field(default=60.0, gt=0, le=600, description="How long an answer may take.")


class CoachingSettings(Section):
    """Coaching."""

    meta_coach: MetaCoachSettings = Field(
        default_factory=MetaCoachSettings, description="The model that is asked for changes of instructions."
    )
    plans: tuple[CoachingPlanSettings, ...] = Field(
        default=(), description="By when which phase is to be done; none: nothing is late."
    )

    def plan(self, workload: str, zone: ZoneInfo) -> tuple[PlannedPhase, ...]:
        """The plan of a workload; a phase is due at the end of its day there."""
        own = next((one for one in self.plans if one.workload == workload), None)
        return tuple(
            PlannedPhase(
                phase=one.phase,
                due=datetime.combine(one.due, time.max, tzinfo=zone).astimezone(UTC),
                documents=one.documents,
            )
            for one in (() if own is None else own.phases)
        )
