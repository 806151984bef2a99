"""How the parts of an application do (HE-55): calls, failures, latency, when last seen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["ok", "failing", "no data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentHealth:
    """One component; a component without calls in the time asked about has no data, and no other state."""

    component: str
    workload: str
    state: State
    """`failing` from the error rate asked about on."""
    calls: int
    failed: int
    error_rate: float | None
    success_rate: float | None
    average_ms: float | None
    p95_ms: float | None
    last_seen: datetime | None
