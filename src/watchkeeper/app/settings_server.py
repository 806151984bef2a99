"""Settings of the server: where it listens, and whose keys it takes."""

import ipaddress

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.gateway.keys.api_key import KEY_PREFIX

SHORTEST_KEY = 16
"""Characters, prefix included; shorter keys can be guessed."""


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on this host.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class ServerSettings(Section):
    """The server: API and pages."""

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address the server listens on; anything but loopback needs `server.keys`.",
    )
    port: int = Field(
        default=8787, ge=0, le=65535, description="Port of API and pages; 0 takes any free one."
    )
    keys: tuple[SecretStr, ...] = Field(
        default=(),
        validate_default=True,
        description="Keys that callers must send; each starts with `wk-`. Empty: no key is asked for.",
    )

    @field_validator("keys")
    @classmethod
    def _keys_are_ours_and_there_when_needed(
        cls, keys: tuple[SecretStr, ...], info: ValidationInfo
    ) -> tuple[SecretStr, ...]:
        for position, key in enumerate(keys, start=1):
            text = key.get_secret_value()
            if not text.startswith(KEY_PREFIX) or len(text) < SHORTEST_KEY:
                raise refused(
                    f"key {position} does not start with `{KEY_PREFIX}` or is shorter than "
                    f"{SHORTEST_KEY} characters",
                    "make one with `echo wk-$(openssl rand -hex 24)`",
                )
        host = info.data.get("host")
        if host is not None and not keys and not is_loopback(host):
            raise refused(
                f"`server.host` is {host!r}, which other machines can reach, and there is no key",
                "add a key to `server.keys`, or set `server.host` to 127.0.0.1",
            )
        return keys
