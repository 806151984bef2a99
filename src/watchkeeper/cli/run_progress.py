"""A run's progress for a person: a bar with pages a second and ETA, and a line per trouble."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from watchkeeper.batch.progress import Progress as Rates
from watchkeeper.cli.printing import print_line
from watchkeeper.domain.clock import Clock
from watchkeeper.workloads.annual_reports.result_line import DocumentResult


class RunProgress:
    """Shows a run on the error stream, so that output can be piped; quiet when it is no terminal."""

    def __init__(self, clock: Clock, *, quiet: bool) -> None:
        self._clock = clock
        self._quiet = quiet
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TextColumn("{task.fields[eta]}"),
            console=Console(file=sys.stderr),
            disable=quiet or not sys.stderr.isatty(),
        )
        self._task: TaskID | None = None
        self._begun: tuple[str, int] | None = None
        self._finished = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()
        if self._begun is not None and isinstance(error, KeyboardInterrupt):
            run_id, documents = self._begun
            print_line(
                f"interrupted: {self._finished} of {documents} documents are finished; the same command with "
                f"`--resume {run_id}` goes on",
                to=sys.stderr,
            )

    def begun(self, run_id: str, documents: int) -> None:
        """Print the run's id before anything else."""
        print_line(run_id, to=sys.stderr if self._quiet else sys.stdout)
        self._begun = run_id, documents
        self._task = self._bar.add_task("reading", total=documents, speed="", eta="")

    def finished(self, result: DocumentResult, progress: Rates) -> None:
        """Move the bar on, and tell a document that could not be read."""
        self._finished = progress.items
        if result.error is not None and not self._quiet:
            told = f"{result.status}: {result.error['message']}; {result.error['action']}"
            self._bar.console.print(told, highlight=False, markup=False, soft_wrap=True)
        if self._task is None:
            return
        now_s = self._clock.monotonic()
        rate, eta_s = progress.units_per_second(now_s), progress.eta_s(now_s)
        self._bar.update(
            self._task,
            completed=progress.items,
            speed="" if rate is None else f"{rate:.1f} pages/s",
            eta="" if eta_s is None else f"ETA {_clock_time(eta_s)}",
        )


def _clock_time(seconds: float) -> str:
    """Seconds as a person reads them.

    >>> _clock_time(75)
    '1:15'
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
