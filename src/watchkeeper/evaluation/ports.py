"""What evaluation needs from outside: a place to keep runs and what was measured of judges.

Every method may raise `UnavailableError` (the engine does not answer), every write `StorageFullError`.
All instants are aware, in UTC.
"""

from collections.abc import Collection, Sequence
from typing import Protocol

from watchkeeper.evaluation.eval_line import EvalLine
from watchkeeper.evaluation.judge_record import JudgeRecord
from watchkeeper.evaluation.kept_run import KeptRun


class EvaluationStore(Protocol):
    """Runs with their answers, and measurements of judges; all of it is only ever added to."""

    def begin(self, run: KeptRun) -> KeptRun:
        """Keep a run's head; one of the same id stands as it is.

        Returns:
            The run that is kept under the id.
        """
        ...

    def add(self, run_id: str, lines: Sequence[EvalLine]) -> int:
        """Add answers, all or none; what is kept of an item and repeat stays as it is.

        Returns:
            How many are new.

        Raises:
            NotFoundError: There is no such run.
        """
        ...

    def runs(
        self, *, workload: str | None = None, name: str | None = None, limit: int, skip: int = 0
    ) -> tuple[KeptRun, ...]:
        """Runs, the one kept last first."""
        ...

    def run(self, run_id: str) -> KeptRun | None:
        """One run."""
        ...

    def lines(
        self, run_id: str, *, items: Collection[str] | None = None, skip: int = 0, limit: int | None = None
    ) -> tuple[EvalLine, ...]:
        """A run's answers in the order they came, of some items or of all."""
        ...

    def figures(self, run_id: str) -> tuple[EvalLine, ...]:
        """The same without outputs, receipts and the reasons of scores: what figures are made of."""
        ...

    def measured(self, records: Sequence[JudgeRecord]) -> int:
        """Keep measurements, all or none; one that is kept already stays as it is.

        Returns:
            How many are new.
        """
        ...

    def judges(
        self, *, workload: str | None = None, suite: str | None = None, limit: int
    ) -> tuple[JudgeRecord, ...]:
        """Measurements, the newest first."""
        ...
