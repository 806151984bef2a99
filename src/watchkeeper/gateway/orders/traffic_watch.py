"""When traffic goes back by itself: a target that was given some does badly (requirements 2.3)."""

from dataclasses import dataclass

from watchkeeper.domain.percent_text import percent_text


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
    '6.00 % of 100 calls failed, more than 5.00 %'
    """
    if record.calls < triggers.least_calls:
        return None
    failed, rejected = record.failed / record.calls, record.rejected / record.calls
    if failed > triggers.errors:
        told, most = f"{percent_text(failed)} of {record.calls} calls failed", triggers.errors
        return f"{told}, more than {percent_text(most)}"
    if rejected > triggers.guards:
        return (
            f"{percent_text(rejected)} of {record.calls} answers were rejected, "
            f"more than {percent_text(triggers.guards)}"
        )
    if record.p95_ms is not None and record.p95_ms > triggers.p95_ms:
        return f"P95 of {record.calls} calls is {record.p95_ms:.0f} ms, more than {triggers.p95_ms:.0f} ms"
    return None
