"""What a gateway worker tells of itself, and what is told of it when it has fallen silent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from watchkeeper.gateway.rate_limit import Minute

SILENT_AFTER = timedelta(seconds=3)
"""A worker reports twice a second; after six reports missed, what it last told is no longer how it is."""
FORGOTTEN_AFTER = timedelta(hours=1)
"""A killed worker's last report is kept so long, then nobody looks for it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerTold:
    """How a target's breaker stands in one worker."""

    state: str
    """`closed`, `open` or `half_open`."""
    forced: bool
    """Whether an operator holds it there."""
    failures: int
    """In a row."""
    for_s: float
    """Seconds it had been so when it was told."""
    retry_in_s: float | None
    """Seconds until it lets a call try, as told; None when it does so now, or is held open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheTold:
    """How a cache stands in one worker, since the worker began."""

    entries: int
    size_bytes: int
    hits: int
    misses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerReport:
    """One worker as it last told of itself."""

    worker_id: str
    gateway: str
    """Which gateway it belongs to: the machine and the data folder."""
    pid: int
    started_at: datetime
    seen_at: datetime
    """When it told this."""
    address: str | None = None
    """Where the gateway answers."""
    in_flight: int = 0
    """Calls being answered."""
    breakers: Mapping[str, BreakerTold] = field(default_factory=lambda: MappingProxyType({}))
    """By target."""
    caches: Mapping[str, CacheTold] = field(default_factory=lambda: MappingProxyType({}))
    """By name: `answers`, `embeddings`."""
    minutes: Mapping[str, Minute] = field(default_factory=lambda: MappingProxyType({}))
    """What limited keys have used here in their last minute, by key's id."""
    problems: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What does not work at the moment, by part."""

    def silent(self, now: datetime) -> bool:
        """Whether it has told nothing for so long that this is no longer how it is."""
        return now - self.seen_at > SILENT_AFTER
