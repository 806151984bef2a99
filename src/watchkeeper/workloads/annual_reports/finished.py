"""The documents of a run that have their line in its output."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchkeeper.domain.errors import InvalidInputError


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
