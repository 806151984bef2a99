"""Settings of being on call: who takes turns, how people are reached, who is paged after how long."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.domain.severity import Severity


class ContactSettings(Section):
    """How a person is reached."""

    channels: tuple[str, ...] = Field(min_length=1, description="Names of `notification.channels`.")


class EscalationStepSettings(Section):
    """Who is paged when nobody has taken an alert on."""

    to: str = Field(min_length=1, description="`primary`, `secondary`, or a name of `oncall.contacts`.")
    after_s: float = Field(ge=0, description="Seconds after the alert was told.")


ROLES = frozenset({"primary", "secondary"})


class OnCallSettings(Section):
    """Who answers."""

    people: tuple[str, ...] = Field(
        default=(),
        description="Who takes turns, names of `oncall.contacts`: of two the first is primary in odd weeks, "
        "the second in even ones. Empty: nobody is paged.",
    )
    turns: Literal["week", "day"] = Field(default="week", description="How long a turn is.")
    handover: str = Field(
        default="00:00",
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="When a turn begins, by the clocks of `timezone`, such as `09:00`.",
    )
    contacts: Annotated[
        Mapping[str, ContactSettings],
        AfterValidator(lambda contacts: MappingProxyType(dict(contacts))),
        PlainSerializer(dict, return_type=dict[str, ContactSettings]),
    ] = Field(default_factory=lambda: MappingProxyType({}), description="How people are reached, by name.")
    severities: tuple[Severity, ...] = Field(default=("P0", "P1"), description="What people are paged for.")
    escalation: tuple[EscalationStepSettings, ...] | None = Field(
        default=None,
        description="Who is paged until somebody takes the alert on, the soonest first. Null: `primary` "
        "after 15 min, `secondary` after 30 min, `engineering-manager` after 1 h, `vp` after 2 h; who of "
        "them has no `oncall.contacts` is left out.",
    )

    @model_validator(mode="after")
    def _people_can_be_reached(self) -> "OnCallSettings":
        unknown = [name for name in self.people if name not in self.contacts]
        if unknown:
            raise refused(
                f"{unknown[0]!r} takes turns and cannot be reached", "give the person's `oncall.contacts`"
            )
        if len(set(self.people)) < len(self.people):
            raise refused("somebody takes turns twice", "name everybody once in `oncall.people`")
        steps = self.escalation or ()
        after = [step.after_s for step in steps]
        if after != sorted(after):
            raise refused("the steps of the escalation are not in order", "put the soonest first")
        lost = [step.to for step in steps if step.to not in {*ROLES, *self.contacts}]
        if lost:
            raise refused(f"{lost[0]!r} is paged and cannot be reached", "give their `oncall.contacts`")
        return self
