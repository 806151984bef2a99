"""How the bank decides: pure arithmetic over an account, the same in memory and in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from watchkeeper.costs.budgets.budget import USD_STEP, Budget
from watchkeeper.costs.budgets.ports import (
    ZERO,
    Account,
    LeaseGrant,
    LeaseReport,
    LeaseRequest,
    OpenLease,
    Reached,
)

IDLE_DIVISOR = 4
"""A holder may keep a quarter of its share of what is left unused: one that vanishes holds up little, and
one whose database is away goes on for long."""
SCARCE_FOR = timedelta(seconds=2)
"""How long after a call waited in vain for money that others hold nobody keeps any idle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """The outcome of one request."""

    lease: OpenLease
    """As it stands now."""
    grant: LeaseGrant
    in_vain: bool
    """Money was needed and not there, though not all of it is spent."""


def lend(
    account: Account, holder: str, request: LeaseRequest, *, now: datetime, lease_s: float, scarce: bool
) -> Lent:
    """Decide on a request.

    Args:
        account: The budget and period as it stands, the holder's own lease included if it has one.
        holder: Who asks.
        request: What it reports, keeps and needs.
        now: When it was asked.
        lease_s: How long the lease lasts, in seconds.
        scarce: Whether another holder waited in vain just now.
    """
    report, limit = request.report, request.budget.limit_usd
    others = tuple(lease for lease in account.leases if lease.holder != holder)
    elsewhere = (
        account.closed_settled_usd
        + account.closed_unsettled_usd
        + account.entered_usd
        + sum((taken(lease) for lease in others), ZERO)
    )
    used_usd = (
        account.closed_settled_usd
        + account.closed_unsettled_usd
        + account.entered_usd
        + sum((lease.settled_usd + lease.unsettled_usd for lease in others), ZERO)
        + report.settled_usd
        + report.unsettled_usd
    )
    own_used = report.settled_usd + report.unsettled_usd
    keep = request.keep_usd if request.budget.hard else ZERO
    room = limit - elsewhere - max(keep, own_used)
    living = 1 + sum(lease.expires_at > now for lease in others)
    idle = ZERO if scarce else _steps(max(room, ZERO) / (living * IDLE_DIVISOR))
    more = _granted(request, room, idle) if request.budget.hard else ZERO
    in_vain = request.budget.hard and request.need_usd > more and limit - used_usd >= request.least_usd
    lease = OpenLease(
        holder=holder,
        granted_usd=keep + more,
        settled_usd=report.settled_usd,
        unsettled_usd=report.unsettled_usd,
        held_usd=request.held_usd,
        unpriced_calls=report.unpriced_calls,
        expires_at=now + timedelta(seconds=lease_s),
    )
    grant = LeaseGrant(
        granted_usd=keep + more,
        idle_usd=ZERO if in_vain else idle,
        unspent_usd=limit - used_usd,
        used_usd=used_usd,
    )
    return Lent(lease=lease, grant=grant, in_vain=in_vain)


def taken(lease: OpenLease) -> Decimal:
    """What a lease takes of the budget: what was granted, or more where calls passed their bound."""
    return max(lease.granted_usd, lease.settled_usd + lease.unsettled_usd)


def levels_passed(budget: Budget, account: Account, used_usd: Decimal, *, now: datetime) -> Sequence[Reached]:
    """The levels that are reached now and were not before."""
    known = {one.percent for one in account.reached}
    return [
        Reached(
            budget=budget.name,
            period_start=account.period.start,
            percent=level.percent,
            used_usd=used_usd,
            limit_usd=budget.limit_usd,
            reached_at=now,
        )
        for level in budget.levels
        if level.percent not in known and level.is_reached(used_usd, budget.limit_usd)
    ]


def with_lease_closed(
    account: Account, holder: str, kept: OpenLease | None, word: LeaseReport | None
) -> Account:
    """An account after a lease ended with the larger of what the bank and the holder knew."""
    known = [one for one in (kept, word) if one is not None]
    settled = max((one.settled_usd for one in known), default=ZERO)
    unsettled = max((one.unsettled_usd for one in known), default=ZERO)
    unpriced = max((one.unpriced_calls for one in known), default=0)
    return replace(
        account,
        closed_settled_usd=account.closed_settled_usd + settled,
        closed_unsettled_usd=account.closed_unsettled_usd + unsettled,
        closed_unpriced_calls=account.closed_unpriced_calls + unpriced,
        leases=tuple(lease for lease in account.leases if lease.holder != holder),
    )


def closed_grant(request: LeaseRequest, account: Account) -> LeaseGrant:
    """What a holder is told whose lease was closed."""
    return LeaseGrant(
        granted_usd=ZERO,
        idle_usd=ZERO,
        unspent_usd=request.budget.limit_usd - account.used_usd,
        used_usd=account.used_usd,
        closed=True,
    )


def is_scarce(scarce_at: datetime | None, now: datetime) -> bool:
    """Whether a call waited in vain just now; a clock that was set back does not make it last."""
    return scarce_at is not None and abs(now - scarce_at) < SCARCE_FOR


def _granted(request: LeaseRequest, room: Decimal, idle: Decimal) -> Decimal:
    """How much more is granted: what is needed first, then what may lie idle; useless crumbs never."""
    used = request.report.settled_usd + request.report.unsettled_usd + request.held_usd
    free = max(request.keep_usd - used, ZERO)
    more = min(room, request.need_usd + max(idle - free, ZERO))
    if more <= 0 or (request.need_usd > 0 and more < request.least_usd):
        return ZERO
    return more


def _steps(amount_usd: Decimal) -> Decimal:
    """An amount in whole steps, never more than it was."""
    return amount_usd.quantize(USD_STEP, rounding="ROUND_DOWN")
