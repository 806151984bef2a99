"""Who may call the gateway: anybody on this machine, and from elsewhere whoever has a key of ours."""

from collections.abc import Mapping
from dataclasses import replace

from watchkeeper.app.settings import Settings, is_loopback
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import KeyForbiddenError
from watchkeeper.gateway.keys.api_key import KEY_PREFIX, KeyGrant
from watchkeeper.gateway.keys.ring import KeyRing
from watchkeeper.gateway.rate_limit import RateLimit
from watchkeeper.gateway.relay.caller import Caller


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

    def admit(self, caller: Caller, key: str | None, *, credentials: Mapping[str, str]) -> Caller:
        """See `KeyGate.admit`.

        Raises:
            KeyRefusedError: A key of ours is needed, or the one that came is not good.
            KeyForbiddenError: The key is no caller's, or is pinned to another workload.
            UnavailableError: The keys have not been read yet.
        """
        if not self.needed and (key is None or not key.startswith(KEY_PREFIX)):
            return replace(caller, credentials=credentials) if credentials else caller
        grant = self._ring.check(key, self._clock.now())
        return replace(
            caller,
            key_id=grant.key_id,
            workload=_workload(grant, caller),
            rate=_rate(grant),
            credentials=credentials,
        )


def _workload(grant: KeyGrant, caller: Caller) -> str | None:
    if grant.workload is None:
        return caller.workload
    if caller.workload not in (None, grant.workload):
        raise KeyForbiddenError(
            f"key {grant.key_id} is for calls of workload {grant.workload!r}, and this one names another",
            action="leave out x-watchkeeper-workload, or send the key of that workload",
        )
    return grant.workload


def _rate(grant: KeyGrant) -> RateLimit | None:
    if grant.requests_per_minute is None and grant.tokens_per_minute is None:
        return None
    return RateLimit(requests=grant.requests_per_minute, tokens=grant.tokens_per_minute)
