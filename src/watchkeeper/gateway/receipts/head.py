"""Heads: how far each chain has come, for the store that keeps them apart from the files."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from watchkeeper.domain.receipt import Receipt, line_sha256, receipt_of_line
from watchkeeper.domain.run import ReceiptHead
from watchkeeper.files import sync_path
from watchkeeper.gateway.receipts.series import SeriesFile, series_in
from watchkeeper.gateway.receipts.series_end import count_at_end, series_lines_backward


def heads_of(folder: Path, *, known: Iterable[ReceiptHead], seen_at: datetime) -> tuple[ReceiptHead, ...]:
    """The head of every writer that has files in the folder, by writer; see `head_of`."""
    before = {head.writer: head for head in known}
    heads = (
        head_of(files, known=before.get(writer), seen_at=seen_at)
        for writer, files in series_in(folder).items()
    )
    return tuple(head for head in heads if head is not None)


def head_of(
    files: Sequence[SeriesFile], *, known: ReceiptHead | None, seen_at: datetime
) -> ReceiptHead | None:
    """How far one writer's chain has come, its lines synced first.

    From a known head the chain is followed line by line, which costs only what is new. A chain that
    does not lead back to the known head was tampered with: the known head is given back as it is, so
    that what is kept apart stays evidence, and `verify_receipts` tells what happened.

    Args:
        files: The writer's files, by number.
        known: The head kept so far.
        seen_at: When the files are looked at.

    Returns:
        None while the series has no whole line and no head is known.
    """
    newest: bytes | None = None
    expected: str | None = None
    for steps, line in enumerate(series_lines_backward(files)):
        sha256 = line_sha256(line)
        newest = line if newest is None else newest
        if expected is not None and sha256 != expected:
            return known
        if known is None or sha256 == known.sha256:
            count = count_at_end(files, newest) if known is None else known.count + steps
            sync_path(files[-1].path)
            return ReceiptHead(
                writer=files[0].writer, count=count, sha256=line_sha256(newest), seen_at=seen_at
            )
        receipt = _receipt(line)
        if receipt is None or (receipt.seq is not None and receipt.seq <= known.count):
            return known
        expected = receipt.prev_sha256
    return known


def _receipt(line: bytes) -> Receipt | None:
    try:
        return receipt_of_line(line)
    except ValueError:
        return None
