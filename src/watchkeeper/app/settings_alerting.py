"""Settings of what becomes of alerts: what mutes what, what is told together, how soon somebody answers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainSerializer, field_validator, model_validator

from watchkeeper.app.settings_section import Section, known_zone, refused
from watchkeeper.monitoring.alerts.matcher import MATCHED_FIELDS, MatchedField
from watchkeeper.monitoring.alerts.recurring import WEEKDAYS, Weekday

_CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"

Patterns = Annotated[
    Mapping[MatchedField, str],
    AfterValidator(lambda patterns: MappingProxyType(dict(patterns))),
    PlainSerializer(dict, return_type=dict[str, str]),
]
"""Which alerts are meant: what they carry, `*` standing for any letters."""


class InhibitionSettings(Section):
    """While an alert of the cause stands, its consequences are not told."""

    cause: Patterns = Field(description="What mutes, such as `{rule: provider-down}`.")
    consequence: Patterns = Field(description="What is muted, such as `{rule: slow-*}`.")
    equal: tuple[MatchedField, ...] = Field(
        default=("workload",), description="What both must have the same of."
    )

    @model_validator(mode="after")
    def _does_not_mute_everything(self) -> "InhibitionSettings":
        if not self.cause or not self.consequence:
            raise refused(
                "an inhibition without a pattern would mute everything",
                f"name in `cause` and `consequence` some of {', '.join(MATCHED_FIELDS)}",
            )
        return self


class CauseSettings(Section):
    """Alerts of one cause: one message, the others listed in it."""

    name: str = Field(min_length=1, description="What the cause is called.")
    match: Patterns = Field(description="Its alerts, such as `{workload: shop, rule: provider-*}`.")


class MaintenanceSettings(Section):
    """Planned work that comes again: its alerts are recorded, and nobody is told."""

    name: str = Field(min_length=1, max_length=100, pattern=r"^[^@]+$", description="What it is called.")
    workload: str = Field(min_length=1, description="Whose alerts; `*` stands for any letters.")
    days: tuple[Weekday, ...] = Field(
        default=WEEKDAYS,
        min_length=1,
        description="Days of the week on which it begins; all, if none is named.",
    )
    begins: str = Field(pattern=_CLOCK, description="When, by the clocks of its place, such as `02:00`.")
    ends: str = Field(pattern=_CLOCK, description="When; no later than `begins` is on the next day.")
    timezone: str | None = Field(default=None, description="Whose clocks; null is `timezone`.")
    reason: str = Field(min_length=1, max_length=1000, description="What is done.")

    @field_validator("timezone")
    @classmethod
    def _zone_is_known(cls, name: str | None) -> str | None:
        return None if name is None else known_zone(name)

    @model_validator(mode="after")
    def _lasts(self) -> "MaintenanceSettings":
        if self.begins == self.ends:
            raise refused(f"maintenance {self.name!r} ends when it begins", "end it earlier or later")
        return self


Response = Annotated[float, Field(ge=0)] | Literal["next_day"] | None


class ResponseSettings(Section):
    """How soon somebody answers: seconds, or `next_day` for the end of the next business day."""

    P0: Response = Field(default=None, description="Null: what ships for the workload.")
    P1: Response = Field(default=None, description="Likewise.")
    P2: Response = Field(default=None, description="Likewise.")
    P3: Response = Field(default=None, description="Likewise.")
    P4: Response = Field(default=None, description="Likewise.")
