"""Settings of a target: one model that can be called, and how it is spared."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PlainSerializer, SecretStr, ValidationInfo, field_validator

from watchkeeper.app.settings_prices import RateSettings
from watchkeeper.app.settings_section import Section, refused

TARGET_NAME = re.compile(r"^[a-z0-9][a-z0-9_.-]*$")
RESERVED_TARGETS = frozenset({"baseline"})
"""Names a target may not take, because routes use them for something else."""
PUBLIC_ADDRESSES: Mapping[str, str] = MappingProxyType(
    {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
)
"""Where each vendor answers, as their own client packages have it."""


class BreakerSettings(Section):
    """When a target that fails is left alone (requirements 2.4)."""

    failures: int = Field(default=5, ge=1, description="Failures in a row that open it.")
    recovery_s: float = Field(default=60.0, gt=0, le=86_400, description="Seconds it stays open.")
    half_open_calls: int = Field(default=3, ge=1, description="Calls at once that may then prove the target.")
    successes: int = Field(default=2, ge=1, description="Successes of those that close it.")


class TargetSettings(Section):
    """One model that can be called."""

    provider: Literal["openai", "anthropic"] = Field(
        description="The dialect it speaks: `openai` or `anthropic`."
    )
    base_url: str = Field(
        default="",
        validate_default=True,
        description="Where it answers, such as `http://127.0.0.1:11434/v1`. Empty: the vendor's own address.",
    )
    model: str = Field(min_length=1, description="The model's name, as the provider knows it.")
    api_key: SecretStr | None = Field(default=None, description="The provider's key, best as `${NAME}`.")
    timeout_s: float = Field(default=60.0, gt=0, le=3600, description="Seconds an answer may take.")
    sends_images: bool = Field(default=False, description="Whether page images may be sent to it.")
    priced_as: str | None = Field(
        default=None,
        min_length=1,
        description="Whose prices apply, as the price table names it. Null: who answers at `base_url`.",
    )
    price: RateSettings = Field(
        default=RateSettings(), description="What its calls cost, over `prices` and the price table."
    )
    context_tokens: int | None = Field(
        default=None,
        ge=1,
        description="The longest input it takes, in tokens; a longer one passes it by. Null: not known.",
    )
    continues: Literal["prefix"] | None = Field(
        default=None,
        description="`prefix`: it goes on with a broken-off answer given to it as the assistant's words.",
    )
    max_concurrency: int | None = Field(
        default=None, ge=1, description="Calls it may have at once, in each gateway process. Null: no limit."
    )
    queue: int = Field(default=100, ge=0, description="Calls that may wait for a place when it is busy.")
    queue_wait_s: float = Field(default=10.0, gt=0, le=3600, description="Seconds a call may wait for one.")
    breaker: BreakerSettings = Field(
        default=BreakerSettings(), description="When it is left alone because it fails."
    )

    @field_validator("base_url")
    @classmethod
    def _is_a_plain_http_url(cls, url: str, info: ValidationInfo) -> str:
        if not url:
            return PUBLIC_ADDRESSES.get(info.data.get("provider", ""), "")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise refused(
                "it is not an http or https URL", "write it in full, such as `http://127.0.0.1:11434/v1`"
            )
        if parts.username or parts.password:
            raise refused("it holds a user or password", "give the key as `api_key: ${NAME}`")
        if parts.query or parts.fragment or not _has_a_port(url):
            raise refused(
                "it holds a query, a fragment or no such port as there is",
                "write it as `https://host/v1`, and the key as `api_key: ${NAME}`",
            )
        return url.rstrip("/")


def _has_a_port(url: str) -> bool:
    """Whether the port is one, or there is none to be wrong."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def _target_names(targets: Mapping[str, TargetSettings]) -> Mapping[str, TargetSettings]:
    for name in targets:
        if not TARGET_NAME.match(name) or name in RESERVED_TARGETS:
            raise refused(
                f"{name!r} cannot be a target's name",
                "use lower-case letters, digits, `-`, `_` and `.`, and not `baseline`",
            )
    return targets


def _frozen(targets: Mapping[str, TargetSettings]) -> Mapping[str, TargetSettings]:
    return MappingProxyType(dict(targets))


Targets = Annotated[
    Mapping[str, TargetSettings],
    AfterValidator(_target_names),
    AfterValidator(_frozen),
    PlainSerializer(dict, return_type=dict[str, TargetSettings]),
]
