"""How many connections the server has open, and how many it takes."""

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement


def server_connections(database: Database) -> tuple[int, int]:
    """Open ones of all its clients, and the most it takes.

    Raises:
        UnavailableError: It does not answer.
    """
    with database.transaction() as connection:
        row = connection.execute(statement("server/connections")).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])
