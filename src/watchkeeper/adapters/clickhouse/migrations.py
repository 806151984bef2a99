"""The schema and its versions: an older one is migrated, a newer one refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.sql import query
from watchkeeper.domain.errors import ConflictError

_STATEMENT_END = re.compile(r";[ \t]*\n")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema; its file is never edited once landed.

    ClickHouse has no transactions over tables: each statement must be safe to run again, as a step that
    broke off is run anew, and two servers may run it at once.
    """

    version: int
    sql: str

    def statements(self) -> tuple[str, ...]:
        """Its statements in order; a semicolon ends one only at the end of a line."""
        return tuple(part for part in map(str.strip, _STATEMENT_END.split(self.sql)) if part)


def shipped_migrations() -> tuple[Migration, ...]:
    """The migrations of this version of Watchkeeper, oldest first, from `migrations/<nnnn>_*.sql`."""
    folder = files(__package__).joinpath("migrations")
    steps = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return tuple(
        Migration(int(entry.name.split("_")[0]), entry.read_text(encoding="utf-8"))
        for entry in sorted(steps, key=lambda entry: entry.name)
    )


def migrate(clickhouse: ClickHouse, migrations: Sequence[Migration]) -> None:
    """Bring the database to the newest version.

    Raises:
        ConflictError: A later version of Watchkeeper has written it.
    """
    clickhouse.command(query("make_schema_version"))
    version = clickhouse.number(query("schema_version"))
    newest = migrations[-1].version
    if version > newest:
        raise ConflictError(
            f"the telemetry database {clickhouse.address.named} has schema version {version}; "
            f"this version knows up to {newest}",
            action="use the newer version of Watchkeeper that wrote it, or another database",
        )
    for migration in migrations:
        if migration.version > version:
            for statement in migration.statements():
                clickhouse.command(statement)
            clickhouse.insert("schema_version", {"version": "UInt32"}, [[migration.version]])
