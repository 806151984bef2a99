"""Where the embedded PostgreSQL keeps what, below `<data>/postgres/`."""

import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.adapters.postgres.server_user import ServerUser

PORT = 5432
"""Names the socket file only: the server listens on no network."""

LONGEST_SOCKET_PATH_BYTES = 107
"""Linux, unix(7): `sun_path` has 108 bytes, the last of them zero."""

_PLAIN_PATH = re.compile(r"[\w/.+~=@-]+", re.ASCII)
"""A socket folder both PostgreSQL's settings (a list with commas) and libpq take without quoting."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one embedded server."""

    data_dir: Path
    """Absolute: the server's command line names it, and is compared."""

    @property
    def folder(self) -> Path:
        """All that belongs to the server, and all that its user owns."""
        return self.data_dir / "postgres"

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.folder / "cluster"

    @property
    def pid_file(self) -> Path:
        """Where the server writes its pid and how far its start has come."""
        return self.cluster / "postmaster.pid"

    @property
    def holders_lock(self) -> Path:
        """Held shared by everyone who uses the server."""
        return self.folder / "holders.lock"

    @property
    def watchdog_lock(self) -> Path:
        """Held by the one living watchdog."""
        return self.folder / "watchdog.lock"

    @property
    def server_lock(self) -> Path:
        """Held by the server and every process of it, down to the last: inherited, never taken again."""
        return self.folder / "server.lock"

    @property
    def server_log(self) -> Path:
        """What PostgreSQL says."""
        return self.folder / "server.log"

    @property
    def watchdog_log(self) -> Path:
        """What the watchdog says."""
        return self.folder / "watchdog.log"

    @property
    def server_name(self) -> str:
        """A name for the titles of the server's processes; another folder's server has another."""
        return f"wk-{hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:12]}"


def make_folder(layout: Layout, user: ServerUser | None) -> None:
    """Make `<data>/postgres` as its user's own; nothing above it changes hands or mode.

    Raises:
        OSError: It cannot be made.
    """
    layout.data_dir.mkdir(parents=True, exist_ok=True)
    # For root's server others may pass through, not look: `initdb` may run as yet another user.
    # What lies inside is closed to them in its own right.
    layout.folder.mkdir(mode=0o700 if user is None else 0o711, exist_ok=True)
    if user is not None and layout.folder.stat().st_uid == 0:
        os.chown(layout.folder, user.uid, user.gid)
        layout.folder.chmod(0o711)


def make_socket_folder(layout: Layout, user: ServerUser | None) -> Path:
    """A folder for the socket that only the server's user may enter, with a path short enough.

    That is `<data>/postgres/socket`, or a new private temporary folder where that is too long.

    Raises:
        OSError: It cannot be made.
    """
    own = layout.folder / "socket"
    socket = os.fsencode(own / f".s.PGSQL.{PORT}")
    if len(socket) <= LONGEST_SOCKET_PATH_BYTES and _PLAIN_PATH.fullmatch(str(own)):
        shutil.rmtree(own, ignore_errors=True)
        own.mkdir(mode=0o700)
        chosen = own
    else:
        _clear_old_sockets(layout, user)
        chosen = Path(tempfile.mkdtemp(prefix=f"{layout.server_name}-", dir=_short_temporary_folder()))
    if user is not None:
        os.chown(chosen, user.uid, user.gid)
    return chosen


def _clear_old_sockets(layout: Layout, user: ServerUser | None) -> None:
    """Take away what servers of this folder left behind when they were killed; none lives now."""
    owner = os.geteuid() if user is None else user.uid
    for old in Path(_short_temporary_folder()).glob(f"{layout.server_name}-*"):
        if old.lstat().st_uid == owner:
            shutil.rmtree(old, ignore_errors=True)


def _short_temporary_folder() -> str:
    """Where temporary files go, unless that too is deep or oddly named."""
    usual = tempfile.gettempdir()
    return usual if len(usual) <= 60 and _PLAIN_PATH.fullmatch(usual) else "/tmp"


def remove_socket_folder(layout: Layout, socket_folder: Path) -> None:
    """Take a socket folder away that no server uses any more."""
    ours = socket_folder.parent == layout.folder or socket_folder.name.startswith(layout.server_name)
    if ours:
        shutil.rmtree(socket_folder, ignore_errors=True)
