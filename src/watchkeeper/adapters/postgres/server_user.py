"""Under whom the embedded PostgreSQL runs: ourselves, or, for root, an ordinary user.

PostgreSQL refuses to run as root. Its user is then, in this order: the owner of the cluster that is
there already; the owner of the data folder, when that is not root (so `sudo wk` leaves a user's
folder usable); else the numeric user 60999, which needs no account. It lies in a range that neither
distributions nor systemd hand out (60578 to 61183, systemd's UIDS-GIDS document), so nothing else
runs under it, unlike `nobody`. It owns `<data>/postgres` alone.

`initdb`, unlike the server, insists on an account. For a user without one it runs as an existing
unprivileged account (`nobody`) on a folder that is handed over right after.
"""

import os
import pwd
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.adapters.postgres.capabilities import Capability, becoming, held_capabilities
from watchkeeper.domain.errors import UnavailableError

DEDICATED_ID = 60999


@dataclass(frozen=True, slots=True)
class ServerUser:
    """A user and its one group, by number."""

    uid: int
    gid: int


def server_user(data_dir: Path, *, folder: Path) -> ServerUser | None:
    """Under whom the server of `folder` (`<data_dir>/postgres`) runs; None means as ourselves."""
    if os.geteuid() != 0:
        return None
    for place in (folder, data_dir):
        if place.exists() and place.stat().st_uid != 0:
            return ServerUser(place.stat().st_uid, place.stat().st_gid)
    return ServerUser(DEDICATED_ID, DEDICATED_ID)


def account_for_initdb(user: ServerUser) -> ServerUser:
    """The same user when it has an account, else an unprivileged one that has.

    Raises:
        UnavailableError: This system knows no user but root.
    """
    accounts = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    accounts.sort(key=lambda entry: (entry.pw_uid != user.uid, entry.pw_name != "nobody"))
    for entry in accounts:
        return user if entry.pw_uid == user.uid else ServerUser(entry.pw_uid, entry.pw_gid)
    raise UnavailableError(
        "PostgreSQL cannot be set up: this system has no user but root",
        action="add an ordinary user, or set `postgres.url` to a PostgreSQL of yours",
    )


def become_server_user(user: ServerUser | None, *, needs: Iterable[Path]) -> Callable[[], None] | None:
    """What a child process does to become `user`, able to reach every path of `needs`.

    Raises:
        UnavailableError: This process may not change its user, or that user cannot pass through a
            parent folder and we hold no capability to let it.
    """
    if user is None:
        return None
    held = held_capabilities()
    if not {Capability.SETUID, Capability.SETGID} <= held:
        raise UnavailableError(
            "PostgreSQL does not run as root, and this process may not change to another user",
            action="run as an ordinary user, or set `postgres.url` to a PostgreSQL of yours",
        )
    paths = tuple(needs)
    closed = next(filter(None, (closed_parent(path, user) for path in paths)), None)
    sealed = next((path for path in paths if path.is_file() and not _may(path.stat(), user, 0o5)), None)
    blocked = sealed or closed
    if blocked is None:
        return becoming(user.uid, user.gid)
    # READ_SEARCH passes through folders and reads, no more; running a program closed to the user
    # takes OVERRIDE, which is also what containers usually hold.
    enough = (Capability.DAC_READ_SEARCH,) if sealed is None else ()
    for capability in (*enough, Capability.DAC_OVERRIDE):
        if {capability, Capability.SETPCAP} <= held:
            return becoming(user.uid, user.gid, keep=capability)
    raise UnavailableError(
        f"PostgreSQL does not run as root, and its user (number {user.uid}) cannot enter {blocked}",
        action=f"move --data-dir out of {blocked} (the Python environment too, when it lies there), "
        "or set `postgres.url` to a PostgreSQL of yours",
    )


@contextmanager
def told_as_refusal(program: Path) -> Iterator[None]:
    """Turn the system's refusal to run a program, or to run it as that user, into one sentence.

    Raises:
        UnavailableError: It cannot be run.
    """
    try:
        yield
    except (OSError, subprocess.SubprocessError) as refused:
        raise UnavailableError(
            f"{program} cannot be run: {refused}",
            action="let PostgreSQL's user run it, or set `postgres.url` to a PostgreSQL of yours",
        ) from refused


def closed_parent(path: Path, user: ServerUser) -> Path | None:
    """The first folder above `path` that this user may not pass through; None when all are open.

    Only the mode bits count; access lists are not looked at.
    """
    for parent in reversed(path.resolve().parents):
        if parent.exists() and not _may(parent.stat(), user, 0o1):
            return parent
    return None


def _may(stat: os.stat_result, user: ServerUser, bits: int) -> bool:
    """Whether the mode lets this user do all of `bits`, an octal digit of read 4, write 2, search 1."""
    if stat.st_uid == user.uid:
        granted = stat.st_mode >> 6
    elif stat.st_gid == user.gid:
        granted = stat.st_mode >> 3
    else:
        granted = stat.st_mode
    return granted & bits == bits
