"""What coaching needs kept."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from watchkeeper.coaching.records import (
    Emptied,
    GoldenExample,
    InstructionVersion,
    NewVersion,
    RoundRow,
    SessionRow,
    StrategyOrder,
    Switch,
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

    def golden(self, workload: str) -> tuple[GoldenExample, ...]:
        """The golden examples of a workload, the last first; those that are not active, too."""
        ...

    def mark_golden(self, workload: str, example_id: str, *, verified_by: str, active: bool) -> bool:
        """Keep who verified an example, and whether it counts; whether there is one of that id."""
        ...

    def void(
        self, workload: str, run_ids: Collection[str], *, since: datetime, by: str, reason: str, at: datetime
    ) -> tuple[str, ...]:
        """Set aside the sessions of some runs since an instant: they stay, and count in nothing any more.

        Their golden examples go out of the library with them.

        Returns:
            The sessions' ids; those set aside before are not among them.
        """
        ...

    def switch(self, switch: Switch) -> None:
        """Keep that coaching was stopped or let go on."""
        ...

    def switched(self, workload: str) -> Switch | None:
        """The last word on whether a workload is coached; None: nobody said, and it is."""
        ...

    def reset(self, workload: str) -> Emptied:
        """Take away every session, version, order and golden example of a workload; all or nothing."""
        ...

    def orders(self, workload: str) -> tuple[StrategyOrder, ...]:
        """Every order there ever was, oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaCoachSaid:
    """What a model said, or why it said nothing."""

    parsed: object | None = None
    error: str | None = None
    final: bool = False
    """Asking again cannot help: the money is spent, or there is no such target."""
    cost_usd: str | None = None


class AskMetaCoach(Protocol):
    """The way to the model that is asked for changes."""

    def __call__(self, told: Mapping[str, Any], *, schema: Mapping[str, Any]) -> MetaCoachSaid:
        """Ask it; a call that fails is an answer with an error, never an exception."""
        ...
