"""Experiments in PostgreSQL."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from psycopg.rows import dict_row

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.domain.errors import ConflictError
from watchkeeper.releases.experiments.experiment import Arm, Experiment, Stop

_STOP = {
    "by": "stopped_by",
    "reason": "stopped_reason",
    "at": "stopped_at",
    "told": "told",
    "winner": "winner",
}
"""Fields of a stop, and the columns that tell them beside the experiment's own."""


class PostgresExperiments:
    """An `ExperimentStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def add(self, experiment: Experiment) -> None:
        """See `ExperimentStore.add`."""
        values = asdict(experiment)
        values["arms"] = json.dumps(values["arms"])
        with self._database.transaction() as connection:
            added = connection.execute(statement("experiments/add"), values).fetchone()
        if added is None:
            raise ConflictError(
                f"there was an experiment {experiment.name} already", action="give it a name of its own"
            )

    def get(self, name: str) -> Experiment | None:
        """See `ExperimentStore.get`."""
        return next(iter(self._found(name=name)), None)

    def of(self, workload: str | None = None, *, running: bool = False) -> tuple[Experiment, ...]:
        """See `ExperimentStore.of`."""
        return self._found(workload=workload, running=running)

    def stop(self, name: str, stop: Stop) -> None:
        """See `ExperimentStore.stop`."""
        with self._database.transaction() as connection:
            kept = connection.execute(
                statement("experiments/stop"), {"name": name, **asdict(stop)}
            ).fetchone()
        if kept is None:
            raise ConflictError(
                f"experiment {name} does not run", action=f"see how it ended: `wk experiment show {name}`"
            )

    def _found(
        self, *, name: str | None = None, workload: str | None = None, running: bool = False
    ) -> tuple[Experiment, ...]:
        asked = {"name": name, "workload": workload, "running": running}
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            rows = cursor.execute(statement("experiments/of"), asked).fetchall()
        return tuple(_experiment(row) for row in rows)


def _experiment(row: dict[str, Any]) -> Experiment:
    told = {column: _in_utc(value) for column, value in row.items()}
    ended = {name: told.pop(column) for name, column in _STOP.items()}
    arms = tuple(Arm(**arm) for arm in told.pop("arms"))
    return Experiment(**told, arms=arms, stop=None if ended["at"] is None else Stop(**ended))


def _in_utc(value: object) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
