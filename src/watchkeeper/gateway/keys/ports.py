"""What keys need kept: the keys, by hash only, and who made and revoked them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watchkeeper.gateway.keys.api_key import ApiKey, KeyAct


@dataclass(frozen=True, slots=True)
class KeySet:
    """All keys as they stood after so many changes."""

    revision: int
    """Another one after every change; 0 before the first, never negative."""
    keys: tuple[ApiKey, ...]
    """By creation."""


class KeyStore(Protocol):
    """The keys of an installation; nothing is ever removed.

    Every method may raise `UnavailableError`, and every write `StorageFullError`.
    """

    def add(self, key: ApiKey) -> None:
        """Keep a new key, and an act of its creation.

        Raises:
            ConflictError: Its id or its hash is taken.
        """
        ...

    def revoke(self, key_id: str, *, by: str, reason: str | None, at: datetime) -> ApiKey:
        """Revoke a key; one that is revoked already stays as it is, and nothing is added.

        Raises:
            NotFoundError: There is no such key.
        """
        ...

    def all(self) -> KeySet:
        """All keys."""
        ...

    def changed(self, since: int) -> KeySet | None:
        """All keys, unless they still are those of revision `since`."""
        ...

    def acts(self) -> Sequence[KeyAct]:
        """The audit, oldest first."""
        ...
