"""When traffic goes back by itself: a target that was given some does badly (requirements 2.3)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Triggers:
    """From where on a target does badly."""

    errors: float = 0.05
    """Share of its calls that fail."""
    guards: float = 0.01
    """Share of its answers that the route's output guards or schema reject."""
    p95_ms: float = 5_000.0
    least_calls: int = 50
    """Before that, nothing is said of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRecord:
    """What a target did lately."""

    calls: int
    failed: int
    """Rejected answers are not among them."""
    rejected: int
    p95_ms: float | None
    """Of the calls that went well; None of none."""


def breach(record: TargetRecord, triggers: Triggers) -> str | None:
    """Why the traffic is to go back, in a sentence; None: it may stay.

    >>> breach(TargetRecord(calls=100, failed=6, rejected=0, p95_ms=900.0), Triggers())
    '6.0 % of 100 calls failed, more than 5.0 %'
    """
    if record.calls < triggers.least_calls:
        return None
    failed, rejected = record.failed / record.calls, record.rejected / record.calls
    if failed > triggers.errors:
        return f"{failed:.1%} of {record.calls} calls failed, more than {triggers.errors:.1%}".replace(
            "%", " %"
        )
    if rejected > triggers.guards:
        told = f"{rejected:.1%} of {record.calls} answers were rejected, more than {triggers.guards:.1%}"
        return told.replace("%", " %")
    if record.p95_ms is not None and record.p95_ms > triggers.p95_ms:
        return f"P95 of {record.calls} calls is {record.p95_ms:.0f} ms, more than {triggers.p95_ms:.0f} ms"
    return None
