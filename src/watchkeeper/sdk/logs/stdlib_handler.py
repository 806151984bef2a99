"""The standard library's `logging` into `system.jsonl`, with the trace's ids."""

import logging

from watchkeeper.sdk.current import CURRENT
from watchkeeper.sdk.logs.lines import error_type

_LEVELS = {"WARNING": "warning", "ERROR": "error", "CRITICAL": "critical", "INFO": "info", "DEBUG": "debug"}
_BORN_WITH = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {
    "message",
    "asctime",
    "taskName",
}


class LogHandler(logging.Handler):
    """Add it to a logger; its records become lines. Without `init` they go nowhere.

    >>> logging.getLogger("shop").addHandler(LogHandler(level=logging.INFO))
    """

    def emit(self, record: logging.LogRecord) -> None:
        """Leave a record to be written; never waits and never raises."""
        handle = CURRENT.handle
        if handle is None:
            return
        try:
            facts: dict[str, object] = {
                name: value for name, value in record.__dict__.items() if name not in _BORN_WITH
            }
            facts.update(event="log", logger=record.name, place=f"{record.filename}:{record.lineno}")
            if record.exc_info and record.exc_info[1] is not None:
                facts.update(error=error_type(record.exc_info[1]), detail=str(record.exc_info[1])[:400])
            level = _LEVELS.get(record.levelname, record.levelname.lower())
            handle.recorder.log("system", level, record.getMessage(), facts)
        except Exception:  # noqa: BLE001 - logging's own way of saying that a record could not be handled
            self.handleError(record)
