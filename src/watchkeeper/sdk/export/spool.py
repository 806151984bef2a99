"""Batches on disk until the server has them: they outlive its absence and the death of who made them.

```
<spool>/<writer>/lock                     held by the living process that sends what is in the folder
<spool>/<writer>/<instant>-<n>.<lane>     batches, see `spool_file`
```

Each process writes in a folder of its own. A folder whose writer has died is taken over by whichever
process finds it first; the kernel's lock says whether it lives. Every batch is written before it is
sent: a kill of the process loses none that was written, and with `fsync` a power cut neither.
"""

import fcntl
import os
import shutil
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock

from watchkeeper.sdk.export import spool_file
from watchkeeper.sdk.export.lanes import LANES, Lane
from watchkeeper.sdk.problems import Problems

FILE_BYTES = 1024 * 1024
"""Unpacked, where a file is full. One file is one request, and the API takes 10,000 records in one,
each of which takes over 100 bytes."""


@dataclass(slots=True)
class Waiting:
    """A file that waits to be sent."""

    path: Path
    lane: Lane
    bytes: int
    unpacked: int = 0
    """Bytes of the request it will be, as far as this process has written it."""


@dataclass(slots=True)
class _Folder:
    path: Path
    lock: int
    files: deque[Waiting] = field(default_factory=deque)


class Spool:
    """What this process has to send: its own batches and those of the dead. Safe between threads."""

    def __init__(self, root: Path, writer: str, *, max_bytes: int, fsync: bool, problems: Problems) -> None:
        """Make this process's folder.

        Raises:
            OSError: It cannot be made.
        """
        self._root = root
        self._max_bytes = max_bytes
        self._fsync = fsync
        self._problems = problems
        self._count = 0
        self._lock = RLock()
        self._sending: set[Path] = set()
        root.mkdir(parents=True, exist_ok=True)
        self._own = _make_folder(root, writer)
        self._adopted: list[_Folder] = []

    def add(self, lane: Lane, payload: bytes, *, now_ns: int) -> bool:
        """Keep a batch; False, counted, when the disk does not take it."""
        frame = spool_file.frame_of(payload)
        with self._lock:
            last = next((file for file in reversed(self._own.files) if file.lane is lane), None)
            if last is None or last.path in self._sending or last.unpacked + len(payload) > FILE_BYTES:
                self._count += 1
                path = self._own.path / f"{now_ns:020d}-{self._count:08d}.{lane.name}"
                last = Waiting(path, lane, 0)
                self._own.files.append(last)
            try:
                spool_file.append(last.path, frame, fsync=self._fsync)
            except OSError as failure:
                self._problems.count("spool_not_written", failure)
                if not last.bytes:
                    self._own.files.remove(last)
                return False
            last.bytes += len(frame)
            last.unpacked += len(payload)
            self._hold_to_bound()
            return True

    def adopt(self) -> int:
        """Take over the folders of writers that have died; how many."""
        with self._lock:
            held = {self._own.path, *(folder.path for folder in self._adopted)}
            found = 0
            for path in sorted(self._root.iterdir()):
                if path in held or path.name.startswith(".") or not path.is_dir():
                    continue
                folder = _take_over(path)
                if folder is not None:
                    self._adopted.append(folder)
                    found += 1
            return found

    def next(self, lane: Lane) -> Waiting | None:
        """The oldest file of a lane, those of the dead first; it stays until `done`."""
        with self._lock:
            for folder in (*self._adopted, self._own):
                for file in folder.files:
                    if file.lane is lane:
                        self._sending.add(file.path)
                        return file
            return None

    def done(self, file: Waiting) -> None:
        """Let a file go that was sent, or that nobody will ever take."""
        with self._lock:
            self._sending.discard(file.path)
            for folder in (*self._adopted, self._own):
                if file in folder.files:
                    folder.files.remove(file)
                    file.path.unlink(missing_ok=True)
            self._give_up_empty()

    def kept(self, file: Waiting) -> None:
        """A file was not sent; it waits on."""
        with self._lock:
            self._sending.discard(file.path)

    def body(self, file: Waiting) -> bytes | None:
        """What to send of a file; None when nothing whole is in it."""
        try:
            content = file.path.read_bytes()
        except OSError as failure:
            self._problems.count("spool_not_read", failure)
            return None
        payloads = list(spool_file.payloads_in(content))
        if spool_file.whole_bytes(content) != len(content):
            self._problems.count("spool_torn_batch", file.path.name)
        return file.lane.joined(payloads) if payloads else None

    def waiting_bytes(self) -> int:
        """Bytes that wait to be sent by this process."""
        with self._lock:
            return sum(file.bytes for folder in (*self._adopted, self._own) for file in folder.files)

    def close(self) -> None:
        """Let the folders go; another process sends what is still in them."""
        with self._lock:
            for folder in (*self._adopted, self._own):
                _let_go(folder)
            self._adopted = []

    def abandon(self) -> None:
        """Close the handles in a forked child, whose parent goes on holding the folders."""
        for folder in (*self._adopted, self._own):
            os.close(folder.lock)

    def _hold_to_bound(self) -> None:
        """Drop the oldest beyond the bound, and count what was dropped."""
        total = self.waiting_bytes() + self._others_bytes() if len(self._own.files) > 1 else 0
        while total > self._max_bytes:
            files = next((f.files for f in (*self._adopted, self._own) if f.files), None)
            if files is None or (files is self._own.files and len(files) == 1):
                return
            oldest = next((file for file in files if file.path not in self._sending), None)
            if oldest is None:
                return
            files.remove(oldest)
            oldest.path.unlink(missing_ok=True)
            total -= oldest.bytes
            self._problems.count("spool_full_batches_dropped", f"more than {self._max_bytes} bytes waited")

    def _others_bytes(self) -> int:
        """Bytes of other living writers, who drop their own."""
        held = {self._own.path.name, *(folder.path.name for folder in self._adopted)}
        total = 0
        for entry in os.scandir(self._root):
            if entry.name in held or not entry.is_dir(follow_symlinks=False):
                continue
            try:
                total += sum(file.stat().st_size for file in os.scandir(entry.path))
            except FileNotFoundError:
                continue  # sent and let go meanwhile
        return total

    def _give_up_empty(self) -> None:
        for folder in [folder for folder in self._adopted if not folder.files]:
            self._adopted.remove(folder)
            _let_go(folder)


def _make_folder(root: Path, writer: str) -> _Folder:
    """A folder that is locked before anyone can see it."""
    hidden, path = root / f".{writer}", root / writer
    hidden.mkdir()
    lock = _open_lock(hidden / "lock")
    fcntl.flock(lock, fcntl.LOCK_EX)
    hidden.rename(path)
    return _Folder(path, lock)


def _take_over(path: Path) -> _Folder | None:
    """The folder of a writer that has died; None when it lives, or when another was faster."""
    try:
        lock = _open_lock(path / "lock", create=False)
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        files = [
            Waiting(file, LANES[file.suffix[1:]], file.stat().st_size)
            for file in sorted(path.iterdir())
            if file.suffix[1:] in LANES
        ]
    except OSError:
        os.close(lock)
        return None
    folder = _Folder(path, lock, deque(files))
    if not files:
        _let_go(folder)
        return None
    return folder


def _let_go(folder: _Folder) -> None:
    """Remove a folder with nothing in it, and give up its lock."""
    if not folder.files:
        shutil.rmtree(folder.path, ignore_errors=True)
    os.close(folder.lock)


def _open_lock(path: Path, *, create: bool = True) -> int:
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC | (os.O_CREAT if create else 0), 0o600)
