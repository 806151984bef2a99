"""One of each a data folder: locks the system lets go of when their process ends, however it ends."""

from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import TracebackType

from watchkeeper.adapters.file_lock import FileLock
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import UnavailableError

_LOOK_AGAIN_S = 0.05


class FolderLock:
    """A lock on `<data>/run/<name>.lock`; it is held until `release` or the process's end."""

    def __init__(self, data_dir: Path, name: str) -> None:
        self._path = data_dir / "run" / f"{name}.lock"
        self._lock: FileLock | None = None

    def try_take(self) -> bool:
        """Take it if nobody holds it."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._path)
        if not lock.try_exclusive():
            lock.close()
            return False
        self._lock = lock
        return True

    def take(self, clock: Clock, *, within_s: float, give_up: Callable[[], bool] | None = None) -> bool:
        """Take it, waiting for its holder.

        Args:
            clock: Measures the wait.
            within_s: Seconds to wait at most.
            give_up: Asked between attempts; true ends the wait without the lock.

        Returns:
            Whether it was taken; false only when `give_up` said so.

        Raises:
            UnavailableError: Its holder did not let go in time.
        """
        deadline = clock.monotonic() + within_s
        while not self.try_take():
            if give_up is not None and give_up():
                return False
            if clock.monotonic() >= deadline:
                raise UnavailableError(
                    f"another process has held {self._path} for more than {within_s:g} s",
                    action="see what it is doing in `<data>/logs`, or stop it with `wk down`",
                )
            Event().wait(_LOOK_AGAIN_S)
        return True

    def release(self) -> None:
        """Let go of it."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> "FolderLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
