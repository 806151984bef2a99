"""Who may call the gateway: anybody on this machine, and from elsewhere whoever has a key of ours."""

from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_server import is_loopback
from watchkeeper.domain.clock import Clock
from watchkeeper.gateway.keys.api_key import KEY_PREFIX, KeyGrant, Right
from watchkeeper.gateway.keys.ring import KeyRing


def keys_needed(settings: Settings) -> bool:
    """Whether a call needs a key of ours: from anywhere but this machine, or wherever it is asked for.

    On loopback a key that was made for somebody takes nothing from the others on this machine; with
    `gateway.keys: required` it does, as behind a proxy that lets the world in on this machine's behalf.
    """
    return settings.gateway.keys == "required" or not is_loopback(settings.gateway.host)


class RingGate:
    """Lets in whom the ring knows; where no key is needed, also who brings none of ours."""

    def __init__(self, ring: KeyRing, clock: Clock, *, needed: bool) -> None:
        """Stand before a gateway.

        Args:
            ring: The keys there are.
            clock: Tells which are over.
            needed: Whether who brings no key of ours stays outside.
        """
        self.needed = needed
        self._ring = ring
        self._clock = clock

    def admit(self, key: str | None) -> KeyGrant | None:
        """See `KeyGate.admit`."""
        if not self.needed and (key is None or not key.startswith(KEY_PREFIX)):
            return None
        return self._ring.check(key, self._clock.now())

    def let_look(self, key: str | None) -> None:
        """See `KeyGate.let_look`."""
        if self.needed:
            self._ring.check(key, self._clock.now(), frozenset(Right))
