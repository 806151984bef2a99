"""Settings of telling people: channels, what goes over which, and how often a letter is tried."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, SecretStr, field_validator, model_validator

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.severity import Severity


class ChannelSettings(Section):
    """One way to people."""

    url: SecretStr = Field(
        description="Where it goes, as apprise writes it, best as `${NAME}`: `slack://…`, `mailtos://…`, "
        "`pagerduty://…`, or `json://host/path` for a webhook."
    )
    subject: str | None = Field(
        default=None, min_length=1, description="Its own jinja2 template of a subject. Null: the shipped one."
    )
    body: str | None = Field(
        default=None, min_length=1, description="Its own jinja2 template of a text. Null: the shipped one."
    )
    timeout_s: float = Field(
        default=10.0, gt=0, le=300, description="Seconds one try may take before it counts as failed."
    )

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: SecretStr) -> SecretStr:
        scheme, sign, rest = url.get_secret_value().partition("://")
        if not sign or not scheme or not rest:
            raise refused(
                "it is no address of apprise", "write it as `scheme://…`, such as `json://host/path`"
            )
        return url

    @field_validator("subject", "body")
    @classmethod
    def _is_a_template(cls, text: str | None) -> str | None:
        if text is not None:
            # jinja2 is loaded only where somebody has a template: every command reads the settings.
            from watchkeeper.monitoring.notification.rendering import compiled

            try:
                compiled(text)
            except InvalidInputError as wrong:
                raise refused(wrong.message, wrong.action or "") from None
        return text


class NotificationRouteSettings(Section):
    """Alerts that fit all of it go to its channels; what is left out fits everything."""

    channels: tuple[str, ...] = Field(min_length=1, description="Names of `notification.channels`.")
    severities: tuple[Severity, ...] = Field(default=(), description="Only these, such as `[P0, P1]`.")
    workloads: tuple[str, ...] = Field(default=(), description="Only these; `*` stands for any letters.")
    rules: tuple[str, ...] = Field(
        default=(), description="Only rules of these names; `*` stands for any letters."
    )


class NotificationSettings(Section):
    """How people are told."""

    channels: Annotated[
        Mapping[str, ChannelSettings],
        AfterValidator(lambda channels: MappingProxyType(dict(channels))),
        PlainSerializer(dict, return_type=dict[str, ChannelSettings]),
    ] = Field(default_factory=lambda: MappingProxyType({}), description="Ways to people, by name.")
    routes: tuple[NotificationRouteSettings, ...] = Field(
        default=(), description="What goes over which channels. Empty: everything over all of them."
    )
    first_pause_s: float = Field(
        default=10.0, gt=0, le=3600, description="Seconds until a letter that failed is tried again."
    )
    longest_pause_s: float = Field(
        default=300.0, gt=0, le=86_400, description="The pause doubles with every failure, up to this."
    )
    give_up_after_s: float = Field(
        default=86_400.0, gt=0, description="Seconds after which a letter that fails is given up."
    )

    @model_validator(mode="after")
    def _routes_lead_somewhere(self) -> "NotificationSettings":
        for route in self.routes:
            for name in route.channels:
                if name not in self.channels:
                    known = ", ".join(self.channels) or "none yet"
                    raise refused(
                        f"a route leads to channel {name!r}, which there is not",
                        f"use one of `notification.channels` ({known})",
                    )
        return self
