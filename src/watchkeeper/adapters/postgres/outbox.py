"""Letters in PostgreSQL: what waits to be told, and all that was."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from psycopg.rows import dict_row

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.monitoring.notification.letter import ChannelStanding, Letter


class PostgresOutbox:
    """An `Outbox` in PostgreSQL; any process may put letters in and send them."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def put(self, letters: Sequence[Letter]) -> None:
        """See `Outbox.put`."""
        with self._database.transaction() as connection, connection.cursor() as cursor:
            cursor.executemany(statement("outbox/put"), [letter_row(letter) for letter in letters])

    def claim(self, channel: str, *, now: datetime, until: datetime) -> Letter | None:
        """See `Outbox.claim`."""
        found = self._letters("claim", channel=channel, now=now, until=until)
        return found[0] if found else None

    def delivered(self, key: str, *, at: datetime) -> None:
        """See `Outbox.delivered`."""
        with self._database.transaction() as connection:
            connection.execute(statement("outbox/delivered"), {"key": key, "at": at})

    def failed(self, key: str, *, at: datetime, problem: str, again_at: datetime | None) -> None:
        """See `Outbox.failed`."""
        values = {"key": key, "at": at, "problem": problem, "again_at": again_at}
        with self._database.transaction() as connection:
            connection.execute(statement("outbox/failed"), values)

    def since(self, instant: datetime) -> tuple[Letter, ...]:
        """See `Outbox.since`."""
        return self._letters("since", instant=instant)

    def channels(self) -> tuple[ChannelStanding, ...]:
        """See `Outbox.channels`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            rows = cursor.execute(statement("outbox/channels")).fetchall()
        return tuple(ChannelStanding(**in_utc(row)) for row in rows)

    def _letters(self, name: str, **values: object) -> tuple[Letter, ...]:
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            rows = cursor.execute(statement(f"outbox/{name}"), values).fetchall()
        return tuple(Letter(**{**in_utc(row), "alert_ids": tuple(row["alert_ids"])}) for row in rows)


def letter_row(letter: Letter) -> dict[str, object]:
    """A letter's columns."""
    row = {field.name: getattr(letter, field.name) for field in fields(letter)}
    return {**row, "alert_ids": list(letter.alert_ids)}


def in_utc(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its instants in UTC, as everything here has them."""
    return {
        name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in row.items()
    }
