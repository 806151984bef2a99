"""Alerts in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.adapters.postgres.outbox import in_utc, letter_row
from watchkeeper.domain.severity import Band
from watchkeeper.monitoring.alerts.alert import Acknowledgement, Alert, Escalation, Notice
from watchkeeper.monitoring.notification.letter import Letter

_PLAIN = (
    "alert_id",
    "rule",
    "workload",
    "about",
    "state",
    "severity",
    "value",
    "level",
    "unit",
    "begun_at",
    "fired_at",
    "resolved_at",
    "seen_at",
    "runbook",
    "cause",
    "muted",
)
"""Columns that are fields of an alert as they are."""


class PostgresAlerts:
    """An `AlertStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def keep(self, alert: Alert) -> None:
        """See `AlertStore.keep`."""
        with self._database.transaction() as connection:
            connection.execute(statement("alerts/keep"), _row(alert))

    def drop(self, alert_id: str) -> None:
        """See `AlertStore.drop`."""
        with self._database.transaction() as connection:
            connection.execute(statement("alerts/drop"), {"alert_id": alert_id})

    def move(self, keep: Sequence[Alert], drop: Sequence[str], letters: Sequence[Letter]) -> None:
        """See `AlertStore.move`."""
        if not (keep or drop or letters):
            return
        with self._database.transaction() as connection, connection.cursor() as cursor:
            cursor.executemany(statement("alerts/keep"), [_row(alert) for alert in keep])
            cursor.executemany(statement("alerts/drop"), [{"alert_id": alert_id} for alert_id in drop])
            cursor.executemany(statement("outbox/put"), [letter_row(letter) for letter in letters])

    def acknowledge(self, alert: Alert) -> None:
        """See `AlertStore.acknowledge`."""
        with self._database.transaction() as connection:
            connection.execute(statement("alerts/acknowledge"), _row(alert))

    def get(self, alert_id: str) -> Alert | None:
        """See `AlertStore.get`."""
        return next(iter(self._alerts("get", alert_id=alert_id)), None)

    def newest_of(self, rule: str) -> Alert | None:
        """See `AlertStore.newest_of`."""
        return next(iter(self._alerts("newest_of", rule=rule)), None)

    def newest_of_each(self) -> tuple[Alert, ...]:
        """See `AlertStore.newest_of_each`."""
        return self._alerts("newest_of_each")

    def active(self) -> tuple[Alert, ...]:
        """See `AlertStore.active`."""
        return self._alerts("active")

    def since(self, instant: datetime) -> tuple[Alert, ...]:
        """See `AlertStore.since`."""
        return self._alerts("since", instant=instant)

    def _alerts(self, name: str, **values: object) -> tuple[Alert, ...]:
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            return tuple(map(_alert, cursor.execute(statement(f"alerts/{name}"), values)))


def _row(alert: Alert) -> dict[str, object]:
    notice, taken_on = alert.notice, alert.acknowledgement
    return {
        **{name: getattr(alert, name) for name in _PLAIN},
        "band": str(alert.band),
        "notice_band": None if notice is None else str(notice.band),
        "notice_at": None if notice is None else notice.at,
        "acknowledged_by": None if taken_on is None else taken_on.by,
        "acknowledged_at": None if taken_on is None else taken_on.at,
        "acknowledged_note": None if taken_on is None else taken_on.note,
        "escalation_begun_at": None if alert.escalation is None else alert.escalation.begun_at,
        "escalation_paged": None if alert.escalation is None else alert.escalation.paged,
    }


def _alert(row: dict[str, Any]) -> Alert:
    row = in_utc(row)
    notice, taken_on, escalation = None, None, None
    if row["notice_at"] is not None:
        notice = Notice(band=Band(row["notice_band"]), at=row["notice_at"])
    if row["acknowledged_at"] is not None:
        taken_on = Acknowledgement(
            by=row["acknowledged_by"], at=row["acknowledged_at"], note=row["acknowledged_note"]
        )
    if row["escalation_begun_at"] is not None:
        escalation = Escalation(begun_at=row["escalation_begun_at"], paged=row["escalation_paged"])
    return Alert(
        **{name: row[name] for name in _PLAIN},
        band=Band(row["band"]),
        notice=notice,
        acknowledgement=taken_on,
        escalation=escalation,
    )
