"""The keys as one process knows them: asked on the path of every call, so it answers from memory."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime

from watchkeeper.domain.errors import KeyForbiddenError, KeyRefusedError, UnavailableError
from watchkeeper.gateway.keys.api_key import KEY_PREFIX, RIGHTS, ApiKey, KeyGrant, KeyRole, Right
from watchkeeper.gateway.rate_limit import RateLimit

LONGEST_KEY = 512
"""Characters; longer ones are not even hashed, so that nobody can buy work with a long header."""
TO_CALL = frozenset({Right.CALL})
_MAKE_ONE = "ask an operator for one, made with `wk keys create`"


class _Known:
    """One key in the ring."""

    __slots__ = ("digest", "expires_at", "grant", "revoked_at")

    def __init__(
        self,
        digest: bytes,
        grant: KeyGrant,
        *,
        expires_at: datetime | None = None,
        revoked_at: datetime | None = None,
    ) -> None:
        self.digest = digest
        self.grant = grant
        self.expires_at = expires_at
        self.revoked_at = revoked_at


class KeyRing:
    """Keys by their hash; any thread may ask while another one brings newer keys.

    A key is looked up by its sha256 and compared in constant time, so that an answer's time tells
    nothing about the keys there are.
    """

    def __init__(self, of_settings: Sequence[str] = ()) -> None:
        """Begin with the keys that stand in the settings.

        Args:
            of_settings: They are operators' keys, and have the ids `settings-1`, `settings-2` …
        """
        self._made: dict[bytes, _Known] = {}
        self._was_told = False
        self.use(of_settings)

    def __len__(self) -> int:
        """How many keys are known, those included that are good no more."""
        return len(self._known)

    def use(self, of_settings: Sequence[str]) -> None:
        """Know these keys of the settings, and the made ones as before."""
        self._fixed = dict(_of_settings(number, secret) for number, secret in enumerate(of_settings, start=1))
        self._known = self._made | self._fixed

    def take(self, keys: Iterable[ApiKey]) -> None:
        """Know these made keys and those of the settings, and no others."""
        self._made = dict(_made(key) for key in keys)
        self._known = self._made | self._fixed
        self._was_told = True

    def check(self, secret: str | None, at: datetime, rights: frozenset[Right] = TO_CALL) -> KeyGrant:
        """What a key lets its holder do.

        Args:
            secret: The key that came; None for none.
            at: Now.
            rights: What is to be done with it; one of them is enough.

        Raises:
            KeyRefusedError: It is missing, none of ours, unknown, expired or revoked.
            KeyForbiddenError: It is good, and may not do this.
            UnavailableError: It is not known, and the keys have not been told yet.
        """
        if not secret:
            raise KeyRefusedError("a key is needed here, and none came", action=_MAKE_ONE)
        if not secret.startswith(KEY_PREFIX):
            raise KeyRefusedError(
                "a key of ours is needed here, and another one came",
                action=f"send one that starts with `{KEY_PREFIX}` as `x-watchkeeper-key`; {_MAKE_ONE}",
            )
        found = self._find(secret)
        if found is None and not self._was_told:
            raise UnavailableError(
                "the keys have not been read yet, so it is not known whether this one is good",
                action="ask again in a moment; if it lasts, see that PostgreSQL runs",
            )
        if found is None:
            raise KeyRefusedError("this key is not known here", action=_MAKE_ONE)
        if found.revoked_at is not None:
            raise KeyRefusedError(
                f"key {found.grant.key_id} was revoked at {found.revoked_at:%Y-%m-%dT%H:%M:%SZ}",
                action=_MAKE_ONE,
            )
        if found.expires_at is not None and at >= found.expires_at:
            raise KeyRefusedError(
                f"key {found.grant.key_id} expired at {found.expires_at:%Y-%m-%dT%H:%M:%SZ}", action=_MAKE_ONE
            )
        if rights.isdisjoint(RIGHTS[found.grant.role]):
            raise forbidden(found.grant, rights)
        return found.grant

    def grant_of_id(self, key_id: str, at: datetime) -> KeyGrant | None:
        """The grant of a key by its id; None when there is none, or it is good no more."""
        for one in self._known.values():
            if one.grant.key_id == key_id and one.revoked_at is None:
                return one.grant if one.expires_at is None or at < one.expires_at else None
        return None

    def _find(self, secret: str) -> _Known | None:
        if len(secret) > LONGEST_KEY:
            return None
        digest = hashlib.sha256(secret.encode()).digest()
        found = self._known.get(digest)
        return found if found is not None and hmac.compare_digest(found.digest, digest) else None


def _of_settings(number: int, secret: str) -> tuple[bytes, _Known]:
    digest = hashlib.sha256(secret.encode()).digest()
    name = f"key {number} of the settings"
    return digest, _Known(digest, KeyGrant(key_id=f"settings-{number}", name=name, role=KeyRole.OPERATOR))


def _made(key: ApiKey) -> tuple[bytes, _Known]:
    digest = bytes.fromhex(key.sha256)
    grant = KeyGrant(
        key_id=key.key_id,
        name=key.name,
        role=key.role,
        workload=key.workload,
        rate=_rate(key),
    )
    return digest, _Known(digest, grant, expires_at=key.expires_at, revoked_at=key.revoked_at)


def _rate(key: ApiKey) -> RateLimit | None:
    if key.requests_per_minute is None and key.tokens_per_minute is None:
        return None
    return RateLimit(requests=key.requests_per_minute, tokens=key.tokens_per_minute)


def forbidden(grant: KeyGrant, rights: frozenset[Right]) -> KeyForbiddenError:
    """What to tell the holder of a key that has none of these rights."""
    able = " or ".join(role.value for role, its in RIGHTS.items() if not its.isdisjoint(rights))
    what = "make calls" if rights == TO_CALL else "read this" if Right.READ in rights else "do this"
    return KeyForbiddenError(
        f"key {grant.key_id} ({grant.name}) is a {grant.role}'s key and may not {what}",
        action=f"send a key whose role is {able}",
    )
