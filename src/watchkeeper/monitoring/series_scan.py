"""A series in a file, judged point by point: `timestamp,value` in, `timestamp,value,score,alert` out."""

import csv
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.detectors.detector import LEARNING, Detector, Verdict

COLUMNS = ("timestamp", "value")


@dataclass(frozen=True, slots=True)
class JudgedPoint:
    """A line of the file, and what the detector thinks of it."""

    timestamp: str
    """As it stands in the file."""
    value: str
    """As it stands in the file; empty is no data, and is not judged."""
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class ReadPoint:
    """A line of the file."""

    timestamp: str
    value: str
    at: datetime
    figure: float | None
    """None where the value is not known."""


def read_points(lines: Iterable[str]) -> Iterator[ReadPoint]:
    """The points of a CSV file in their order.

    Raises:
        InvalidInputError: A line is no point; it says which line and what is wrong.
    """
    rows = csv.reader(lines)
    header = [name.strip().lstrip("\ufeff") for name in next(rows, [])]
    # Two columns say which is which by their order, whatever they are called.
    if tuple(header[:2]) != COLUMNS and (len(header) != len(COLUMNS) or _is_instant(header[0])):
        raise InvalidInputError(
            f"line 1 names the columns {', '.join(header) or 'nothing'}",
            action="let the file begin with `timestamp,value`, or have a header and two columns",
        )
    before: datetime | None = None
    for row in rows:
        if not row:
            continue
        if len(row) < len(COLUMNS):
            raise _wrong(rows.line_num, f"it has {len(row)} column", "write a timestamp and a value")
        at, value = _instant(row[0], rows.line_num), _figure(row[1], rows.line_num)
        if before is not None and at < before:
            raise _wrong(rows.line_num, f"{row[0]} is earlier than the line before", "sort it by timestamp")
        before = at
        yield ReadPoint(row[0], row[1], at, value)


def judged_points(lines: Iterable[str], detector: Detector) -> Iterator[JudgedPoint]:
    """Judge the points of a CSV file in their order, each by those before it alone.

    Raises:
        InvalidInputError: A line is no point; it says which line and what is wrong.
    """
    for point in read_points(lines):
        verdict = LEARNING if point.figure is None else detector.judge(point.at, point.figure)
        yield JudgedPoint(point.timestamp, point.value, verdict)


def _is_instant(text: str) -> bool:
    """Whether it is a point's time: a file whose first line is a point has no header."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _instant(text: str, line: int) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise _wrong(line, f"{text!r:.60} is no timestamp", "write it as 2026-11-28T00:00:00Z") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _figure(text: str, line: int) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _wrong(line, f"{text!r:.60} is no number", "leave a value that is not known empty")
    return value


def _wrong(line: int, what: str, action: str) -> InvalidInputError:
    return InvalidInputError(f"line {line}: {what}", action=action)
