"""Receipts kept in memory, for tests that look at them; the disk can be told to be full."""

from watchkeeper.domain.errors import StorageFullError
from watchkeeper.domain.receipt import Receipt


class KeptReceipts:
    """A `ReceiptSink` (see `watchkeeper.gateway.ports`) over a list."""

    def __init__(self) -> None:
        self.kept: list[Receipt] = []
        self.full_from: int | None = None
        """Given, no receipt is written when so many are kept."""

    def write(self, receipt: Receipt, /) -> None:
        """Keep one.

        Raises:
            StorageFullError: The disk is told to be full.
        """
        if self.full_from is not None and len(self.kept) >= self.full_from:
            raise StorageFullError("receipts cannot be written: No space left on device")
        self.kept.append(receipt)
