"""A lock on a file that the kernel takes back when its holders die, however they die (`flock`)."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """One open handle on a lock file; the lock goes with the handle, and with the process.

    A child process that inherits the handle shares the lock, which then lasts until parent and
    child have both closed it or died.
    """

    def __init__(self, path: Path, *, owner: tuple[int, int] | None = None) -> None:
        """Open the file, making it when it is not there; `owner` (uid, gid) is given a new one.

        Raises:
            OSError: The file can be neither opened nor made.
        """
        self.path = path
        self.fileno = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if owner is not None:
            os.fchown(self.fileno, *owner)

    def try_exclusive(self) -> bool:
        """Take the lock alone; False when any other handle holds it."""
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Take the lock along with other shared holders; False when one holds it alone."""
        return self._try(fcntl.LOCK_SH)

    def release(self) -> None:
        """Let the lock go and keep the handle."""
        fcntl.flock(self.fileno, fcntl.LOCK_UN)

    def touch(self) -> None:
        """Mark the file as used, for those who look at it between two holders."""
        os.utime(self.fileno)

    def touched_ns(self) -> int:
        """When it was last marked, in the file system's own nanoseconds; good for comparing only."""
        return os.fstat(self.fileno).st_mtime_ns

    def close(self) -> None:
        """Close the handle and let its lock go."""
        os.close(self.fileno)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self.fileno, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_locked(path: Path) -> bool:
    """Whether any living process holds the lock of this file."""
    try:
        lock = FileLock(path) if path.exists() else None
    except FileNotFoundError:
        return False
    if lock is None:
        return False
    try:
        return not lock.try_exclusive()
    finally:
        lock.close()
