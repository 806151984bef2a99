"""What telemetry takes in together: one append, one transaction."""

from dataclasses import dataclass

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetryBatch:
    """Rows of every kind, in any order; keys may repeat."""

    spans: tuple[Span, ...] = ()
    metrics: tuple[MetricPoint, ...] = ()
    logs: tuple[LogRecord, ...] = ()
    evaluations: tuple[EvaluationResult, ...] = ()
    feedback: tuple[Feedback, ...] = ()
    queries: tuple[QueryRecord, ...] = ()

    def __len__(self) -> int:
        """Rows of all kinds together."""
        return (
            len(self.spans)
            + len(self.metrics)
            + len(self.logs)
            + len(self.evaluations)
            + len(self.feedback)
            + len(self.queries)
        )
