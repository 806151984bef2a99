"""The log of the processes that read reports: one JSON object a line in `<data>/logs/workers.jsonl`."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

from watchkeeper.domain.utf8 import utf8_text

FILE_NAME = "workers.jsonl"
MOST_BYTES = 10_000_000
"""A longer file is set aside as `workers.jsonl.1` when the next run begins."""


class _JsonLines(logging.Formatter):
    def __init__(self, run_id: str | None) -> None:
        super().__init__()
        self._run_id = run_id

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
            "run_id": self._run_id,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return utf8_text(json.dumps(line, ensure_ascii=False))


class _PatientHandler(logging.FileHandler):
    """A log that cannot be written costs its lines, never a report."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's signature
        return


def log_to_file(data_dir: Path, run_id: str | None) -> None:
    """Send what this process logs to the file, and nothing of it to the terminal.

    For a process whose one purpose is reading reports: it changes the process's whole logging.
    """
    folder = data_dir / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    handler = _PatientHandler(folder / FILE_NAME, encoding="utf-8", delay=True)
    handler.setFormatter(_JsonLines(run_id))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


def set_aside_long_log(data_dir: Path) -> None:
    """Begin a new file when the old one has become long; for the process that starts the workers."""
    path = data_dir / "logs" / FILE_NAME
    if path.exists() and path.stat().st_size > MOST_BYTES:
        path.replace(path.with_name(f"{FILE_NAME}.1"))
