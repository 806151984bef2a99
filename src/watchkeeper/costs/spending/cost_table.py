"""What was spent by model, workload, agent or day, with the part nobody knows beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from watchkeeper.domain.money import plain_usd
from watchkeeper.domain.time_range import TimeRange

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPart:
    """What telemetry knows of the model calls of one group."""

    group: Mapping[str, str | None]
    calls: int
    input_tokens: int | None
    """As far as told; None where no call told any."""
    output_tokens: int | None
    known_usd: Decimal
    unknown_calls: int
    """Those of `calls` whose cost is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """What the model calls of one group cost; amounts in USD, shares from 0 to 1, null is no data."""

    group: Mapping[str, str | None]
    calls: int
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: Decimal | None
    """As far as prices are known; null where none is, and without calls."""
    unknown_calls: int
    """Calls whose cost is not known: in no sum here."""
    share: float | None
    """Of all known costs."""
    call_share: float | None
    """Of all calls: the model distribution, when asked by model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredCost:
    """A cost no call made, entered by hand into a budget."""

    budget: str
    entered_at: datetime
    usd: Decimal
    what: str
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostTable:
    """What was spent in a stretch of time."""

    since: datetime
    until: datetime
    timezone: str
    by: tuple[str, ...]
    rows: tuple[CostRow, ...]
    """Dearest first; with days first by day."""
    total: CostRow
    entered: tuple[EnteredCost, ...]
    """Told apart: calls did not make them, and they are in no row and not in `total`."""
    entered_usd: Decimal
    all_usd: Decimal | None
    """Calls, as far as known, and entered costs together; null when neither is there."""


def cost_table(
    parts: Sequence[CostPart], *, during: TimeRange, by: Sequence[str], entered: Sequence[EnteredCost] = ()
) -> CostTable:
    """The table of what groups cost."""
    total = CostPart(
        group={},
        calls=sum(part.calls for part in parts),
        input_tokens=_known([part.input_tokens for part in parts]),
        output_tokens=_known([part.output_tokens for part in parts]),
        known_usd=sum((part.known_usd for part in parts), _ZERO),
        unknown_calls=sum(part.unknown_calls for part in parts),
    )
    all_of_it = _row(total, total)
    by_hand = sum((one.usd for one in entered), _ZERO)
    rows = sorted((_row(part, total) for part in parts), key=_order)
    return CostTable(
        since=during.since,
        until=during.until,
        timezone=during.zone.key,
        by=tuple(by),
        rows=tuple(rows),
        total=all_of_it,
        entered=tuple(entered),
        entered_usd=plain_usd(by_hand),
        all_usd=None
        if all_of_it.cost_usd is None and not entered
        else plain_usd((all_of_it.cost_usd or _ZERO) + by_hand),
    )


def _row(part: CostPart, total: CostPart) -> CostRow:
    priced = part.calls > part.unknown_calls
    return CostRow(
        group=dict(part.group),
        calls=part.calls,
        input_tokens=part.input_tokens,
        output_tokens=part.output_tokens,
        cost_usd=plain_usd(part.known_usd) if priced else None,
        unknown_calls=part.unknown_calls,
        share=float(part.known_usd / total.known_usd) if priced and total.known_usd else None,
        call_share=part.calls / total.calls if total.calls else None,
    )


def _order(row: CostRow) -> tuple[str, Decimal, int, list[str]]:
    names = [value or "" for name, value in row.group.items() if name != "day"]
    return row.group.get("day") or "", -(row.cost_usd or _ZERO), -row.calls, names


def _known(parts: Sequence[int | None]) -> int | None:
    told = [part for part in parts if part is not None]
    return sum(told) if told else None
