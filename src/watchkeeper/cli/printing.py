"""Printing: JSON for programs, plain text and tables for people; errors in one sentence each."""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from watchkeeper.domain.errors import WatchkeeperError

NO_DATA = "no data"
"""What is shown for a value that is not known (law 1)."""
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z")
_WIDTH_UNSEEN = 200
"""Characters of a table line that goes to a file or pipe."""


def print_line(text: str = "", *, to: IO[str] | None = None) -> None:
    """Print a line for a person, on the output stream unless told otherwise."""
    stream = sys.stdout if to is None else to
    stream.write(text + "\n")
    stream.flush()


def print_json(value: object) -> None:
    """Print a value as one JSON document."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=_plain) + "\n")
    sys.stdout.flush()


def print_json_line(value: object) -> None:
    """Print a value as one line of JSON, for commands that print several."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")
    sys.stdout.flush()


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None, none: str = ""
) -> None:
    """Print a table; None stands as "no data". `none` is said in place of a table without rows."""
    told = list(rows)
    if none and not told:
        print_line(none)
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else _WIDTH_UNSEEN, highlight=False, markup=False)
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False)
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in told:
        table.add_row(*(Text(_to_the_second(shown(cell))) for cell in row))
    console.print(table)


def _to_the_second(told: str) -> str:
    """An instant of the API as a person reads it; anything else as it is.

    >>> _to_the_second("2026-11-28T09:15:32.442896Z")
    '2026-11-28 09:15:32Z'
    """
    found = _INSTANT.fullmatch(told)
    return told if found is None else f"{found[1]} {found[2]}Z"


def shown(value: object) -> str:
    """A value for a person.

    >>> shown(None), shown(True), shown(0.5)
    ('no data', 'yes', '0.5')
    """
    if value is None:
        return NO_DATA
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def print_error(error: WatchkeeperError, *, as_json: bool, to: IO[str] | None = None) -> None:
    """Print an error on the error stream: its message, then what to do."""
    stream = sys.stderr if to is None else to
    if as_json:
        stream.write(json.dumps({"error": error.body()}, ensure_ascii=False, default=_plain) + "\n")
    else:
        stream.write(f"error: {error.message}\n" + (f"  {error.action}\n" if error.action else ""))
    stream.flush()


def _plain(value: object) -> Any:
    """What JSON makes of our own types."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is not printable as JSON")
