"""Settings of objectives: what is promised of a workload's calls."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.rules.units import factor, level_of_text
from watchkeeper.monitoring.rules.watched import CallFilterName
from watchkeeper.monitoring.slo.objective import LEAST_CALLS, WINDOW_DAYS, Objective


class ObjectiveSettings(Section):
    """One objective; four rules watch how fast its budget burns."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,40}$", description="What it is called: `answers`.")
    workload: str = Field(default="default", min_length=1, description="Whose calls.")
    good: float | str = Field(description="The share of calls that is to be good: `99.9 %` or 0.999.")
    within: str | None = Field(
        default=None,
        description="A call that takes longer is bad too, such as `2 s`; null: only a failed one.",
    )
    only: Annotated[
        Mapping[CallFilterName, str],
        AfterValidator(lambda only: MappingProxyType(dict(only))),
        PlainSerializer(dict, return_type=dict[str, str]),
    ] = Field(default_factory=lambda: MappingProxyType({}), description="Only calls that have these.")
    window_days: float = Field(default=WINDOW_DAYS, gt=0, le=366, description="Days it is promised over.")
    least_calls: int = Field(
        default=LEAST_CALLS, ge=1, description="Calls a burn rate needs: of fewer it is no data."
    )

    @model_validator(mode="after")
    def _can_be(self) -> "ObjectiveSettings":
        try:
            self.to_objective()
        except InvalidInputError as wrong:
            raise refused(f"objective {self.name!r}: {wrong.message}", wrong.action) from None
        return self

    def to_objective(self) -> Objective:
        """The objective."""
        number, unit = level_of_text(self.good) if isinstance(self.good, str) else (self.good, "")
        within_ms = None
        if self.within is not None:
            length, its_unit = level_of_text(self.within)
            within_ms = length * factor(its_unit or "ms", "ms")
        return Objective(
            name=self.name,
            workload=self.workload,
            share=number * factor(unit, "share"),
            slower_than_ms=within_ms,
            window_days=self.window_days,
            only=dict(self.only),
            least_calls=self.least_calls,
        )
