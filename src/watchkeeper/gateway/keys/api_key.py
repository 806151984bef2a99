"""An API key of ours as it is kept: hashed, named, with what it may do and until when."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from watchkeeper.gateway.rate_limit import RateLimit

KEY_PREFIX = "wk-"
"""What every key of ours starts with, so that it is never mistaken for a provider's."""
SECRET_BYTES = 24
"""Drawn for a key: 192 bits, which nobody guesses, so that one plain sha256 hides it and no slow hash is
needed."""
_HINT_CHARACTERS = 4


class Right(StrEnum):
    """What a key may be asked to allow."""

    CALL = "call"
    """Make model calls, and report the runs they belong to."""
    READ = "read"
    """Read the API and the pages."""
    OPERATE = "operate"
    """Change things: keys, orders, budgets and all else."""


class KeyRole(StrEnum):
    """Who holds a key: a person on duty, an application that calls models, somebody who looks."""

    OPERATOR = "operator"
    CALLER = "caller"
    READER = "reader"


RIGHTS: Mapping[KeyRole, frozenset[Right]] = {
    KeyRole.OPERATOR: frozenset(Right),
    KeyRole.CALLER: frozenset({Right.CALL}),
    KeyRole.READER: frozenset({Right.READ}),
}
"""An application's key opens nothing that other applications have left behind, so it cannot read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One key; the key itself is known to its holder alone."""

    key_id: str
    """What receipts and budgets name it by."""
    name: str
    sha256: str
    """Of the key, 64 lower-case hex digits."""
    hint: str
    """The key's last characters, so that its holder can tell it from others."""
    role: KeyRole
    workload: str | None = None
    """The one workload its calls belong to; None: whichever a call names."""
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    expires_at: datetime | None = None
    created_at: datetime
    created_by: str
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    revoke_reason: str | None = None

    def state(self, at: datetime) -> str:
        """`active`, `expired` or `revoked`, at an instant."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and at >= self.expires_at else "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAct:
    """A line of the audit of keys: added and never changed or removed."""

    key_id: str
    act: str
    """`created` or `revoked`."""
    by: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyGrant:
    """What a good key lets its holder do."""

    key_id: str
    name: str
    role: KeyRole
    workload: str | None = None
    """The one its calls belong to."""
    rate: RateLimit | None = None
    """What its calls may use in a minute."""

    def allows(self, right: Right) -> bool:
        """Whether it may do this."""
        return right in RIGHTS[self.role]


def secret_of(drawn: bytes) -> str:
    """A key made of bytes drawn by chance.

    >>> secret_of(bytes(3))
    'wk-000000'
    """
    return KEY_PREFIX + drawn.hex()


def hash_of(secret: str) -> str:
    """What is kept of a key: its sha256, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hint_of(secret: str) -> str:
    """What may be shown of a key.

    >>> hint_of("wk-000000000000abcd")
    'abcd'
    """
    return secret[-_HINT_CHARACTERS:]
