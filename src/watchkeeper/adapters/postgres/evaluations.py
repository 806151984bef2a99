"""Evaluation runs and what was measured of judges, in PostgreSQL."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC
from typing import Any

from psycopg.rows import dict_row

from watchkeeper.adapters.postgres.database import Database, as_json
from watchkeeper.adapters.postgres.named_sql import statement
from watchkeeper.domain.errors import InvalidInputError, NotFoundError
from watchkeeper.evaluation.eval_line import EvalHead, EvalLine, LineScore
from watchkeeper.evaluation.judge_quality import JudgeQuality
from watchkeeper.evaluation.judge_record import JudgeRecord
from watchkeeper.evaluation.kept_run import KeptRun
from watchkeeper.statistics.judged_share import Confusion

_HEAD = tuple(EvalHead.__dataclass_fields__)
_JUDGE = ("judge", "version", "undecided", "unsteady", "disagrees")
_COUNTS = tuple(Confusion.__dataclass_fields__)


class PostgresEvaluations:
    """An `EvaluationStore` in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        """Work on a migrated database."""
        self._database = database

    def begin(self, run: KeptRun) -> KeptRun:
        """See `EvaluationStore.begin`."""
        values = {
            **asdict(run.head),
            "scorers": as_json(run.head.scorers),
            "run_id": run.run_id,
            "kept_at": run.kept_at,
            "kept_by": run.kept_by,
        }
        with self._database.transaction() as connection:
            connection.execute(statement("evaluation/begin"), values)
        kept = self.run(run.run_id)
        assert kept is not None
        return kept

    def add(self, run_id: str, lines: Sequence[EvalLine]) -> int:
        """See `EvaluationStore.add`."""
        if self.run(run_id) is None:
            raise NotFoundError(f"there is no evaluation run {run_id!r}", action="see `wk eval list`")
        with self._database.transaction() as connection:
            cursor = connection.cursor()
            cursor.executemany(statement("evaluation/add"), [_values(run_id, one) for one in lines])
            return max(0, cursor.rowcount)

    def runs(
        self, *, workload: str | None = None, name: str | None = None, limit: int, skip: int = 0
    ) -> tuple[KeptRun, ...]:
        """See `EvaluationStore.runs`."""
        return self._runs(workload=workload, name=name, limit=limit, skip=skip)

    def run(self, run_id: str) -> KeptRun | None:
        """See `EvaluationStore.run`."""
        return next(iter(self._runs(run_id=run_id)), None)

    def lines(
        self, run_id: str, *, items: Collection[str] | None = None, skip: int = 0, limit: int | None = None
    ) -> tuple[EvalLine, ...]:
        """See `EvaluationStore.lines`."""
        wanted = None if items is None else list(items)
        return tuple(map(_line, self._rows("lines", run_id=run_id, items=wanted, skip=skip, limit=limit)))

    def figures(self, run_id: str) -> tuple[EvalLine, ...]:
        """See `EvaluationStore.figures`."""
        return tuple(map(_line, self._rows("figures", run_id=run_id)))

    def measured(self, records: Sequence[JudgeRecord]) -> int:
        """See `EvaluationStore.measured`."""
        with self._database.transaction() as connection:
            cursor = connection.cursor()
            cursor.executemany(statement("evaluation/measured"), [_measurement(one) for one in records])
            return max(0, cursor.rowcount)

    def judges(
        self, *, workload: str | None = None, suite: str | None = None, limit: int
    ) -> tuple[JudgeRecord, ...]:
        """See `EvaluationStore.judges`."""
        return tuple(map(_record, self._rows("judges", workload=workload, suite=suite, limit=limit)))

    def _runs(self, **asked: object) -> tuple[KeptRun, ...]:
        usual = {"run_id": None, "workload": None, "name": None, "limit": None, "skip": 0}
        return tuple(
            KeptRun(
                run_id=row["run_id"],
                head=EvalHead(**{name: row[name] for name in _HEAD}),
                kept_at=row["kept_at"].astimezone(UTC),
                kept_by=row["kept_by"],
                answers=row["answers"],
            )
            for row in self._rows("runs", **{**usual, **asked})
        )

    def _rows(self, name: str, /, **values: object) -> list[dict[str, Any]]:
        with self._database.transaction() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            return cursor.execute(statement(f"evaluation/{name}"), values).fetchall()


def _values(run_id: str, line: EvalLine) -> dict[str, object]:
    return {
        "run_id": run_id,
        "item": line.item,
        "repeat": line.repeat,
        "output": None if line.output is None else _any_json(line.output),
        "error": line.error,
        "seconds": line.seconds,
        "cost_usd": line.cost_usd,
        "receipts": json.dumps(list(line.receipts)),
        "scores": as_json({name: score.value for name, score in line.scores.items()}),
        "reasons": as_json({name: score.reason for name, score in line.scores.items() if score.reason}),
    }


def _any_json(value: object) -> str:
    """An output as JSON text, of whatever kind it is."""
    try:
        return json.dumps(value, allow_nan=False, default=str)
    except (TypeError, ValueError) as problem:
        raise InvalidInputError(f"this cannot be kept as JSON: {problem}") from problem


def _line(row: Mapping[str, Any]) -> EvalLine:
    reasons = row.get("reasons", {})
    return EvalLine(
        item=row["item"],
        repeat=row["repeat"],
        output=row.get("output"),
        error=row["error"],
        seconds=row["seconds"],
        cost_usd=row["cost_usd"],
        receipts=tuple(row.get("receipts", ())),
        scores={
            name: LineScore(value=value, reason=reasons.get(name, ""))
            for name, value in row["scores"].items()
        },
    )


def _measurement(record: JudgeRecord) -> dict[str, object]:
    quality = record.quality
    return {
        **{name: getattr(record, name) for name in JudgeRecord.__dataclass_fields__ if name != "quality"},
        **asdict(quality.confusion),
        "judge": quality.judge,
        "version": quality.version,
        "undecided": quality.undecided,
        "unsteady": quality.unsteady,
        "disagrees": as_json(quality.disagrees),
        "erred": json.dumps(list(quality.erred)),
    }


def _record(row: Mapping[str, Any]) -> JudgeRecord:
    confusion = Confusion(**{name: row[name] for name in _COUNTS})
    return JudgeRecord(
        workload=row["workload"],
        suite=row["suite"],
        dataset=row["dataset"],
        dataset_sha256=row["dataset_sha256"],
        repeats=row["repeats"],
        quality=JudgeQuality.of(confusion, **{name: row[name] for name in _JUDGE}, erred=tuple(row["erred"])),
        measured_at=row["measured_at"].astimezone(UTC),
        kept_by=row["kept_by"],
    )
