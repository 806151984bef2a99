"""How fast a run goes and when it will be done, from what it has measured and nothing else."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Progress:
    """Items and units of work done so far."""

    total_items: int
    started_s: float
    """A monotonic reading, in seconds."""
    items: int = 0
    units: int = 0
    """Pages, tokens, or whatever an item has several of."""
    statuses: dict[str, int] = field(default_factory=dict)

    def done(self, *, units: int, status: str) -> None:
        """Count one finished item."""
        self.items += 1
        self.units += units
        self.statuses[status] = self.statuses.get(status, 0) + 1

    def units_per_second(self, now_s: float) -> float | None:
        """The rate so far; None before the first unit."""
        elapsed = now_s - self.started_s
        return self.units / elapsed if self.units and elapsed > 0 else None

    def eta_s(self, now_s: float) -> float | None:
        """Seconds until the rest is done at the rate measured; None before the first item."""
        elapsed = now_s - self.started_s
        if not self.items or elapsed <= 0:
            return None
        return (self.total_items - self.items) * elapsed / self.items
