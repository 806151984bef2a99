"""The receipt files as lines: what telemetry's shipping reads from."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from watchkeeper.gateway.receipts.series import series_in
from watchkeeper.telemetry.ports import LineBatch

BATCH_BYTES = 1 << 20
"""Read at once: about a thousand receipts, which is one commit."""


class ReceiptLines:
    """A `ReceiptSource` over a folder of receipts."""

    def __init__(self, folder: Path, *, batch_bytes: int = BATCH_BYTES) -> None:
        self._folder = folder
        self._batch_bytes = batch_bytes

    def read_new(self, positions: Mapping[str, int]) -> Iterable[LineBatch]:
        """See `ReceiptSource.read_new`; a file shorter than its position has nothing new."""
        for files in series_in(self._folder).values():
            for file in files:
                with file.path.open("rb") as opened:
                    yield from self._batches(opened, file.path.name, positions.get(file.path.name, 0))

    def _batches(self, opened: BinaryIO, name: str, offset: int) -> Iterator[LineBatch]:
        opened.seek(offset)
        rest = b""
        while block := opened.read(self._batch_bytes):
            whole, newline, rest = (rest + block).rpartition(b"\n")
            if newline:
                offset += len(whole) + len(newline)
                yield LineBatch(file=name, end_offset=offset, lines=tuple(whole.split(b"\n")))
