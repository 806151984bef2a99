"""Following the receipt files: each whole line once, from where the last reading ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from watchkeeper.domain.receipt import Receipt, receipt_of_line
from watchkeeper.gateway.receipts.series import SeriesFile, series_in

MOST_BYTES = 8 * 1024 * 1024
"""Read in one turn: some eight thousand receipts, so that a long backlog comes in pieces."""


@dataclass(frozen=True, slots=True)
class UnreadableReceiptLine:
    """A whole line that is no receipt."""

    file: str
    """The file's name."""
    offset: int
    """Where the line begins, in bytes from the file's start."""
    reason: str


@dataclass(frozen=True, slots=True)
class TailBatch:
    """What one turn of following has brought."""

    receipts: tuple[Receipt, ...]
    """In the order of each file."""
    offsets: Mapping[str, int]
    """Where to go on, for every file that was read on; the others keep the offset they had."""
    unreadable: tuple[UnreadableReceiptLine, ...]
    more: bool
    """Whether the turn ended because it was full: there may be more to read at once."""


@dataclass(slots=True)
class _Turn:
    room_bytes: int
    receipts: list[Receipt] = field(default_factory=list)
    offsets: dict[str, int] = field(default_factory=dict)
    unreadable: list[UnreadableReceiptLine] = field(default_factory=list)
    more: bool = False

    def read(self, file: SeriesFile, offset: int) -> None:
        with file.path.open("rb") as opened:
            opened.seek(offset)
            position = offset
            for line in opened:
                if not line.endswith(b"\n"):
                    break  # still being written, or torn for ever: a torn line is followed by a new file
                if self.room_bytes < len(line) and self.offsets:
                    self.more = True
                    break
                self._take(file.path.name, position, line)
                position += len(line)
                self.room_bytes -= len(line)
                self.offsets[file.path.name] = position

    def _take(self, name: str, offset: int, line: bytes) -> None:
        try:
            self.receipts.append(receipt_of_line(line))
        except ValueError as problem:
            # The reason names a place or a column, never the damaged text: that may hold anything.
            self.unreadable.append(UnreadableReceiptLine(name, offset, f"not a receipt: {problem}"))


class ReceiptTail:
    """Reads what was added to a folder of receipts since the offsets given."""

    def __init__(self, folder: Path, *, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes

    def read(self, offsets: Mapping[str, int]) -> TailBatch:
        """Every whole line beyond the offsets, up to a turn's size.

        A file shorter than its offset was cut: nothing of it is read again, and `verify_receipts`
        says what is missing. Reading twice from the same offsets gives the same lines.

        Args:
            offsets: Bytes already read of each file, by file name; a file not named is new.
        """
        turn = _Turn(self._most_bytes)
        for files in series_in(self._folder).values():
            for file in files:
                offset = offsets.get(file.path.name, 0)
                if not turn.more and file.path.stat().st_size > offset:
                    turn.read(file, offset)
        return TailBatch(tuple(turn.receipts), turn.offsets, tuple(turn.unreadable), turn.more)
