"""Tables as CSV (RFC 4180), for spreadsheets; an empty cell is no data."""

import csv
import io
import sys
from collections.abc import Iterable, Sequence


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    r"""The rows as text, the heading first.

    >>> csv_text([("name", "usd"), ("a,b", None)])
    'name,usd\r\n"a,b",\r\n'
    """
    text = io.StringIO()
    csv.writer(text).writerows(["" if cell is None else cell for cell in row] for row in rows)
    return text.getvalue()


def print_csv(rows: Iterable[Sequence[object]]) -> None:
    """Print rows as CSV."""
    sys.stdout.write(csv_text(rows))
    sys.stdout.flush()
