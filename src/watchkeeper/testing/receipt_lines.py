"""Lines of receipts in memory, read on as a shipper reads files."""

from collections.abc import Iterable, Mapping

from watchkeeper.telemetry.ports import LineBatch


class InMemoryReceiptLines:
    """A `ReceiptSource` in memory: files of lines, written to by the test."""

    def __init__(self, files: Mapping[str, Iterable[bytes]] | None = None, *, batch_lines: int = 100) -> None:
        """Start with whole lines, without newlines, by file; read out `batch_lines` at a time."""
        self._files = {file: bytearray() for file in files or {}}
        self._batch_lines = batch_lines
        for file, lines in (files or {}).items():
            self.write(file, b"".join(line + b"\n" for line in lines))

    def write(self, file: str, data: bytes) -> None:
        """Add bytes to the end of a file; a line is whole once its newline is there."""
        self._files.setdefault(file, bytearray()).extend(data)

    def read_new(self, positions: Mapping[str, int]) -> Iterable[LineBatch]:
        """See `ReceiptSource.read_new`."""
        for file, data in self._files.items():
            offset = positions.get(file, 0)
            lines = bytes(data[offset:]).split(b"\n")[:-1]
            for at in range(0, len(lines), self._batch_lines):
                some = tuple(lines[at : at + self._batch_lines])
                offset += sum(len(line) + 1 for line in some)
                yield LineBatch(file=file, end_offset=offset, lines=some)
