"""A copy of the keys on disk, hashes only, so that a gateway serves them while the database is away."""

import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from watchkeeper.gateway.keys.api_key import ApiKey, KeyRole
from watchkeeper.gateway.keys.ports import KeySet

FORMAT = 1
_INSTANTS = ("expires_at", "created_at", "revoked_at")


class KeyCopy:
    """One file that holds a key set; written whole or not at all, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, keys: KeySet) -> None:
        """Keep this set in place of the one there is.

        Raises:
            OSError: It cannot be written; the old one stays.
        """
        rows = [_row(key) for key in keys.keys]
        text = json.dumps({"format": FORMAT, "revision": keys.revision, "keys": rows}, indent=1)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
        # Whatever a writer that was killed left there may be readable by others.
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)

    def read(self) -> KeySet | None:
        """The set that was kept; None when there is none, or it cannot be read as one."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            if found["format"] != FORMAT:
                return None
            return KeySet(int(found["revision"]), tuple(_key(row) for row in found["keys"]))
        except (OSError, ValueError, KeyError, TypeError):
            # Nobody is let in by a file that cannot be read: the database has the keys.
            return None


def _row(key: ApiKey) -> dict[str, Any]:
    row = asdict(key)
    for name in _INSTANTS:
        row[name] = None if row[name] is None else row[name].isoformat()
    return row


def _key(row: dict[str, Any]) -> ApiKey:
    instants = {name: None if row[name] is None else datetime.fromisoformat(row[name]) for name in _INSTANTS}
    key = ApiKey(**{**row, **instants, "role": KeyRole(row["role"])})
    if len(bytes.fromhex(key.sha256)) != 32:
        raise ValueError("not a sha256")
    return key
