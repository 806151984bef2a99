"""The thread that writes log lines, so that no call waits for a disk (HE-76 asks it of alerts, law 7 of all).

A `kill -9` may lose the lines of the last `every_s`; an ordinary exit loses none. When more wait than
the bound, new ones are dropped, counted, and a line in `system.jsonl` says how many.
"""

from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from watchkeeper.sdk.background import Background
from watchkeeper.sdk.logs.lines import LOG_FILES, Line, LogFile, written, written_span
from watchkeeper.sdk.logs.rotating_file import RotatingFile
from watchkeeper.sdk.outbox import Outbox
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.readings import Readings
from watchkeeper.sdk.span import OpenSpan

MAX_WAITING = 20_000
_AT_ONCE = 2_000


class LogWriter:
    """Takes lines and ended spans; writes them to the four files."""

    def __init__(
        self,
        folder: Path,
        *,
        workload: str,
        readings: Readings,
        problems: Problems,
        max_bytes: int,
        keep: int,
        every_s: float,
    ) -> None:
        """Make the four files.

        Raises:
            OSError: The folder cannot be made or written.
        """
        self._workload = workload
        self._readings = readings
        self._problems = problems
        self._files: Mapping[LogFile, RotatingFile] = {
            name: RotatingFile(folder / f"{name}.jsonl", max_bytes=max_bytes, keep=keep) for name in LOG_FILES
        }
        self._told_dropped = 0
        self._writing = Lock()
        self.background = Background("watchkeeper-logs", self.flush, problems, every_s=every_s)
        self.outbox: Outbox[Line | OpenSpan] = Outbox(
            MAX_WAITING, wake=self.background.wake, wake_at=_AT_ONCE
        )

    def put(self, line: Line | OpenSpan) -> None:
        """Leave a line to be written; never waits."""
        self.outbox.put(line)
        self.background.ensure_running()

    def flush(self) -> None:
        """Write everything that waits."""
        with self._writing:
            while taken := self.outbox.take(_AT_ONCE):
                self._write(taken)
            dropped = self.outbox.dropped - self._told_dropped
            if dropped:
                self._told_dropped += dropped
                self._problems.count("log_lines_dropped", times=dropped)
                said = f"{dropped} log lines did not fit into the queue of {MAX_WAITING} and were dropped"
                self._write(
                    [Line("system", self._readings.now_ns(), "warning", said, fields={"dropped": dropped})]
                )

    def close(self, *, within_s: float) -> None:
        """End the thread and write what is left."""
        self.background.end(within_s=within_s)
        self.flush()
        with self._writing:
            for file in self._files.values():
                file.close()

    def abandon(self) -> None:
        """In a forked child: close the files, and write nothing of the parent's."""
        for file in self._files.values():
            file.close()

    def _write(self, lines: list[Line | OpenSpan]) -> None:
        by_file: dict[LogFile, list[bytes]] = {}
        for item in lines:
            try:
                if isinstance(item, OpenSpan):
                    by_file.setdefault("performance", []).append(written_span(item, self._workload))
                else:
                    by_file.setdefault(item.file, []).append(written(item, self._workload))
            except (TypeError, ValueError, RecursionError) as failure:
                self._problems.count("log_line_unwritable", failure)
        for name, rows in by_file.items():
            try:
                self._files[name].write(rows)
            except OSError as failure:
                self._problems.count("log_lines_lost", failure, times=len(rows))
