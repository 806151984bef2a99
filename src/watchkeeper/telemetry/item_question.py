"""How many items calls were made for, and what those calls cost: what unit costs are worked out from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from watchkeeper.telemetry.figures import Dimension, KnownSum


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFigures:
    """What the calls of one group and step add up to, those for items apart from those for none."""

    group: Mapping[Dimension, str | None]
    begins: datetime | None
    """Where the step begins, aware, in the timezone asked for; None without steps."""
    items: int | None
    """Different items that the calls were made for; None for the calls that were for none."""
    calls: int
    """Spans of every operation."""
    cost_usd: KnownSum[Decimal]
    """Of the calls that count (law 2)."""


def items_order(row: ItemFigures) -> tuple[float, list[tuple[bool, str]], bool]:
    """What they are sorted by: earliest step first, then by group, None last, then calls for items first."""
    begins = 0.0 if row.begins is None else row.begins.timestamp()
    return begins, [(value is None, value or "") for value in row.group.values()], row.items is None
