"""What tests of every folder share."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""No test asserts a time: a busy machine makes examples slow, and no property false."""
settings.register_profile("gate", UNTIMED)
settings.register_profile("fast", UNTIMED, max_examples=20)
"""Of `make test`; the full gate tries each property on Hypothesis's own hundred examples."""
settings.load_profile("gate")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A libpq connection string of an embedded PostgreSQL, migrated, for the whole session.

    Tests share it: each works in a workload of its own, or empties the tables first.
    """
    from watchkeeper.adapters.clock import SystemClock
    from watchkeeper.adapters.postgres.embedded import EmbeddedPostgres
    from watchkeeper.adapters.postgres.migrate import migrate

    data_dir = tmp_path_factory.mktemp("postgres-session")
    with EmbeddedPostgres(data_dir, linger_s=0.2) as conninfo:
        migrate(conninfo, clock=SystemClock(), backup_dir=data_dir / "backups")
        yield conninfo
