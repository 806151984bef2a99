"""The names of segments: `<writer>-<n>.log`, a writer's name its start, so that they sort by age.

No name is ever used again, for positions are kept by name: every start of the ingest process is a writer of
its own.
"""

from datetime import datetime
from pathlib import Path

from watchkeeper.telemetry.minutes import ns_of

SUFFIX = ".log"


def writer_name(now: datetime, token: str) -> str:
    """The name of a writer that starts now.

    Args:
        now: When it starts.
        token: Tells it from another that starts at the same instant.

    >>> from datetime import UTC
    >>> writer_name(datetime(2026, 1, 1, tzinfo=UTC), "ab12")
    '1767225600000000-ab12'
    """
    return f"{ns_of(now) // 1000:016d}-{token}"


def segment_path(folder: Path, writer: str, number: int) -> Path:
    """Where a writer's segment of that number is."""
    return folder / f"{writer}-{number:08d}{SUFFIX}"


def segments_in(folder: Path) -> list[Path]:
    """All segments, oldest first."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == SUFFIX)
    except FileNotFoundError:
        return []


def size_of(path: Path) -> int:
    """A segment's bytes; 0 where it is gone."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
