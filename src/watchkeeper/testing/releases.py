"""Releases in memory, under one contract with those in PostgreSQL; and evidence that is as told."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from watchkeeper.domain.errors import ConflictError
from watchkeeper.releases.course import Move
from watchkeeper.releases.gate import Record
from watchkeeper.releases.proof import Proof
from watchkeeper.releases.release import Release

_ALONE = ("live", "canary")


class InMemoryReleases:
    """A `ReleaseStore` in memory."""

    def __init__(self) -> None:
        self._releases: dict[str, Release] = {}
        self._moves: list[Move] = []
        self._proofs: list[Proof] = []

    def add(self, release: Release, made: Move) -> Release:
        """See `ReleaseStore.add`."""
        if release.release_id not in self._releases:
            self._releases[release.release_id] = release
            self._moves.append(made)
        return self._releases[release.release_id]

    def get(self, release_id: str) -> Release | None:
        """See `ReleaseStore.get`."""
        return self._releases.get(release_id)

    def of(self, workload: str | None = None) -> tuple[Release, ...]:
        """See `ReleaseStore.of`."""
        found = [one for one in self._releases.values() if workload in {None, one.workload}]
        found.sort(key=lambda one: (one.made_at, one.release_id), reverse=True)
        return tuple(sorted(found, key=lambda one: one.workload))

    def apply(self, moves: Sequence[Move]) -> None:
        """See `ReleaseStore.apply`."""
        after = dict(self._releases)
        for one in moves:
            standing = after.get(one.release_id)
            if standing is None or standing.state != one.before:
                raise ConflictError(
                    f"{one.release_id} is no longer {one.before}", action="look again, then decide again"
                )
            after[one.release_id] = replace(standing, state=one.after, share=one.share)
            for state in _ALONE:
                held = [r for r in after.values() if r.workload == one.workload and r.state == state]
                if len(held) > 1:
                    raise ConflictError(
                        f"{one.workload} would have two releases that are {state}",
                        action="look again, then decide again",
                    )
        self._releases = after
        self._moves.extend(moves)

    def moves(self, *, release_id: str | None = None, workload: str | None = None) -> tuple[Move, ...]:
        """See `ReleaseStore.moves`."""
        return tuple(
            one
            for one in self._moves
            if release_id in {None, one.release_id} and workload in {None, one.workload}
        )

    def prove(self, proof: Proof) -> None:
        """See `ReleaseStore.prove`."""
        self._proofs.append(proof)

    def proofs(self, release_id: str) -> tuple[Proof, ...]:
        """See `ReleaseStore.proofs`."""
        return tuple(one for one in reversed(self._proofs) if one.release_id == release_id)


class ToldEvidence:
    """`ReleaseEvidence` that is what a function says of a release."""

    def __init__(self, record: Callable[[str, datetime, datetime | None], Record]) -> None:
        self._record = record

    def record(
        self,
        workload: str,  # noqa: ARG002 - a release's id names its workload
        release_id: str,
        *,
        since: datetime,
        until: datetime | None,
    ) -> Record:
        """See `ReleaseEvidence.record`."""
        return self._record(release_id, since, until)
