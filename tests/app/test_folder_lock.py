"""A folder has one holder at a time, and the lock goes with its process."""

import subprocess
import sys
from pathlib import Path

import pytest

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.folder_lock import FolderLock
from watchkeeper.domain.errors import UnavailableError

HOLD = """
import sys, pathlib
from watchkeeper.app.folder_lock import FolderLock
lock = FolderLock(pathlib.Path(sys.argv[1]), "server")
print(lock.try_take(), flush=True)
input()
"""


def test_only_one_holds_it(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path, "server"), FolderLock(tmp_path, "server")
    assert first.try_take()
    assert not second.try_take()
    first.release()
    with second:
        assert second.try_take()


def test_another_name_is_another_lock(tmp_path: Path) -> None:
    with FolderLock(tmp_path, "server") as server, FolderLock(tmp_path, "supervisor") as supervisor:
        assert server.try_take()
        assert supervisor.try_take()


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        lock = FolderLock(tmp_path, "server")
        assert not lock.try_take()
        holder.kill()
        with lock:
            assert lock.take(SystemClock(), within_s=5.0)


def test_waiting_ends_at_its_deadline_and_names_the_lock(tmp_path: Path) -> None:
    with FolderLock(tmp_path, "server") as holder:
        assert holder.try_take()
        with pytest.raises(UnavailableError, match=r"server\.lock"):
            FolderLock(tmp_path, "server").take(SystemClock(), within_s=0.1)
