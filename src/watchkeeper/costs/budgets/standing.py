"""How a budget stands: spent, held, left, where it will end, which levels it reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from watchkeeper.costs.budgets.budget import Budget, Level
from watchkeeper.costs.budgets.period import Per
from watchkeeper.costs.budgets.ports import ZERO, Account, Enabled, Entry
from watchkeeper.costs.budgets.refusals import period_text

FORECAST_AFTER = {Per.DAY: timedelta(hours=1), Per.MONTH: timedelta(days=1)}
"""How much of a period a forecast needs; what came before says too little."""
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelStanding:
    """One level of a budget in the present period."""

    percent: Decimal
    refuses: tuple[str, ...]
    reached: bool
    """Whether so much is used now; a limit that was raised since may have taken it back."""
    reached_at: datetime | None
    """When its event was raised, once a period; None when it was not."""
    enabled: Enabled | None
    """Who opened again what it refuses, last."""
    refuses_now: bool
    """Whether it keeps something from starting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A budget in its present period; amounts in USD."""

    name: str
    line: str
    """What it is for: `total`, `workload stock-research`, `entered costs`."""
    per: str
    hard: bool
    period: str
    """Such as `2026-03` or `2026-03-29`."""
    period_start: datetime
    resets_at: datetime
    limit_usd: Decimal
    spent_usd: Decimal
    """Settled and entered."""
    settled_usd: Decimal
    entered_usd: Decimal
    used_usd: Decimal
    """Spent or known to be unsettled: what levels go by."""
    used_percent: Decimal
    """In percent of the limit, rounded down: 99.999 is not yet 100."""
    held_usd: Decimal
    """Of calls in flight, or lent to gateways and not yet spent."""
    unsettled_usd: Decimal
    """Of calls whose cost will never be known, and of leases whose gateway was not heard of in time."""
    left_usd: Decimal
    """Limit less all of these; below 0 where it was passed."""
    unpriced_calls: int
    """Calls whose price is not known: what they cost is in none of the sums."""
    forecast_usd: Decimal | None
    """Spent and unsettled at the period's end if it goes on as so far; None when too little has passed."""
    levels: tuple[LevelStanding, ...]
    entries: tuple[Entry, ...]
    audit: tuple[Enabled, ...]


def standing(budget: Budget, account: Account, *, now: datetime, zone: ZoneInfo) -> Standing:
    """How a budget stands, from its account."""
    lapsed = [lease for lease in account.leases if lease.expires_at < now]
    living = [lease for lease in account.leases if lease.expires_at >= now]
    # Of a lease whose gateway was not heard of any more, nobody knows what was spent: law 3.
    lost = sum((_rest(lease.granted_usd, lease.settled_usd + lease.unsettled_usd) for lease in lapsed), ZERO)
    held = sum(
        (
            max(_rest(lease.granted_usd, lease.settled_usd + lease.unsettled_usd), lease.held_usd)
            for lease in living
        ),
        ZERO,
    )
    spent = account.settled_usd + account.entered_usd
    unsettled = account.unsettled_usd + lost
    return Standing(
        name=budget.name,
        line=budget.line(),
        per=budget.per,
        hard=budget.hard,
        period=period_text(budget.per, account.period, zone),
        period_start=account.period.start,
        resets_at=account.period.end,
        limit_usd=budget.limit_usd,
        spent_usd=spent,
        settled_usd=account.settled_usd,
        entered_usd=account.entered_usd,
        used_usd=account.used_usd,
        used_percent=(account.used_usd * 100 / budget.limit_usd).quantize(CENT, rounding="ROUND_DOWN"),
        held_usd=held,
        unsettled_usd=unsettled,
        left_usd=budget.limit_usd - spent - unsettled - held,
        unpriced_calls=account.closed_unpriced_calls + sum(one.unpriced_calls for one in account.leases),
        forecast_usd=forecast_usd(budget, account, unsettled_usd=unsettled, now=now),
        levels=tuple(_level(level, budget, account) for level in budget.levels),
        entries=account.entries,
        audit=account.enabled,
    )


def forecast_usd(
    budget: Budget, account: Account, *, unsettled_usd: Decimal, now: datetime
) -> Decimal | None:
    """What will be spent by the period's end, to the cent, if calls go on as they have so far.

    Entered costs stay what they are: they come once and are not drawn out. None before an hour of a day
    or a day of a month has passed.

    Args:
        budget: Whose.
        account: Its account.
        unsettled_usd: In USD; counts as spent.
        now: When.
    """
    gone = now - account.period.start
    if gone < FORECAST_AFTER[budget.per]:
        return None
    share = Decimal(min(gone, account.period.end - account.period.start) // timedelta(seconds=1)) / Decimal(
        (account.period.end - account.period.start) // timedelta(seconds=1)
    )
    calls = (account.settled_usd + unsettled_usd) / share
    return (account.entered_usd + calls).quantize(CENT)


def refusing(standings: Sequence[Standing]) -> tuple[tuple[Standing, LevelStanding], ...]:
    """The levels that refuse something now."""
    return tuple((one, level) for one in standings for level in one.levels if level.refuses_now)


def _rest(granted: Decimal, spent: Decimal) -> Decimal:
    return max(granted - spent, ZERO)


def _level(level: Level, budget: Budget, account: Account) -> LevelStanding:
    event = next((one for one in account.reached if one.percent == level.percent), None)
    acts = [one for one in account.enabled if one.percent == level.percent]
    reached = level.is_reached(account.used_usd, budget.limit_usd)
    return LevelStanding(
        percent=level.percent,
        refuses=tuple(sorted(level.refuses)),
        reached=reached,
        reached_at=event.reached_at if event else None,
        enabled=acts[-1] if acts else None,
        refuses_now=reached and bool(level.refuses) and not acts,
    )
