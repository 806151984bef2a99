"""How each operation has done: percentiles over the window, slowest calls with what they used, bottleneck."""

import heapq
from dataclasses import dataclass, field
from threading import Lock

from watchkeeper.sdk.metrics.registry import Registry
from watchkeeper.sdk.metrics.series import Series
from watchkeeper.sdk.span import OpenSpan

SLOW_CALLS_KEPT = 5
_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowCall:
    """One of an operation's slowest calls since the start, and where to look it up."""

    duration_ms: float
    cpu_ms: float | None
    """None inside an event loop, whose thread works for others meanwhile."""
    rss_bytes: int | None
    """Resident memory of the process when the call ended."""
    trace_id: str
    span_id: str
    ok: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFigures:
    """An operation.

    Count, percentiles and failures are of the window; own time, processor and memory since the start.
    """

    name: str
    count: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    failed: int
    cpu_ms_mean: float | None
    """Of the calls outside event loops; None when there was none."""
    rss_bytes_high: int | None
    """Highest resident memory of the process seen at the end of a call of 1 ms or more."""
    self_ms: float
    """Time in it that was not in an operation below it."""
    self_share: float | None
    """Of all operations' own time: the bottleneck has the highest."""
    slowest: tuple[SlowCall, ...]


@dataclass(slots=True)
class _Operation:
    latency: Series
    failures: Series
    cpu_ns: int = 0
    cpu_calls: int = 0
    self_ns: int = 0
    rss_high: int | None = None
    slowest: list[tuple[int, int, SlowCall]] = field(default_factory=list)


class Operations:
    """Keeps account of ended spans by the operation they are of."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._operations: dict[str, _Operation] = {}
        self._lock = Lock()
        self._ties = 0

    def note(self, span: OpenSpan) -> None:
        """Take in a span that has ended."""
        name = span.component or span.name
        operation = self._operations.get(name) or self._begin(name)
        if operation is None:
            return
        duration = span.duration_ns
        operation.latency.record(duration / _NS_PER_MS)
        if span.error is not None:
            operation.failures.record(1.0)
        with self._lock:
            operation.self_ns += max(0, duration - span.child_ns)
            if span.cpu_ns is not None:
                operation.cpu_ns += span.cpu_ns
                operation.cpu_calls += 1
            if span.rss_bytes is not None and span.rss_bytes > (operation.rss_high or 0):
                operation.rss_high = span.rss_bytes
            slowest = operation.slowest
            if len(slowest) < SLOW_CALLS_KEPT or duration > slowest[0][0]:
                self._ties += 1
                entry = (duration, self._ties, _slow_call(span))
                (heapq.heappush if len(slowest) < SLOW_CALLS_KEPT else heapq.heapreplace)(slowest, entry)

    def names(self) -> list[str]:
        """Every operation seen."""
        return sorted(self._operations)

    def figures(self) -> list[OperationFigures]:
        """Every operation, the slowest by its 95th percentile first (HE-15, HE-17)."""
        with self._lock:
            kept = dict(self._operations)
        own = sum(operation.self_ns for operation in kept.values())
        told = [_figures(name, operation, own) for name, operation in kept.items()]
        return sorted(told, key=lambda figures: (-(figures.p95_ms or 0.0), figures.name))

    def _begin(self, name: str) -> _Operation | None:
        tags = {"component": name}
        latency = self._registry.series("component_latency", "histogram", tags, unit="ms")
        failures = self._registry.series("component_failures", "counter", tags, unit="1")
        if latency is None or failures is None:
            return None
        latency.held = failures.held = True
        with self._lock:
            return self._operations.setdefault(name, _Operation(latency, failures))


def _figures(name: str, operation: _Operation, own_ns: int) -> OperationFigures:
    told = operation.latency.statistics()
    return OperationFigures(
        name=name,
        count=told.count,
        p50_ms=told.percentiles["p50"],
        p95_ms=told.percentiles["p95"],
        p99_ms=told.percentiles["p99"],
        max_ms=told.max,
        failed=operation.failures.statistics().count,
        cpu_ms_mean=operation.cpu_ns / operation.cpu_calls / _NS_PER_MS if operation.cpu_calls else None,
        rss_bytes_high=operation.rss_high,
        self_ms=operation.self_ns / _NS_PER_MS,
        self_share=operation.self_ns / own_ns if own_ns else None,
        slowest=tuple(call for _, _, call in sorted(operation.slowest, reverse=True)),
    )


def _slow_call(span: OpenSpan) -> SlowCall:
    return SlowCall(
        duration_ms=span.duration_ns / _NS_PER_MS,
        cpu_ms=None if span.cpu_ns is None else span.cpu_ns / _NS_PER_MS,
        rss_bytes=span.rss_bytes,
        trace_id=span.trace_id,
        span_id=span.span_id,
        ok=span.ok,
    )
