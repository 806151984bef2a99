"""What `postmaster.pid` claims, and whether it is true of a living process.

The file alone proves nothing: after a crash its pid may be dead or belong to somebody else's process
by now. Its eight lines are described in PostgreSQL's `src/include/utils/pidfile.h`.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.adapters.postgres.layout import Layout


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A PostgreSQL server that is running on our cluster, for certain."""

    pid: int
    socket_folder: Path
    status: str
    """`starting`, `ready`, `stopping`, or empty while the file is only half written."""


def running_postmaster(layout: Layout) -> Postmaster | None:
    """The server named in the cluster's pid file, if it lives and is a PostgreSQL on that cluster."""
    try:
        lines = layout.pid_file.read_text(errors="replace").splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None
    if not is_postgres_on(layout.cluster, pid):
        return None
    lines += [""] * (8 - len(lines))
    return Postmaster(pid=pid, socket_folder=Path(lines[4].strip()), status=lines[7].strip())


def is_postgres_on(cluster: Path, pid: int) -> bool:
    """Whether this process is a PostgreSQL server started on this cluster, by its command line."""
    if pid <= 1:
        return False
    arguments = _command_line(pid)
    program = os.path.basename(arguments[0]) if arguments else b""  # noqa: PTH119 - bytes have no Path
    return program == b"postgres" and os.fsencode(cluster) in arguments[1:]


def leftover_processes(layout: Layout) -> tuple[int, ...]:
    """Processes of a server whose postmaster is gone, known by the name in their titles."""
    title = f"postgres: {layout.server_name}: ".encode()
    numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return tuple(pid for pid in numbers if b" ".join(_command_line(pid)).startswith(title))


def _command_line(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []
