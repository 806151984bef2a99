"""What coaching needs kept."""

from datetime import datetime
from typing import Protocol

from watchkeeper.coaching.records import (
    InstructionVersion,
    NewVersion,
    RoundRow,
    SessionRow,
    StrategyOrder,
)


class CoachingStore(Protocol):
    """Sessions, versions of instructions, orders; only an order's use is ever changed."""

    def keep(self, session: SessionRow) -> None:
        """Keep a session, its rounds, versions, golden example and used order: all of it or nothing."""
        ...

    def rounds(self, workload: str, *, since: datetime) -> tuple[RoundRow, ...]:
        """The rounds of a workload since an instant, by time, session and round."""
        ...

    def add_version(self, version: NewVersion) -> InstructionVersion:
        """Keep an agent's next version, and give it with its number."""
        ...

    def versions(self, workload: str, *, agent: str | None = None) -> tuple[InstructionVersion, ...]:
        """Every version of one agent or all, by agent and version."""
        ...

    def add_order(self, order: StrategyOrder) -> None:
        """Keep an order."""
        ...

    def orders(self, workload: str) -> tuple[StrategyOrder, ...]:
        """Every order there ever was, oldest first."""
        ...
