"""What coaching keeps, in memory, under one contract with PostgreSQL."""

from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime

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
from watchkeeper.coaching.summary import is_golden


class InMemoryCoaching:
    """A `CoachingStore` in memory."""

    def __init__(self) -> None:
        self.sessions: dict[str, SessionRow] = {}
        self._versions: list[InstructionVersion] = []
        self._orders: list[StrategyOrder] = []
        self._voided: set[str] = set()
        self._verified: dict[str, tuple[str, bool]] = {}
        self._versions_of: dict[str, str] = {}
        self._switches: list[Switch] = []

    def keep(self, session: SessionRow) -> None:
        """See `CoachingStore.keep`."""
        if session.session_id in self.sessions:
            raise ValueError(f"session {session.session_id} is there already")
        self.sessions[session.session_id] = session
        for version in session.versions:
            self._versions_of[session.session_id] = str(self.add_version(version).version)
        self._orders = [
            replace(one, used_at=session.at, used_by_session=session.session_id)
            if one.order_id == session.order_id and one.used_at is None
            else one
            for one in self._orders
        ]

    def _counting(self) -> list[SessionRow]:
        return [one for one in self.sessions.values() if one.session_id not in self._voided]

    def golden(self, workload: str) -> tuple[GoldenExample, ...]:
        """See `CoachingStore.golden`."""
        made = [
            GoldenExample(
                example_id=one.session_id,
                workload=workload,
                document=one.document,
                agent=one.agent,
                extraction=dict(one.extraction or {}),
                accuracy=one.rounds[-1].accuracy,
                coverage=one.rounds[-1].coverage,
                prompt_version=self._versions_of.get(one.session_id),
                verified_by=self._verified.get(one.session_id, ("auto", True))[0],
                active=self._verified.get(one.session_id, ("auto", one.session_id not in self._voided))[1],
                created_at=one.at,
            )
            for one in self.sessions.values()
            if one.workload == workload and is_golden(one)
        ]
        made.sort(key=lambda one: one.example_id)
        return tuple(sorted(made, key=lambda one: one.created_at, reverse=True))

    def mark_golden(self, workload: str, example_id: str, *, verified_by: str, active: bool) -> bool:
        """See `CoachingStore.mark_golden`."""
        if all(one.example_id != example_id for one in self.golden(workload)):
            return False
        self._verified[example_id] = (verified_by, active)
        return True

    def void(
        self,
        workload: str,
        run_ids: Collection[str],
        *,
        since: datetime,
        by: str,  # noqa: ARG002 - a fake keeps no audit
        reason: str,  # noqa: ARG002
        at: datetime,  # noqa: ARG002
    ) -> tuple[str, ...]:
        """See `CoachingStore.void`."""
        found = {
            one.session_id
            for one in self._counting()
            if one.workload == workload and one.run_id in run_ids and one.at >= since
        }
        self._voided |= found
        return tuple(sorted(found))

    def switch(self, switch: Switch) -> None:
        """See `CoachingStore.switch`."""
        self._switches.append(switch)

    def switched(self, workload: str) -> Switch | None:
        """See `CoachingStore.switched`."""
        return next((one for one in reversed(self._switches) if one.workload == workload), None)

    def reset(self, workload: str) -> Emptied:
        """See `CoachingStore.reset`."""
        of_it = [one for one in self.sessions.values() if one.workload == workload]
        emptied = Emptied(
            sessions=len(of_it),
            versions=len(self.versions(workload)),
            golden_examples=sum(map(is_golden, of_it)),
        )
        self.sessions = {key: one for key, one in self.sessions.items() if one.workload != workload}
        self._versions = [one for one in self._versions if one.workload != workload]
        self._orders = [one for one in self._orders if one.workload != workload]
        return emptied

    def rounds(self, workload: str, *, since: datetime) -> tuple[RoundRow, ...]:
        """See `CoachingStore.rounds`."""
        rows = [row for one in self._counting() for row in one.rounds]
        found = [row for row in rows if row.workload == workload and row.created_at >= since]
        return tuple(sorted(found, key=lambda row: (row.created_at, row.session_id, row.round)))

    def add_version(self, version: NewVersion) -> InstructionVersion:
        """See `CoachingStore.add_version`."""
        last = max((one.version for one in self.versions(version.workload, agent=version.agent)), default=0)
        plain = {name: getattr(version, name) for name in NewVersion.__dataclass_fields__}
        plain["parent"] = version.parent if version.parent is not None else (last or None)
        made = InstructionVersion(**plain, version=last + 1)
        self._versions.append(made)
        return made

    def versions(self, workload: str, *, agent: str | None = None) -> tuple[InstructionVersion, ...]:
        """See `CoachingStore.versions`."""
        found = [one for one in self._versions if one.workload == workload and agent in (None, one.agent)]
        return tuple(sorted(found, key=lambda one: (one.agent, one.version)))

    def add_order(self, order: StrategyOrder) -> None:
        """See `CoachingStore.add_order`."""
        self._orders.append(StrategyOrder(**asdict(order)))

    def orders(self, workload: str) -> tuple[StrategyOrder, ...]:
        """See `CoachingStore.orders`."""
        found = [one for one in self._orders if one.workload == workload]
        return tuple(sorted(found, key=lambda one: (one.given_at, one.order_id)))
