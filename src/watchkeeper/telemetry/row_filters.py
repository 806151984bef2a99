"""Which logs, evaluations, feedback and queries a question is about; None asks nothing."""

from dataclasses import dataclass

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback, Rating
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.query_record import QueryRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFilter:
    """Log records for which everything given holds."""

    workload: str | None = None
    since_ns: int | None = None
    """At or after this instant, in nanoseconds since the epoch."""
    until_ns: int | None = None
    """Before this instant."""
    trace_id: str | None = None
    span_id: str | None = None
    event_name: str | None = None
    min_severity: int | None = None
    """1 to 24; records that tell no severity are not among them."""
    contains: str | None = None
    """Somewhere in the body, case ignored."""

    def matches(self, record: LogRecord) -> bool:
        """Whether the record is one of those asked for."""
        severity = record.severity_number
        return (
            _within(record.ts_ns, self.since_ns, self.until_ns)
            and self.workload in {None, record.workload}
            and self.trace_id in {None, record.trace_id}
            and self.span_id in {None, record.span_id}
            and self.event_name in {None, record.event_name}
            and (self.min_severity is None or (severity is not None and severity >= self.min_severity))
            and (self.contains is None or self.contains.lower() in (record.body or "").lower())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationFilter:
    """Evaluations for which everything given holds."""

    workload: str | None = None
    since_ns: int | None = None
    until_ns: int | None = None
    name: str | None = None
    label: str | None = None
    evaluator: str | None = None
    trace_id: str | None = None
    span_id: str | None = None
    response_id: str | None = None

    def matches(self, row: EvaluationResult) -> bool:
        """Whether the evaluation is one of those asked for."""
        return (
            _within(row.ts_ns, self.since_ns, self.until_ns)
            and self.workload in {None, row.workload}
            and self.name in {None, row.name}
            and self.label in {None, row.label}
            and self.evaluator in {None, row.evaluator}
            and self.trace_id in {None, row.trace_id}
            and self.span_id in {None, row.span_id}
            and self.response_id in {None, row.response_id}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackFilter:
    """Feedback for which everything given holds."""

    workload: str | None = None
    since_ns: int | None = None
    until_ns: int | None = None
    rating: Rating | None = None
    author: str | None = None
    query_id: str | None = None
    trace_id: str | None = None
    span_id: str | None = None

    def matches(self, row: Feedback) -> bool:
        """Whether the feedback is one of those asked for."""
        return (
            _within(row.ts_ns, self.since_ns, self.until_ns)
            and self.workload in {None, row.workload}
            and self.rating in {None, row.rating}
            and self.author in {None, row.author}
            and self.query_id in {None, row.query_id}
            and self.trace_id in {None, row.trace_id}
            and self.span_id in {None, row.span_id}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryFilter:
    """Queries for which everything given holds."""

    workload: str | None = None
    since_ns: int | None = None
    until_ns: int | None = None
    query_id: str | None = None
    query_type: str | None = None
    trace_id: str | None = None
    failed: bool | None = None
    """With an error, or without one."""
    degraded: bool | None = None

    def matches(self, row: QueryRecord) -> bool:
        """Whether the query is one of those asked for."""
        return (
            _within(row.ts_ns, self.since_ns, self.until_ns)
            and self.workload in {None, row.workload}
            and self.query_id in {None, row.query_id}
            and self.query_type in {None, row.query_type}
            and self.trace_id in {None, row.trace_id}
            and self.failed in {None, row.error is not None}
            and self.degraded in {None, row.degraded}
        )


def _within(ts_ns: int, since_ns: int | None, until_ns: int | None) -> bool:
    return (since_ns is None or ts_ns >= since_ns) and (until_ns is None or ts_ns < until_ns)
