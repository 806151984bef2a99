"""The embedded server's main process: starting it, waiting for it, ending it.

Whether any process of an earlier server still lives is asked of the kernel, not of a pid: the server
inherits a locked handle on `server.lock`, which stays locked until its last process is gone. So a
stale pid file can be thrown away safely, and two servers never write the same cluster.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

from watchkeeper.adapters.file_lock import FileLock, is_locked
from watchkeeper.adapters.postgres.binaries import program
from watchkeeper.adapters.postgres.disk_room import check_writable
from watchkeeper.adapters.postgres.layout import PORT, Layout, make_socket_folder
from watchkeeper.adapters.postgres.pid_file import Postmaster, leftover_processes, running_postmaster
from watchkeeper.adapters.postgres.server_user import ServerUser, become_server_user, told_as_refusal
from watchkeeper.domain.errors import UnavailableError

_LOOK_EVERY_S = 0.02
"""How often the pid file is read while the server starts; a death wakes us at once."""

_ORPHANS_MAY_TAKE_S = 5.0
"""Backends end by themselves when their postmaster is gone, unless a query keeps them busy."""

_MOST_LAUNCHES = 3
"""How often a server may die while starting before we say so; each try recovers from the last."""

_FAST_STOP_S = 60.0
_IMMEDIATE_STOP_S = 10.0

_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "min_wal_size": "64MB",
    "max_wal_size": "512MB",
    "recovery_init_sync_method": "syncfs",  # before recovery, one call in place of 1,000
    "max_logical_replication_workers": "0",  # one process less; nothing replicates
    "jit": "off",  # the wheel has no LLVM
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
}
"""fsync, full_page_writes and synchronous_commit keep their defaults, on: acknowledged is durable."""


def bring_up(
    layout: Layout, user: ServerUser | None, *, patience_s: float, tell: Callable[[], None]
) -> Postmaster:
    """A ready server: the one that runs already, or a new one.

    Args:
        layout: Whose server.
        user: Under whom a new one runs; None for ourselves.
        patience_s: How long it may say nothing of itself; while it reports that it is starting
            (crash recovery), the wait goes on.
        tell: Called again and again while it reports that.

    Raises:
        StorageFullError: It cannot start because the disk is full.
        UnavailableError: It did not start, or fell silent.
    """
    deadline = time.monotonic() + patience_s
    orphans_until: float | None = None
    launches = 0
    while time.monotonic() < deadline:
        found = running_postmaster(layout)
        if found is not None:
            if found.status == "ready":
                return found
            if found.status == "starting":
                deadline = time.monotonic() + patience_s
                tell()
            wait_for_end(found.pid, timeout_s=_LOOK_EVERY_S)
        elif is_locked(layout.server_lock):
            orphans_until = orphans_until or time.monotonic() + _ORPHANS_MAY_TAKE_S
            if time.monotonic() > orphans_until:
                _kill_orphans(layout)
            select.select((), (), (), _LOOK_EVERY_S)
        else:
            if launches == _MOST_LAUNCHES:
                raise _failed_start(layout, f"PostgreSQL died {launches} times while starting")
            orphans_until = None
            launches += 1
            _launch(layout, user)
    raise UnavailableError(
        f"PostgreSQL on {layout.cluster} said nothing for {patience_s:g} s while starting",
        action=f"see {layout.server_log}",
    )


def _launch(layout: Layout, user: ServerUser | None) -> None:
    """Start a server and wait until its pid file stands; no other process of the cluster lives."""
    layout.pid_file.unlink(missing_ok=True)
    postgres = program("postgres")
    become = become_server_user(user, needs=(layout.cluster, postgres))
    settings = {
        **_SETTINGS,
        "cluster_name": layout.server_name,
        "unix_socket_directories": str(make_socket_folder(layout, user)),
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    lock = FileLock(layout.server_lock, owner=None if user is None else (user.uid, user.gid))
    try:
        if not lock.try_exclusive():
            return  # somebody has only just started one: the caller looks again
        with layout.server_log.open("ab") as log, told_as_refusal(postgres):
            server = subprocess.Popen(
                (postgres, "-D", layout.cluster, *options),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                preexec_fn=become,
                pass_fds=(lock.fileno,),
                start_new_session=True,
            )
    finally:
        lock.close()
    while server.poll() is None:
        found = running_postmaster(layout)
        if found is not None and found.pid == server.pid and found.status:
            return
        _has_ended(server.pid, timeout_s=_LOOK_EVERY_S)
    raise _failed_start(layout, f"PostgreSQL ended with status {server.returncode} while starting")


def _failed_start(layout: Layout, what: str) -> UnavailableError:
    check_writable(layout.folder)
    with layout.server_log.open("rb") as file:
        file.seek(max(0, layout.server_log.stat().st_size - 2000))
        lines = file.read().decode(errors="replace").splitlines()
    last = lines[-1].strip() if lines else "it said nothing"
    return UnavailableError(f"{what}; its last words: {last}", action=f"see {layout.server_log}")


def _kill_orphans(layout: Layout) -> None:
    """End backends of a dead postmaster; it crashed, so recovery undoes what they had not committed."""
    for pid in leftover_processes(layout):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def stop(postmaster: Postmaster) -> None:
    """End the server: transactions are rolled back, everything is written down (a fast shutdown).

    Raises:
        UnavailableError: It is still there after every way of asking.
    """
    for request, timeout_s in ((signal.SIGINT, _FAST_STOP_S), (signal.SIGQUIT, _IMMEDIATE_STOP_S)):
        with suppress(ProcessLookupError):
            os.kill(postmaster.pid, request)
        if wait_for_end(postmaster.pid, timeout_s=timeout_s):
            return
    raise UnavailableError(
        f"PostgreSQL (process {postmaster.pid}) does not end",
        action=f"end it with `kill -9 {postmaster.pid}`",
    )


def wait_for_end(pid: int, *, timeout_s: float) -> bool:
    """Wait until a process has ended, at most so long, and clear it away if it was our child.

    Returns:
        Whether it has ended.
    """
    if not _has_ended(pid, timeout_s=timeout_s):
        return False
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return True


def _has_ended(pid: int, *, timeout_s: float) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        ended, _, _ = select.select((handle,), (), (), timeout_s)
        return bool(ended)
    finally:
        os.close(handle)
