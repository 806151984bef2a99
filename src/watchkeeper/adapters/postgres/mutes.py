"""Silences and maintenance windows, and who stands in on call, in PostgreSQL."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.adapters.postgres.outbox import in_utc
from watchkeeper.monitoring.alerts.matcher import Matcher
from watchkeeper.monitoring.alerts.mute import Mute, MuteKind
from watchkeeper.monitoring.oncall.rotation import Override

_PLAIN = tuple(field.name for field in fields(Mute) if field.name != "matcher")


class PostgresMutes:
    """A `MuteStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def keep(self, mute: Mute) -> None:
        """See `MuteStore.keep`."""
        row = {name: getattr(mute, name) for name in _PLAIN}
        with self._database.transaction() as connection:
            connection.execute(
                statement("mutes/keep"), {**row, "patterns": Jsonb(dict(mute.matcher.patterns))}
            )

    def get(self, mute_id: str) -> Mute | None:
        """See `MuteStore.get`."""
        return next(iter(self._mutes("get", mute_id=mute_id)), None)

    def not_over(self, now: datetime) -> tuple[Mute, ...]:
        """See `MuteStore.not_over`."""
        return self._mutes("not_over", now=now)

    def newest(self, kind: MuteKind, limit: int) -> tuple[Mute, ...]:
        """See `MuteStore.newest`."""
        return self._mutes("newest", kind=kind, limit=limit)

    def _mutes(self, name: str, **values: object) -> tuple[Mute, ...]:
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            return tuple(map(_mute, cursor.execute(statement(f"mutes/{name}"), values)))


class PostgresOverrides:
    """An `OverrideStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def keep(self, override: Override) -> None:
        """See `OverrideStore.keep`."""
        row = {field.name: getattr(override, field.name) for field in fields(override)}
        with self._database.transaction() as connection:
            connection.execute(statement("oncall/keep"), row)

    def not_over(self, now: datetime) -> tuple[Override, ...]:
        """See `OverrideStore.not_over`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            rows = cursor.execute(statement("oncall/not_over"), {"now": now}).fetchall()
        return tuple(Override(**in_utc(row)) for row in rows)


def _mute(row: dict[str, Any]) -> Mute:
    row = in_utc(row)
    return Mute(**{name: row[name] for name in _PLAIN}, matcher=Matcher(row["patterns"]))
