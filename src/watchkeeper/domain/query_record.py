"""A query an application served (W4-02, HE-13, HE-70): what its user asked, not a model call under it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRecord:
    """One row of the queries table; `(workload, query_id)` is its key. Only serving writes these."""

    query_id: str
    workload: str
    ts_ns: int
    """When it began, in nanoseconds since the epoch."""
    latency_ms: float
    query_type: str | None = None
    text: str | None = None
    """Redacted; at most 200 characters. None where content is opted out."""
    used_history: bool | None = None
    used_tools: bool | None = None
    tokens_generated: int | None = None
    results: int | None = None
    ndcg: float | None = None
    """NDCG at 10, from 0 to 1."""
    components: tuple[str, ...] = ()
    """What took part, in order."""
    error: str | None = None
    degraded: bool = False
    trace_id: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
