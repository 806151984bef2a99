"""What pack files are called: `20261128-083015-1.pack`, by the day and time (UTC) they were begun.

A pack holds pieces put on its day alone, so it may go when that day is old enough.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

PACK = ".pack"
INDEX = ".index"
_NAME = re.compile(r"([0-9]{8})-([0-9]{6})-([0-9]{1,9})\.pack", re.ASCII)
_STAMP = "%Y%m%d%H%M%S"


class PackName(NamedTuple):
    """When a pack was begun, and its number among those of that second; in order of age."""

    begun: str
    number: int

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.begun[:8]}-{self.begun[8:]}-{self.number}{PACK}"

    @property
    def day(self) -> str:
        """The day its pieces were put, as `20261128`."""
        return self.begun[:8]

    @property
    def begun_at(self) -> datetime:
        """When it was begun, to the second."""
        return datetime.strptime(self.begun, _STAMP).replace(tzinfo=UTC)

    @property
    def day_ends(self) -> datetime:
        """When that day is over."""
        return datetime.strptime(self.day, "%Y%m%d").replace(tzinfo=UTC) + timedelta(days=1)


def pack_name(file: str) -> PackName | None:
    """The name in a file's name; None for what is no pack."""
    found = _NAME.fullmatch(file)
    if found is None:
        return None
    day, time, number = found.groups()
    try:
        datetime.strptime(day + time, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
    return PackName(day + time, int(number))


def begun_now(now: datetime) -> str:
    """The first half of the name of a pack begun now."""
    return now.astimezone(UTC).strftime(_STAMP)
