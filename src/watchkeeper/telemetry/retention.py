"""How long telemetry is kept: by age and by size, whole days of UTC at a time, archived first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from watchkeeper.telemetry.append_result import RowKind


class AgeingStore(Protocol):
    """A store that can tell its age and size, and let go of what is old."""

    def first_instant(self) -> datetime | None:
        """When the oldest row is of; None of an empty store."""
        ...

    def size_bytes(self) -> int:
        """What its rows and figures take on the disk."""
        ...

    def export_parquet(
        self, folder: Path, *, since: datetime | None = None, until: datetime | None = None
    ) -> Mapping[RowKind, int]:
        """Write rows into a new folder as Parquet; how many, by kind."""
        ...

    def remove_before(self, instant: datetime) -> int:
        """Remove every row of before this instant; how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """What is kept."""

    days: int | None
    """Days of rows; None for all."""
    max_bytes: int | None
    """Bytes on the disk; None for any number."""
    archive: Path | None
    """Where what is removed is written first; None removes it for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionReport:
    """What one round removed."""

    removed: int = 0
    archives: tuple[Path, ...] = ()


def keep_within(store: AgeingStore, policy: RetentionPolicy, *, now: datetime) -> RetentionReport:
    """Remove what is too old, then oldest days until the rest is small enough; today is never removed.

    Killed at any point it loses nothing: a day is in its archive, whole, before it is removed.

    Raises:
        StorageFullError: The archive cannot be written; nothing more was removed.
    """
    today = _midnight(now.astimezone(UTC))
    kept_from = today - timedelta(days=policy.days - 1) if policy.days is not None else None
    report = RetentionReport()
    while (first := store.first_instant()) is not None and first < today:
        day_after = _midnight(first) + timedelta(days=1)
        too_old = kept_from is not None and day_after <= kept_from
        too_large = policy.max_bytes is not None and store.size_bytes() > policy.max_bytes
        if not too_old and not too_large:
            break
        report = _let_go(store, policy, report, first=first, day_after=day_after)
    return report


def _let_go(
    store: AgeingStore,
    policy: RetentionPolicy,
    report: RetentionReport,
    *,
    first: datetime,
    day_after: datetime,
) -> RetentionReport:
    archives = report.archives
    if policy.archive is not None:
        folder = _free_name(policy.archive, f"{first:%Y-%m-%d}")
        store.export_parquet(folder, until=day_after)
        archives = (*archives, folder)
    return RetentionReport(removed=report.removed + store.remove_before(day_after), archives=archives)


def _midnight(instant: datetime) -> datetime:
    return instant.replace(hour=0, minute=0, second=0, microsecond=0)


def _free_name(archive: Path, day: str) -> Path:
    """A folder for the day that is not there: late rows of a day archived before go beside it."""
    folder, n = archive / day, 1
    while folder.exists():
        n += 1
        folder = archive / f"{day}-{n}"
    return folder
