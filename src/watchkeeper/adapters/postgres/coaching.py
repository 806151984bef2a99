"""What coaching keeps, in PostgreSQL."""

import json
from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from watchkeeper.adapters.postgres.database import Database, as_json
from watchkeeper.adapters.postgres.named_sql import statement
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
from watchkeeper.coaching.summary import is_golden, session_figures

Connection = psycopg.Connection[Any]
_EMPTIED = (
    "coaching_orders",
    "coaching_rounds",
    "coached_instructions",
    "golden_examples",
    "coaching_sessions",
)
"""Tables of a complete reset; what points at others goes first."""


class PostgresCoaching:
    """A `CoachingStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def keep(self, session: SessionRow) -> None:
        """See `CoachingStore.keep`."""
        plain = {
            name: getattr(session, name)
            for name in SessionRow.__dataclass_fields__
            if name not in ("rounds", "versions", "extraction")
        }
        with self._database.transaction() as connection:
            connection.execute(statement("coaching/add_session"), {**plain, **session_figures(session)})
            for one in session.rounds:
                lists = {name: json.dumps(list(getattr(one, name))) for name in ("errors", "missing")}
                values = {**asdict(one), **lists}
                connection.execute(statement("coaching/add_round"), values)
            made = [_add_version(connection, one) for one in session.versions]
            if is_golden(session):
                last = session.rounds[-1]
                golden = {
                    "extraction": as_json(session.extraction or {}),
                    "accuracy": last.accuracy,
                    "coverage": last.coverage,
                    "prompt_version": str(made[-1]) if made else None,
                    "created_at": session.at,
                }
                connection.execute(statement("coaching/golden"), {**plain, **golden})
            if session.order_id is not None:
                connection.execute(statement("coaching/use_order"), plain)

    def golden(self, workload: str) -> tuple[GoldenExample, ...]:
        """See `CoachingStore.golden`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            rows = cursor.execute(statement("coaching/golden_examples"), {"workload": workload}).fetchall()
        return tuple(
            GoldenExample(**{**row, "created_at": row["created_at"].astimezone(UTC)}) for row in rows
        )

    def mark_golden(self, workload: str, example_id: str, *, verified_by: str, active: bool) -> bool:
        """See `CoachingStore.mark_golden`."""
        values = {
            "workload": workload,
            "example_id": example_id,
            "verified_by": verified_by,
            "active": active,
        }
        with self._database.transaction() as connection:
            return connection.execute(statement("coaching/mark_golden"), values).fetchone() is not None

    def void(
        self, workload: str, run_ids: Collection[str], *, since: datetime, by: str, reason: str, at: datetime
    ) -> tuple[str, ...]:
        """See `CoachingStore.void`."""
        values = {
            "workload": workload,
            "run_ids": list(run_ids),
            "since": since,
            "by": by,
            "reason": reason,
            "at": at,
        }
        with self._database.transaction() as connection:
            found = connection.execute(statement("coaching/void"), values).fetchall()
            connection.execute(statement("coaching/void_golden"), values)
        return tuple(sorted(session_id for (session_id,) in found))

    def switch(self, switch: Switch) -> None:
        """See `CoachingStore.switch`."""
        with self._database.transaction() as connection:
            connection.execute(statement("coaching/switch"), asdict(switch))

    def switched(self, workload: str) -> Switch | None:
        """See `CoachingStore.switched`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            row = cursor.execute(statement("coaching/switched"), {"workload": workload}).fetchone()
        return None if row is None else Switch(**{**row, "given_at": row["given_at"].astimezone(UTC)})

    def reset(self, workload: str) -> Emptied:
        """See `CoachingStore.reset`."""
        values = {"workload": workload}
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            row = cursor.execute(statement("coaching/reset_counts"), values).fetchone()
            for table in _EMPTIED:
                connection.execute(statement(f"coaching/reset_{table}"), values)
        assert row is not None
        return Emptied(**row)

    def rounds(self, workload: str, *, since: datetime) -> tuple[RoundRow, ...]:
        """See `CoachingStore.rounds`."""
        rows = self._rows("rounds", workload=workload, since=since)
        return tuple(
            RoundRow(**{**row, "errors": tuple(row["errors"]), "missing": tuple(row["missing"])})
            for row in rows
        )

    def add_version(self, version: NewVersion) -> InstructionVersion:
        """See `CoachingStore.add_version`."""
        with self._database.transaction() as connection:
            number = _add_version(connection, version)
        kept = self.versions(version.workload, agent=version.agent)
        return next(one for one in kept if one.version == number)

    def versions(self, workload: str, *, agent: str | None = None) -> tuple[InstructionVersion, ...]:
        """See `CoachingStore.versions`."""
        return tuple(
            InstructionVersion(**row) for row in self._rows("versions", workload=workload, agent=agent)
        )

    def add_order(self, order: StrategyOrder) -> None:
        """See `CoachingStore.add_order`."""
        with self._database.transaction() as connection:
            connection.execute(statement("coaching/add_order"), asdict(order))

    def orders(self, workload: str) -> tuple[StrategyOrder, ...]:
        """See `CoachingStore.orders`."""
        return tuple(StrategyOrder(**row) for row in self._rows("orders", workload=workload))

    def _rows(self, name: str, **values: object) -> list[dict[str, Any]]:
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            found = cursor.execute(statement(f"coaching/{name}"), values).fetchall()
        return [{key: _in_utc(value) for key, value in row.items()} for row in found]


def _add_version(connection: Connection, version: NewVersion) -> int:
    values = {**asdict(version), "content": as_json(version.content)}
    row = connection.execute(statement("coaching/add_version"), values).fetchone()
    assert row is not None  # the number is counted in the same statement
    return int(row[0])


def _in_utc(value: object) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
