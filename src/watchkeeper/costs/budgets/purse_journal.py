"""The journal as a purse writes it: holds numbered, and begun anew before it grows long."""

import os
from collections.abc import Callable, Collection, Iterator
from decimal import Decimal
from pathlib import Path
from threading import Lock

from watchkeeper.costs.budgets.hold import LeasedHold
from watchkeeper.costs.budgets.journal import (
    ROTATE_BYTES,
    Journal,
    account_line,
    head_line,
    hold_line,
    sums_line,
)
from watchkeeper.costs.budgets.journal_files import journal_files
from watchkeeper.costs.budgets.lease import Lease


class PurseJournal:
    """Guarded by the purse's lock, but for `flush`, which takes it itself."""

    def __init__(self, folder: Path, writer: str, holder: str, *, rotate_bytes: int = ROTATE_BYTES) -> None:
        """Begin a file after those that are there.

        Raises:
            OSError: It cannot be written.
        """
        self._folder = folder
        self._writer = writer
        self._holder = holder
        self._rotate_bytes = rotate_bytes
        last = max((file.number for file in journal_files(folder).get(writer, ())), default=0)
        self._file = Journal(folder, writer, last + 1, [head_line(holder)])
        self._file.sync()
        self._holds = 0
        self.open_holds: dict[int, LeasedHold] = {}

    @property
    def number(self) -> int:
        """Of the file that is written; those before it are older."""
        return self._file.number

    def account(self, lease: Lease) -> None:
        """Give a lease its number; raises `OSError`."""
        self._file.append(_account(lease))

    def hold(self, amount: Decimal | None, accounts: str) -> int:
        """Write a hold before it counts, and give its number; raises `OSError`."""
        self._holds += 1
        self._file.append(hold_line(self._holds, amount, accounts))
        return self._holds

    def end(self, line: bytes) -> None:
        """Write how a hold ended; raises `OSError`."""
        self._file.append(line)

    def flush(self, lock: Lock, leases: Callable[[], Collection[Lease]]) -> None:
        """Bring it to disk, and begin anew when it is long; raises `OSError`."""
        with lock:
            unsynced = self._file.unsynced_fd()
        if unsynced is not None:
            fd, size_bytes = unsynced
            try:
                os.fsync(fd)
            finally:
                os.close(fd)
            with lock:
                self._file.synced(size_bytes)
        if self._file.size_bytes > self._rotate_bytes:
            self._begin_anew(lock, leases)

    def close(self) -> None:
        """Close the file; it stays."""
        self._file.close()

    def _begin_anew(self, lock: Lock, leases: Callable[[], Collection[Lease]]) -> None:
        with lock:
            old = self._file
            head = [head_line(self._holder), *self._state(leases())]
            self._file = Journal(self._folder, self._writer, old.number + 1, head)
        old.close()
        # The old file goes only when a power cut can no longer take the new one.
        self._file.sync()
        old.path.unlink()

    def _state(self, leases: Collection[Lease]) -> Iterator[bytes]:
        for lease in leases:
            yield _account(lease)
            yield sums_line(lease.number, lease.settled_usd, lease.unsettled_usd, lease.unpriced_calls)
        for hold in self.open_holds.values():
            yield hold_line(hold.number, hold.amount_usd, hold.accounts)


def _account(lease: Lease) -> bytes:
    period = lease.period
    return account_line(lease.number, period.start.isoformat(), period.end.isoformat(), lease.budget.name)
