"""How the gateways stand by the last word of their workers: what is current, and what is no longer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.gateway.circuit_breaker import BreakerState
from watchkeeper.gateway.orders.order import Order, standing
from watchkeeper.gateway.orders.worker_report import BreakerTold, CacheTold, WorkerReport

_WORST_FIRST = (BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStanding:
    """One worker."""

    worker_id: str
    gateway: str
    pid: int
    address: str | None
    started_at: datetime
    seen_at: datetime
    """When it last told of itself."""
    silent: bool
    """Whether that is so long ago that nothing below is known to be so any more."""
    in_flight: int | None
    """None of a silent worker."""
    problems: Mapping[str, str]
    """What it last told, by part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBy:
    """The order that holds a breaker."""

    seq: int
    kind: str
    by: str
    reason: str | None
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerStanding:
    """One target's breakers in all workers that are not silent."""

    target: str
    state: str | None
    """The worst of its states; None where no worker tells one."""
    mixed: bool
    """Whether workers differ: each has a breaker of its own."""
    forced: bool
    """Whether all of them are held by an operator."""
    held_by: HeldBy | None
    workers: Mapping[str, BreakerTold]
    """By worker's id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheStanding:
    """One cache, summed over all workers that are not silent."""

    cache: str
    entries: int
    size_bytes: int
    hits: int
    misses: int
    hit_rate: float | None
    """From 0 to 1; None before the first question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayStanding:
    """All gateways."""

    at: datetime
    workers: tuple[WorkerStanding, ...]
    breakers: tuple[BreakerStanding, ...]
    caches: tuple[CacheStanding, ...]
    """Empty where no worker tells of any."""


def gateway_standing(
    reports: Sequence[WorkerReport], orders: Iterable[Order], *, targets: Iterable[str], now: datetime
) -> GatewayStanding:
    """How the gateways stand.

    Args:
        reports: The last of every worker.
        orders: Those in force, by number.
        targets: Targets there are by the settings, whether or not a worker tells of them.
        now: Tells who is silent.
    """
    speaking = [one for one in reports if not one.silent(now)]
    held = standing(orders)
    names = sorted({*targets, *(name for one in speaking for name in one.breakers)})
    return GatewayStanding(
        at=now,
        workers=tuple(_worker(one, silent=one.silent(now)) for one in reports),
        breakers=tuple(_breaker(name, speaking, held.get(f"breaker {name}")) for name in names),
        caches=tuple(_caches(speaking)),
    )


def _worker(report: WorkerReport, *, silent: bool) -> WorkerStanding:
    return WorkerStanding(
        worker_id=report.worker_id,
        gateway=report.gateway,
        pid=report.pid,
        address=report.address,
        started_at=report.started_at,
        seen_at=report.seen_at,
        silent=silent,
        in_flight=None if silent else report.in_flight,
        problems=report.problems,
    )


def _breaker(target: str, speaking: Sequence[WorkerReport], order: Order | None) -> BreakerStanding:
    told = {one.worker_id: one.breakers[target] for one in speaking if target in one.breakers}
    states = {one.state for one in told.values()}
    return BreakerStanding(
        target=target,
        state=next((state.value for state in _WORST_FIRST if state.value in states), None),
        mixed=len(states) > 1,
        forced=bool(told) and all(one.forced for one in told.values()),
        held_by=None
        if order is None
        else HeldBy(
            seq=order.seq, kind=order.kind, by=order.by, reason=order.reason, given_at=order.given_at
        ),
        workers=told,
    )


def _caches(speaking: Sequence[WorkerReport]) -> Iterable[CacheStanding]:
    for name in sorted({name for one in speaking for name in one.caches}):
        told: list[CacheTold] = [one.caches[name] for one in speaking if name in one.caches]
        hits, misses = sum(one.hits for one in told), sum(one.misses for one in told)
        yield CacheStanding(
            cache=name,
            entries=sum(one.entries for one in told),
            size_bytes=sum(one.size_bytes for one in told),
            hits=hits,
            misses=misses,
            hit_rate=hits / (hits + misses) if hits + misses else None,
        )
