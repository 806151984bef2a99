"""Who may send: anybody on this machine; from elsewhere, or where keys are set, whoever has one of ours."""

from collections.abc import Mapping

from watchkeeper.app.key_ring import keys_of_settings
from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_server import is_loopback
from watchkeeper.domain.clock import Clock
from watchkeeper.gateway.keys.api_key import KeyGrant, Right
from watchkeeper.gateway.keys.copy_file import KeyCopy
from watchkeeper.gateway.keys.ring import KeyRing

KEY_HEADER = "x-watchkeeper-key"
_TO_SEND = frozenset({Right.CALL, Right.OPERATE})


def keys_needed(settings: Settings) -> bool:
    """Whether a sender needs a key of ours: the server's rule, for the address OTLP is taken on."""
    return bool(settings.server.keys) or not is_loopback(settings.ingest.host)


class SenderGate:
    """Looks at the key of a request."""

    def __init__(self, settings: Settings, copy: KeyCopy, clock: Clock) -> None:
        self.needed = keys_needed(settings)
        self._ring = KeyRing(keys_of_settings(settings))
        self._copy = copy
        self._clock = clock

    def look_at_keys(self) -> None:
        """Take in the keys that were made, from the copy beside the database."""
        kept = self._copy.read()
        if kept is not None:
            self._ring.take(kept.keys)

    def admit(self, headers: Mapping[str, str]) -> KeyGrant | None:
        """What the sender may do; None where no key is needed.

        Raises:
            KeyRefusedError: A key is needed, and none that is good came.
            KeyForbiddenError: It is good, and not for sending.
            UnavailableError: The keys are not known yet.
        """
        if not self.needed:
            return None
        return self._ring.check(_key_of(headers), self._clock.now(), _TO_SEND)


def _key_of(headers: Mapping[str, str]) -> str | None:
    key = headers.get(KEY_HEADER)
    if key is not None:
        return key
    scheme, _, value = headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None
