"""Settings of the gateway: where it listens, what it lets in, and pass-through."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from watchkeeper.app.settings_section import Section, refused


class GatewaySettings(Section):
    """The gateway: model calls over HTTP."""

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address the gateway listens on; anything but loopback asks callers for a key of ours.",
    )
    port: int = Field(default=8788, ge=0, le=65535, description="Its port; 0 takes any free one.")
    workers: int = Field(default=1, ge=1, le=64, description="Processes that answer on that port.")
    max_body_bytes: int = Field(
        default=32_000_000, ge=1024, description="The longest request that is taken, in bytes."
    )
    body_within_s: float = Field(
        default=60.0, gt=0, le=3600, description="Seconds a request's body may take to arrive."
    )
    drain_s: int = Field(
        default=30, ge=0, le=3600, description="Seconds that calls in flight have to end when it stops."
    )
    keep_content: bool = Field(
        default=True, description="Keep requests and replies, redacted; `content.opt_out` names exceptions."
    )
    keys: Literal["auto", "required"] = Field(
        default="auto",
        description="`required`: a key of ours on loopback too; `auto`: where other machines can call.",
    )


class PassthroughAddress(Section):
    """Where pass-through leads for one dialect."""

    base_url: str = Field(description="The provider's address.")

    @field_validator("base_url")
    @classmethod
    def _is_a_plain_http_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            raise refused("it is not a plain http or https URL", "write it as `https://host/v1`")
        return url.rstrip("/")


class PassthroughSettings(Section):
    """Calls that name neither route nor target, with the client's own provider key."""

    enabled: bool | None = Field(
        default=None, description="Null: as long as `routes` is empty. True or false: always, or never."
    )
    openai: PassthroughAddress = Field(
        default=PassthroughAddress(base_url="https://api.openai.com/v1"),
        description="Where calls in the OpenAI dialect go.",
    )
    anthropic: PassthroughAddress = Field(
        default=PassthroughAddress(base_url="https://api.anthropic.com"),
        description="Where calls in the Anthropic dialect go.",
    )
