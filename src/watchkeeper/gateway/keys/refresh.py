"""Keeping a ring of keys in step with the store, and its copy on disk with the ring."""

import logging
from threading import Lock

from watchkeeper.domain.errors import UnavailableError
from watchkeeper.gateway.keys.copy_file import KeyCopy
from watchkeeper.gateway.keys.ports import KeySet, KeyStore
from watchkeeper.gateway.keys.ring import KeyRing

_log = logging.getLogger(__name__)


class KeyRefresh:
    """Brings changes of the store into a ring.

    Until the store has answered once, the ring has the keys of the copy: those of the last time.
    """

    def __init__(self, ring: KeyRing, store: KeyStore, copy: KeyCopy | None = None) -> None:
        """Begin with the copy's keys.

        Args:
            ring: What is kept in step.
            store: Where the keys are.
            copy: A file beside; None for a process that cannot serve without the store anyway.
        """
        self._ring = ring
        self._store = store
        self._copy = copy
        self._revision = -1
        self._turning = Lock()
        kept = copy.read() if copy is not None else None
        self.problem: str | None = "the keys have not been read yet"
        """Why the ring may be behind the store; None when it is in step."""
        if kept is not None:
            ring.take(kept.keys)

    def turn(self) -> bool:
        """Look for changes once; whether there was one.

        Raises:
            UnavailableError: The store does not answer; the ring keeps what it has.
        """
        with self._turning:
            try:
                found = self._store.changed(self._revision)
            except UnavailableError as failure:
                self.problem = failure.message
                raise
            self.problem = None
            if found is None:
                return False
            self._ring.take(found.keys)
            self._revision = found.revision
            self._keep(found)
            return True

    def _keep(self, found: KeySet) -> None:
        if self._copy is None:
            return
        try:
            self._copy.write(found)
        except OSError as failure:
            # The ring is right all the same; only a start without the database would miss the change.
            _log.error("the copy of the keys could not be written: %s", failure)
            self.problem = f"the copy of the keys could not be written: {failure.strerror}"
