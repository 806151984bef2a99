"""A reference: what came before, kept under a name so that what comes now can be held against it (HE-32)."""

from dataclasses import dataclass, field
from datetime import datetime

from watchkeeper.monitoring.drift.table_drift import Table

MOST_VALUES = 1_000_000
"""Over all columns; a sample of them tells as much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceFacts:
    """What is known of a reference without reading it; `(name, version)` is its key."""

    name: str
    version: int
    """Counted from 1; a newer one never takes an older one's place."""
    workload: str | None
    """Whose calls it is of; None for one of a file."""
    source: str
    """Where it was taken from, for people."""
    rows: int
    columns: tuple[str, ...]
    made_at: datetime

    @property
    def key(self) -> str:
        """`name@version`."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReference:
    """A reference with its values."""

    facts: ReferenceFacts
    table: Table = field(repr=False)


def split_key(text: str) -> tuple[str, int | None]:
    """A reference's name and version as `name@version`; without one, the newest is meant.

    >>> split_key("march@2"), split_key("march")
    (('march', 2), ('march', None))
    """
    name, at, version = text.rpartition("@")
    return (name, int(version)) if at and version.isdecimal() else (text, None)
