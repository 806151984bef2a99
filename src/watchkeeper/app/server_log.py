"""A process's log: one JSON object a line in a file of `<data>/logs`, rotated."""

import logging
from collections.abc import MutableMapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import structlog

from watchkeeper.domain.clock import Clock

FILE_NAME = "server.jsonl"
_MAX_BYTES = 10_000_000
_KEPT_FILES = 5
Log = structlog.typing.FilteringBoundLogger


class _PatientHandler(RotatingFileHandler):
    """Counts the lines a full disk refused, instead of printing a traceback for each."""

    lost_lines = 0

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's signature
        self.lost_lines += 1


class ServerLog:
    """An open log file and the logger that writes to it; nothing global is changed."""

    def __init__(self, data_dir: Path, clock: Clock, *, file_name: str = FILE_NAME) -> None:
        folder = data_dir / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        self._handler = _PatientHandler(
            folder / file_name, maxBytes=_MAX_BYTES, backupCount=_KEPT_FILES, encoding="utf-8", delay=True
        )
        self.standard = logging.Logger("watchkeeper", logging.INFO)
        self.standard.addHandler(self._handler)
        self.log: Log = structlog.wrap_logger(
            self.standard,
            processors=[
                structlog.processors.add_log_level,
                _timed(clock),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        )

    @property
    def lost_lines(self) -> int:
        """Lines that could not be written."""
        return self._handler.lost_lines

    def close(self) -> None:
        """Close the file."""
        self.standard.removeHandler(self._handler)
        self._handler.close()


def _timed(clock: Clock) -> Any:
    def add_time(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        return {"ts": clock.now().isoformat(), **event}

    return add_time
