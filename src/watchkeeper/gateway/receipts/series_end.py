"""How far a series has come: its last whole line, which the next line names as its predecessor."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from watchkeeper.domain.receipt import FIRST_PREV_SHA256, line_sha256
from watchkeeper.gateway.receipts.series import SeriesFile, line_count, lines_backward, torn_bytes


@dataclass(frozen=True, slots=True)
class SeriesEnd:
    """Where the next line of a series belongs."""

    last: SeriesFile | None
    """The file with the highest number; None when the series has no file yet."""
    size_bytes: int
    """Of the last file."""
    torn: bool
    """Whether the last file ends in the middle of a line: nothing may be appended to it."""
    count: int
    """Whole lines in the series so far."""
    sha256: str
    """Of the last whole line; 64 zeros when there is none."""


def series_lines_backward(files: Sequence[SeriesFile]) -> Iterator[bytes]:
    """The whole lines of a series over all its files, last first."""
    for file in reversed(files):
        yield from lines_backward(file.path)


def seq_of_line(line: bytes) -> int | None:
    """The number a line gives itself; None when it has none or cannot be read."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    seq = row.get("seq") if isinstance(row, dict) else None
    return seq if isinstance(seq, int) and not isinstance(seq, bool) and seq > 0 else None


def series_end(files: Sequence[SeriesFile]) -> SeriesEnd:
    """How far a series has come, read from its end.

    Raises:
        OSError: A file cannot be read.
    """
    if not files:
        return SeriesEnd(last=None, size_bytes=0, torn=False, count=0, sha256=FIRST_PREV_SHA256)
    last = files[-1]
    line = next(series_lines_backward(files), None)
    return SeriesEnd(
        last=last,
        size_bytes=last.path.stat().st_size,
        torn=torn_bytes(last.path) > 0,
        count=0 if line is None else count_at_end(files, line),
        sha256=FIRST_PREV_SHA256 if line is None else line_sha256(line),
    )


def count_at_end(files: Sequence[SeriesFile], last_line: bytes) -> int:
    """How many lines a series has: as its last line says, else counted."""
    return seq_of_line(last_line) or sum(line_count(file.path) for file in files)
