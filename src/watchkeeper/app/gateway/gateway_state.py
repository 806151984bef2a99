"""What one gateway worker knows; every request finds it there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from watchkeeper.app.data_folder import prepare_data_folder
from watchkeeper.app.gateway.figures import GatewayFigures, SnapshotFolder
from watchkeeper.app.settings import Settings
from watchkeeper.domain.errors import StorageFullError
from watchkeeper.gateway.keys.api_key import KeyGrant
from watchkeeper.gateway.relay.relay import Relay


class KeyGate(Protocol):
    """Who may call."""

    def admit(self, key: str | None) -> KeyGrant | None:
        """What a caller may do; None where no key is needed, and none of ours came.

        Args:
            key: The key that came, ours or a provider's; None for none.

        Raises:
            KeyRefusedError: A key of ours is needed, or the one that came is not good.
            KeyForbiddenError: The key is not for calls.
            UnavailableError: The keys have not been read yet.
        """
        ...


RECEIPTS = "receipts"
"""The part without which nothing is served: a call nobody could account for is not made."""


@dataclass(slots=True, kw_only=True)
class GatewayState:
    """One gateway worker."""

    settings: Settings
    data_dir: Path
    relay: Relay
    keys: KeyGate
    figures: GatewayFigures
    snapshots: SnapshotFolder
    is_alive: Callable[[str], bool]
    """Whether the worker of a snapshot still lives."""
    problems: dict[str, str] = field(default_factory=dict)
    """What does not work at the moment, by part; only what serving cannot do without makes it unready."""
    needed: frozenset[str] = frozenset({RECEIPTS})
    in_flight: int = 0
    stopping: bool = False

    def check_receipts(self) -> None:
        """Refuse a call while receipts cannot be written.

        Raises:
            StorageFullError: They could not be, the last time.
        """
        problem = self.problems.get(RECEIPTS)
        if problem is not None:
            raise StorageFullError(problem, action="make room on the disk; the gateway looks again by itself")

    def look_at_disk(self) -> None:
        """See whether receipts can be written again, if they could not be.

        Raises:
            StorageFullError: They still cannot.
        """
        if RECEIPTS in self.problems:
            prepare_data_folder(self.data_dir)
            del self.problems[RECEIPTS]

    def reasons_not_ready(self) -> tuple[str, ...]:
        """Why it should get no calls; empty when it should."""
        stopping = ("the gateway is stopping",) if self.stopping else ()
        return stopping + tuple(
            f"{part}: {why}" for part, why in sorted(self.problems.items()) if part in self.needed
        )

    def parts(self) -> dict[str, dict[str, str]]:
        """Every part with a problem, needed or not."""
        return {
            part: {"state": "failed", "reason": why, "needed": str(part in self.needed).lower()}
            for part, why in sorted(self.problems.items())
        }

    async def leave_figures(self) -> None:
        """Leave this worker's figures where the others find them."""
        await asyncio.to_thread(self.snapshots.write, self.figures.snapshot())

    def figures_of_all_workers(self) -> str:
        """The figures of all workers of this data folder, as one sum."""
        others = self.snapshots.of_others()
        living = [snapshot for worker, snapshot in others.items() if self.is_alive(worker)]
        gone = [snapshot for worker, snapshot in others.items() if not self.is_alive(worker)]
        return self.figures.exposition(living, gone=gone)
