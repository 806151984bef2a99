"""The output of a run: one JSON line a document, appended when it is finished, never half kept."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from watchkeeper.domain.errors import InvalidInputError, StorageFullError


class OutputFile:
    """A result file open for appending.

    A line is on disk before `append` returns. A torn last line, left by a kill or a full disk, is cut
    off when the file is opened again: its document is simply not finished.

    Raises:
        StorageFullError: The file cannot be written.
        InvalidInputError: The file holds something else than result lines.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn_bytes = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as failure:
            raise _unwritable(path, failure) from failure
        self._cut_torn_line()

    def __enter__(self) -> "OutputFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    def append(self, line: Mapping[str, object]) -> None:
        """Keep one result."""
        data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        try:
            written = os.write(self._descriptor, data)
            if written != len(data):
                raise OSError(28, "the disk is full")
            os.fsync(self._descriptor)
        except OSError as failure:
            raise _unwritable(self.path, failure) from failure

    def _cut_torn_line(self) -> None:
        content = self.path.read_bytes()
        whole = content.rfind(b"\n") + 1
        self.torn_bytes = len(content) - whole
        if self.torn_bytes:
            os.ftruncate(self._descriptor, whole)


@dataclass(frozen=True, slots=True)
class Finished:
    """A document that has its line."""

    status: str
    pages: int
    line: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The whole line."""


def finished_documents(path: Path, run_id: str) -> dict[str, Finished]:
    """The documents of a run that have their line in the file, by file name.

    Raises:
        InvalidInputError: A whole line is not a result; the message names it.
    """
    if not path.exists():
        return {}
    finished = {}
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], start=1):
        try:
            row = json.loads(line)
            if row["run_id"] == run_id:
                finished[str(row["document"])] = Finished(str(row["status"]), int(row["pages"]), row)
        except (ValueError, KeyError, TypeError) as broken:
            raise InvalidInputError(
                f"line {number} of {path} is not a result line", action="give another file to --output"
            ) from broken
    return finished


def _unwritable(path: Path, failure: OSError) -> StorageFullError:
    return StorageFullError(
        f"cannot write results to {path}: {failure.strerror}",
        action="free space or choose another --output, then go on with --resume",
    )
