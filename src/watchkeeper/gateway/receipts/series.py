"""Where receipts lie: `<writer>-<n>.ndjson`, one series of numbered files a writer."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FILE = re.compile(r"(?P<writer>[a-z0-9][a-z0-9_.-]*)-(?P<number>[0-9]{1,9})\.ndjson")

_BLOCK_BYTES = 64 * 1024
"""Read at once from a file's end: some sixty receipts of about a kilobyte."""


@dataclass(frozen=True, slots=True, order=True)
class SeriesFile:
    """One file of a writer's series."""

    writer: str
    number: int
    """From 1; a writer's next file has the next number."""
    path: Path


def file_name(writer: str, number: int) -> str:
    """The name of a writer's n-th file, padded so that names sort as numbers do.

    >>> file_name("run", 3)
    'run-000003.ndjson'
    """
    return f"{writer}-{number:06d}.ndjson"


def series_file(path: Path) -> SeriesFile | None:
    """What a file's name says it is; None for a name no writer gives."""
    match = _FILE.fullmatch(path.name)
    return SeriesFile(match["writer"], int(match["number"]), path) if match else None


def series_in(folder: Path) -> dict[str, tuple[SeriesFile, ...]]:
    """Every writer's files by number, writers in order; nothing where there is no such folder."""
    try:
        named = [series_file(path) for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return {}
    series: dict[str, list[SeriesFile]] = {}
    for file in sorted(file for file in named if file is not None):
        series.setdefault(file.writer, []).append(file)
    return {writer: tuple(files) for writer, files in series.items()}


def lines_backward(path: Path) -> Iterator[bytes]:
    """A file's whole lines without their newlines, last first; a torn last line is left out."""
    with path.open("rb") as file:
        position = file.seek(0, 2)
        pending: bytes | None = None  # the start of it may still lie in an earlier block
        while position > 0:
            size = min(_BLOCK_BYTES, position)
            position -= size
            file.seek(position)
            block = file.read(size)
            # Until the last newline is met there is nothing but the torn line's end.
            pieces = block.split(b"\n") if pending is None else (block + pending).split(b"\n")
            if pending is None and len(pieces) == 1:
                continue
            if pending is None:
                pieces.pop()
            pending = pieces[0]
            yield from reversed(pieces[1:])
        if pending is not None:
            yield pending


def torn_bytes(path: Path) -> int:
    """How many bytes stand after the file's last newline; 0 when it ends with a whole line."""
    with path.open("rb") as file:
        end = position = file.seek(0, 2)
        while position > 0:
            size = min(_BLOCK_BYTES, position)
            position -= size
            file.seek(position)
            newline = file.read(size).rfind(b"\n")
            if newline >= 0:
                return end - (position + newline + 1)
    return end


def line_count(path: Path) -> int:
    """How many whole lines a file has."""
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1024 * 1024), b""))
