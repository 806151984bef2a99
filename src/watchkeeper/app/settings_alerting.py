"""Settings of what becomes of alerts: what mutes what, what is told together, how soon somebody answers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.monitoring.alerts.matcher import MATCHED_FIELDS, MatchedField

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


Response = Annotated[float, Field(ge=0)] | Literal["next_day"] | None


class ResponseSettings(Section):
    """How soon somebody answers: seconds, or `next_day` for the end of the next business day."""

    P0: Response = Field(default=None, description="Null: what ships for the workload.")
    P1: Response = Field(default=None, description="Likewise.")
    P2: Response = Field(default=None, description="Likewise.")
    P3: Response = Field(default=None, description="Likewise.")
    P4: Response = Field(default=None, description="Likewise.")
