"""Telling a living process from another that was given the same pid later."""

import os
import subprocess
from pathlib import Path

_START_TIME_FIELD = 19
"""Where /proc/PID/stat holds the start time, counted after the command's closing parenthesis (proc(5))."""
_STATE_FIELD = 0


def process_start(pid: int) -> str | None:
    """When a process started, as this system tells it; None when there is no such process.

    The text is only good for comparing: a pid with another start is another process. A process that
    has ended but was not yet waited for counts as ended.
    """
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self", "stat").exists():
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if fields[_STATE_FIELD] in "ZX" else fields[_START_TIME_FIELD]
    told = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return told or None


def own_start() -> str:
    """When this process started."""
    return process_start(os.getpid()) or ""
