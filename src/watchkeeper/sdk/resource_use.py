"""What an operation used: processor time of its thread, and the process's memory when it had ended."""

import os
import sys
from time import thread_time_ns
from typing import Any

_STATM = "/proc/self/statm"
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class MemoryReading:
    """Reads the resident memory of this process: one system call where Linux offers it, else psutil.

    A process that was forked must make its own: the file stands for the process that opened it.
    """

    def __init__(self) -> None:
        self._file: int | None = None
        self._process: Any = None
        try:
            self._file = os.open(_STATM, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._process = _psutil_process()

    def rss_bytes(self) -> int | None:
        """Resident bytes now; None where nobody can say."""
        if self._file is not None:
            return int(os.pread(self._file, 128, 0).split()[1]) * _PAGE_BYTES
        return int(self._process.memory_info().rss) if self._process is not None else None

    def close(self) -> None:
        """Close what was opened."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def cpu_now_ns() -> int | None:
    """Processor time of this thread; None inside an event loop, whose thread works for others meanwhile."""
    events: Any = sys.modules.get("asyncio.events")
    if events is not None and events._get_running_loop() is not None:
        return None
    return thread_time_ns()


def _psutil_process() -> Any:
    try:
        import psutil  # optional here: needed only where /proc is not
    except ImportError:
        return None
    return psutil.Process()
