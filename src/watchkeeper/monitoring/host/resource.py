"""How full one thing of the machine is, and its state at 75 and 90 % (GF-19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

HIGH = 0.75
CRITICAL = 0.90

Kind = Literal["cpu", "memory", "disk", "gpu memory", "database connections"]
State = Literal["OK", "high", "critical", "no device", "no data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One thing that can be full."""

    kind: Kind
    name: str
    """Which one, where there are several: a device's or folder's name; else empty."""
    used: float | None
    """In `unit`; None is no data."""
    whole: float | None
    unit: str
    present: bool = True
    """False where there is no such device."""

    @property
    def share(self) -> float | None:
        """How full it is, 0 to 1; None is no data."""
        if self.used is None or not self.whole:
            return None
        return self.used / self.whole

    @property
    def state(self) -> State:
        """Critical above 90 %, high above 75 %."""
        if not self.present:
            return "no device"
        if self.share is None:
            return "no data"
        return "critical" if self.share > CRITICAL else "high" if self.share > HIGH else "OK"


class HostReader(Protocol):
    """Reads the machine."""

    def resources(self) -> Sequence[Resource]:
        """Every resource; a device that cannot be read has no data."""
        ...
