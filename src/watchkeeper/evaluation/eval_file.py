"""The file of an evaluation run: each line on disk before the next answer counts, never half kept."""

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from watchkeeper.domain.errors import ConflictError, InvalidInputError
from watchkeeper.evaluation.eval_line import EvalHead, EvalLine, LineScore
from watchkeeper.files.line_file import LineFile


class EvalFile:
    """A run's file, open for appending; a torn last line is cut off, its answer is asked for again."""

    def __init__(self, path: Path, head: EvalHead, *, resume: bool) -> None:
        """Begin a file, or go on with one.

        Args:
            path: The file.
            head: What is run.
            resume: Whether a file that is there is gone on with.

        Raises:
            ConflictError: The file is there and is not to be gone on with, or is another run's.
            InvalidInputError: It holds something else.
            StorageFullError: It cannot be written.
        """
        self.path = path
        self.done: tuple[EvalLine, ...] = ()
        if path.exists() and path.stat().st_size:
            if not resume:
                raise ConflictError(
                    f"{path} holds a run", action="give another --output, or go on with it by --resume"
                )
            known, lines = read_eval_file(path)
            _check_same(known, head, path)
            self.done = tuple(lines)
        self._lines = LineFile(path, of="answers")
        if not path.stat().st_size:
            self._write({"eval": asdict(head)})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.__exit__(kind, error, trace)

    def append(self, line: EvalLine) -> None:
        """Keep one answer with its scores.

        Raises:
            StorageFullError: It cannot be written.
        """
        self._write(asdict(line))

    def _write(self, value: dict[str, Any]) -> None:
        self._lines.append(value, default=str)


def read_eval_file(path: Path) -> tuple[EvalHead, list[EvalLine]]:
    """A run as its file tells it, whole lines only.

    Raises:
        InvalidInputError: It cannot be read, or is no run; the line is named.
    """
    try:
        content = path.read_bytes()
    except OSError as failure:
        raise InvalidInputError(
            f"{path} cannot be read: {failure.strerror}", action="name the file of a run"
        ) from None
    rows = _rows(content, path)
    try:
        head = EvalHead(**next(rows)["eval"])
        lines = [eval_line(row) for row in rows]
    except (StopIteration, KeyError, TypeError, AttributeError):
        raise InvalidInputError(
            f"{path} is no evaluation run", action="name a file that `wk eval run` wrote"
        ) from None
    return head, lines


def _rows(content: bytes, path: Path) -> Iterator[Any]:
    for number, line in enumerate(content.split(b"\n")[:-1], start=1):
        try:
            yield json.loads(line)
        except ValueError:
            raise InvalidInputError(
                f"line {number} of {path} is no JSON", action="name a file that `wk eval run` wrote"
            ) from None


def eval_line(row: dict[str, Any]) -> EvalLine:
    """An answer as JSON tells it."""
    scores = {name: LineScore(**score) for name, score in row.pop("scores").items()}
    if any(one.value is not None and not 0 <= one.value <= 1 for one in scores.values()):
        raise TypeError("a score is from 0 to 1")
    return replace(EvalLine(**{**row, "receipts": tuple(row["receipts"])}), scores=scores)


def _check_same(known: EvalHead, asked: EvalHead, path: Path) -> None:
    for name in ("dataset_sha256", "repeats", "target", "scorers", "suite_sha256"):
        if getattr(known, name) != getattr(asked, name):
            raise ConflictError(
                f"{path} is a run with other {name.removesuffix('_sha256')}",
                action="give another --output: answers of two runs do not belong in one file",
            )
