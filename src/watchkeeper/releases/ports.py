"""What releases need from outside: a place to keep them, and what calls of a release came to.

Every method may raise `UnavailableError` (the engine does not answer), every write `StorageFullError`.
All instants are aware, in UTC.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from watchkeeper.releases.course import Move
from watchkeeper.releases.gate import Record
from watchkeeper.releases.proof import Proof
from watchkeeper.releases.release import Release


class ReleaseStore(Protocol):
    """Releases as they stand, every move they made, and what was proved of them."""

    def add(self, release: Release, made: Move) -> Release:
        """Keep a new release with the move that made it; one of the same id stands as it is.

        Returns:
            The release that is kept under the id.
        """
        ...

    def get(self, release_id: str) -> Release | None:
        """The release as it stands."""
        ...

    def of(self, workload: str | None = None) -> tuple[Release, ...]:
        """Releases of a workload, or of all: by workload, the last made first."""
        ...

    def apply(self, moves: Sequence[Move]) -> None:
        """Make several moves, all or none, in their order; each is kept for ever.

        Raises:
            ConflictError: A release no longer stands where its move begins, or a workload would have two
                live releases or two canaries. Nothing has changed.
        """
        ...

    def moves(self, *, release_id: str | None = None, workload: str | None = None) -> tuple[Move, ...]:
        """Moves, the first first."""
        ...

    def prove(self, proof: Proof) -> None:
        """Keep what a check came to."""
        ...

    def proofs(self, release_id: str) -> tuple[Proof, ...]:
        """What was checked on a release, the last first."""
        ...


class ReleaseEvidence(Protocol):
    """What calls of releases came to, as they were recorded."""

    def record(self, workload: str, release_id: str, *, since: datetime, until: datetime | None) -> Record:
        """The calls of a release in a stretch of time, all of them."""
        ...
