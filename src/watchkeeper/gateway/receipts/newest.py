"""The newest receipts over all series, read from the files' ends."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from watchkeeper.domain.receipt import Receipt, receipt_of_line
from watchkeeper.gateway.receipts.series import SeriesFile, series_in
from watchkeeper.gateway.receipts.series_end import series_lines_backward


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFilter:
    """Which receipts are wanted; None asks for any."""

    run_id: str | None = None
    workload: str | None = None
    item_id: str | None = None
    agent: str | None = None
    target: str | None = None
    model: str | None = None
    failed: bool | None = None
    """True: only those with an error; False: only those without."""

    def matches(self, receipt: Receipt) -> bool:
        """Whether a receipt is one of those wanted."""
        wanted = (
            (self.run_id, receipt.run_id),
            (self.workload, receipt.workload),
            (self.item_id, receipt.item_id),
            (self.agent, receipt.agent),
            (self.target, receipt.target),
            (self.model, receipt.model),
            (self.failed, receipt.error is not None),
        )
        return all(asked is None or asked == found for asked, found in wanted)


EVERY_RECEIPT = ReceiptFilter()


@dataclass(frozen=True, slots=True)
class NewestReceipts:
    """What was found at the files' ends."""

    receipts: tuple[Receipt, ...]
    """Newest first."""
    unreadable: int
    """Lines met on the way that are no receipts; `verify_receipts` names them."""


@dataclass(slots=True)
class _Walk:
    unreadable: int = field(default=0)

    def receipts(self, files: Sequence[SeriesFile]) -> Iterator[Receipt]:
        for line in series_lines_backward(files):
            try:
                yield receipt_of_line(line)
            except ValueError:
                self.unreadable += 1


def tail(folder: Path, n: int, *, which: ReceiptFilter = EVERY_RECEIPT) -> NewestReceipts:
    """The `n` receipts that ended last and match, newest first.

    Only as much is read from each file's end as it takes to find them.
    """
    walk = _Walk()
    series = [walk.receipts(files) for files in series_in(folder).values()]
    found: list[Receipt] = []
    for receipt in heapq.merge(*series, key=lambda receipt: str(receipt.ts), reverse=True):
        if len(found) >= n:
            break
        if which.matches(receipt):
            found.append(receipt)
    return NewestReceipts(tuple(found), walk.unreadable)
