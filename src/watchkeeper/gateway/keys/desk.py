"""Where operators make, list and revoke keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.gateway.keys.api_key import (
    SECRET_BYTES,
    ApiKey,
    KeyAct,
    KeyRole,
    hash_of,
    hint_of,
    secret_of,
)
from watchkeeper.gateway.keys.ports import KeyStore

Draw = Callable[[int], bytes]
"""So many bytes by chance, such as `secrets.token_bytes`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWanted:
    """A key somebody asks for."""

    name: str
    role: KeyRole = KeyRole.CALLER
    workload: str | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key just made: the only moment at which it can be read."""

    key: ApiKey
    secret: str


class KeyDesk:
    """Makes, lists and revokes keys."""

    def __init__(self, store: KeyStore, *, clock: Clock, ids: IdSource, draw: Draw) -> None:
        self.store = store
        self._clock = clock
        self._ids = ids
        self._draw = draw

    def create(self, wanted: KeyWanted, *, by: str) -> MadeKey:
        """Make a key.

        Raises:
            InvalidInputError: It would have expired already, or is a reader's with limits of calls.
        """
        now = self._clock.now()
        if wanted.expires_at is not None and wanted.expires_at <= now:
            raise InvalidInputError(
                f"a key that expires at {wanted.expires_at:%Y-%m-%dT%H:%M:%SZ} is good for nothing",
                action="give an instant to come, or none",
            )
        bound = (wanted.workload, wanted.requests_per_minute, wanted.tokens_per_minute)
        if wanted.role is KeyRole.READER and any(one is not None for one in bound):
            raise InvalidInputError(
                "a reader's key makes no calls, so it has no workload and no limits of calls",
                action="leave them out, or make a caller's key",
            )
        secret = secret_of(self._draw(SECRET_BYTES))
        key = ApiKey(
            key_id=f"key-{self._ids.span_id()}",
            name=wanted.name,
            sha256=hash_of(secret),
            hint=hint_of(secret),
            role=wanted.role,
            workload=wanted.workload,
            requests_per_minute=wanted.requests_per_minute,
            tokens_per_minute=wanted.tokens_per_minute,
            expires_at=wanted.expires_at,
            created_at=now,
            created_by=by,
        )
        self.store.add(key)
        return MadeKey(key, secret)

    def revoke(self, key_id: str, *, by: str, reason: str | None = None) -> ApiKey:
        """Revoke a key, for ever; twice is as good as once.

        Raises:
            NotFoundError: There is no such key.
        """
        return self.store.revoke(key_id, by=by, reason=reason, at=self._clock.now())

    def listing(self) -> tuple[ApiKey, ...]:
        """Every key there ever was, by creation."""
        return self.store.all().keys

    def audit(self) -> Sequence[KeyAct]:
        """Who made and revoked which key, oldest first."""
        return self.store.acts()
