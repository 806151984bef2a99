"""Evaluation runs in memory, under one contract with those in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from watchkeeper.domain.errors import NotFoundError
from watchkeeper.evaluation.eval_line import EvalLine, LineScore
from watchkeeper.evaluation.judge_record import JudgeRecord
from watchkeeper.evaluation.kept_run import KeptRun


class InMemoryEvaluations:
    """An `EvaluationStore` in memory."""

    def __init__(self) -> None:
        self._runs: dict[str, KeptRun] = {}
        self._lines: dict[str, dict[tuple[str, int], EvalLine]] = {}
        self._judges: dict[object, JudgeRecord] = {}

    def begin(self, run: KeptRun) -> KeptRun:
        """See `EvaluationStore.begin`."""
        self._runs.setdefault(run.run_id, run)
        self._lines.setdefault(run.run_id, {})
        return self._told(self._runs[run.run_id])

    def add(self, run_id: str, lines: Sequence[EvalLine]) -> int:
        """See `EvaluationStore.add`."""
        if run_id not in self._runs:
            raise NotFoundError(f"there is no evaluation run {run_id!r}", action="see `wk eval list`")
        kept = self._lines[run_id]
        before = len(kept)
        for one in lines:
            kept.setdefault(one.key, one)
        return len(kept) - before

    def runs(
        self, *, workload: str | None = None, name: str | None = None, limit: int, skip: int = 0
    ) -> tuple[KeptRun, ...]:
        """See `EvaluationStore.runs`."""
        found = [
            self._told(one)
            for one in self._runs.values()
            if workload in {None, one.head.workload} and name in {None, one.head.name}
        ]
        found.sort(key=lambda one: (one.kept_at, one.run_id), reverse=True)
        return tuple(found[skip : skip + limit])

    def run(self, run_id: str) -> KeptRun | None:
        """See `EvaluationStore.run`."""
        found = self._runs.get(run_id)
        return None if found is None else self._told(found)

    def lines(
        self, run_id: str, *, items: Collection[str] | None = None, skip: int = 0, limit: int | None = None
    ) -> tuple[EvalLine, ...]:
        """See `EvaluationStore.lines`."""
        found = [one for one in self._lines.get(run_id, {}).values() if items is None or one.item in items]
        return tuple(found[skip : None if limit is None else skip + limit])

    def figures(self, run_id: str) -> tuple[EvalLine, ...]:
        """See `EvaluationStore.figures`."""
        return tuple(
            replace(
                one,
                output=None,
                receipts=(),
                scores={name: LineScore(value=score.value) for name, score in one.scores.items()},
            )
            for one in self.lines(run_id)
        )

    def measured(self, records: Sequence[JudgeRecord]) -> int:
        """See `EvaluationStore.measured`."""
        before = len(self._judges)
        for one in records:
            self._judges.setdefault(one.key, one)
        return len(self._judges) - before

    def judges(
        self, *, workload: str | None = None, suite: str | None = None, limit: int
    ) -> tuple[JudgeRecord, ...]:
        """See `EvaluationStore.judges`."""
        found = [
            one
            for one in self._judges.values()
            if workload in {None, one.workload} and suite in {None, one.suite}
        ]
        found.sort(key=lambda one: one.quality.judge)
        found.sort(key=lambda one: one.measured_at, reverse=True)
        return tuple(found[:limit])

    def _told(self, run: KeptRun) -> KeptRun:
        return replace(run, answers=len(self._lines[run.run_id]))
