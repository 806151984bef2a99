"""The journal of a purse: a line an event, written before money is spent; `kill -9` loses none.

A line is one letter and its words: `o` who holds (format, holder), `a` an account (number, start, end,
budget), `t` its sums so far (settled, unsettled, unpriced calls), `h` a hold (amount or `-`, accounts),
`s` the head is whole, `c` a hold settled, `r` released, `u` left unsettled. Amounts are USD.
"""

import os
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from watchkeeper.costs.budgets.journal_files import journal_path
from watchkeeper.files import sync_path

FORMAT = 1
ROTATE_BYTES = 8_000_000
"""A journal this long is begun anew with the sums so far: some hundred thousand calls."""


def head_line(holder: str) -> bytes:
    """The first line."""
    return f"o {FORMAT} {holder}\n".encode()


def account_line(number: int, start: str, end: str, budget: str) -> bytes:
    """An account by its number in this journal."""
    return f"a {number} {start} {end} {budget}\n".encode()


def sums_line(number: int, settled_usd: Decimal, unsettled_usd: Decimal, unpriced: int) -> bytes:
    """What an account had when the journal was begun anew."""
    return f"t {number} {settled_usd} {unsettled_usd} {unpriced}\n".encode()


def hold_line(number: int, amount_usd: Decimal | None, accounts: str) -> bytes:
    """Money set aside; None where the price is not known."""
    # Joined, not formatted: it is written for every call, and this takes half the time.
    amount = "-" if amount_usd is None else str(amount_usd)
    return ("h " + str(number) + " " + amount + " " + accounts + "\n").encode()


WHOLE = b"s\n"
"""The head is whole: files before this one are no longer needed."""


class Journal:
    """The open journal file of a purse. Not thread-safe: the purse's lock guards it."""

    def __init__(self, folder: Path, writer: str, number: int, head: Iterable[bytes]) -> None:
        """Begin a new file.

        Raises:
            OSError: It cannot be written.
        """
        self.number = number
        self.path = journal_path(folder, writer, number)
        self._folder = folder
        self._fd = os.open(
            self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640
        )
        self.size_bytes = 0
        self._synced_bytes = 0
        try:
            self.append(b"".join(head) + WHOLE)
        except OSError:
            self.close()
            self.path.unlink(missing_ok=True)
            raise

    def append(self, line: bytes) -> None:
        """Write whole lines, or nothing.

        Raises:
            OSError: They could not be written and do not count.
        """
        written = 0
        try:
            written = os.write(self._fd, line)
            while written < len(line):
                written += os.write(self._fd, line[written:])
        except OSError:
            if written:
                # A torn line would take the next one with it.
                os.ftruncate(self._fd, self.size_bytes)
            raise
        self.size_bytes += written

    def unsynced_fd(self) -> tuple[int, int] | None:
        """A descriptor to sync and close, and the size it then has on disk; None when all is synced."""
        if self.size_bytes == self._synced_bytes:
            return None
        return os.dup(self._fd), self.size_bytes

    def synced(self, size_bytes: int) -> None:
        """So much of it is on disk."""
        self._synced_bytes = max(self._synced_bytes, size_bytes)

    def sync(self) -> None:
        """Bring it and its name to disk.

        Raises:
            OSError: It is not certain to be there.
        """
        os.fsync(self._fd)
        sync_path(self._folder)
        self._synced_bytes = self.size_bytes

    def close(self) -> None:
        """Close the file."""
        os.close(self._fd)
