"""What gateway workers tell of themselves, in PostgreSQL."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from psycopg.rows import kwargs_row

from watchkeeper.adapters.postgres.database import Database, as_json
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.gateway.orders.worker_report import BreakerTold, CacheTold, WorkerReport
from watchkeeper.gateway.rate_limit import Minute

_COLUMNS = ("worker_id", "gateway", "pid", "started_at", "seen_at")


class PostgresGatewayWorkers:
    """A `WorkerStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def tell(self, report: WorkerReport) -> None:
        """See `WorkerStore.tell`."""
        columns = {name: getattr(report, name) for name in _COLUMNS}
        with self._database.transaction() as connection:
            connection.execute(
                statement("gateway_workers/tell"), {**columns, "report": as_json(_told(report))}
            )

    def leave(self, worker_id: str) -> None:
        """See `WorkerStore.leave`."""
        with self._database.transaction() as connection:
            connection.execute(statement("gateway_workers/leave"), {"worker_id": worker_id})

    def reports(self) -> tuple[WorkerReport, ...]:
        """See `WorkerStore.reports`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=kwargs_row(_report))
            return tuple(cursor.execute(statement("gateway_workers/reports")).fetchall())

    def forget(self, *, before: datetime) -> int:
        """See `WorkerStore.forget`."""
        with self._database.transaction() as connection:
            return connection.execute(statement("gateway_workers/forget"), {"before": before}).rowcount


def _told(report: WorkerReport) -> dict[str, object]:
    return {
        "address": report.address,
        "in_flight": report.in_flight,
        "breakers": {name: asdict(one) for name, one in report.breakers.items()},
        "caches": {name: asdict(one) for name, one in report.caches.items()},
        "minutes": {key: asdict(one) for key, one in report.minutes.items()},
        "problems": dict(report.problems),
    }


def _report(
    *, report: dict[str, Any], started_at: datetime, seen_at: datetime, **columns: Any
) -> WorkerReport:
    return WorkerReport(
        started_at=started_at.astimezone(UTC),
        seen_at=seen_at.astimezone(UTC),
        address=report["address"],
        in_flight=report["in_flight"],
        breakers={name: BreakerTold(**one) for name, one in report["breakers"].items()},
        caches={name: CacheTold(**one) for name, one in report["caches"].items()},
        minutes={key: Minute(**one) for key, one in report["minutes"].items()},
        problems=report["problems"],
        **columns,
    )
