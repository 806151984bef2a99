"""What makes a row of each kind the same row, and in which order lists tell them."""

import json

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.domain.query_record import QueryRecord


def tags_text(point: MetricPoint) -> str:
    """A point's tags as text that is equal for equal tags."""
    return json.dumps(dict(point.tags), sort_keys=True, ensure_ascii=False)


def point_key(point: MetricPoint) -> tuple[str, str, str, str, int]:
    """Workload, name, kind, tags and instant."""
    return point.workload, point.name, point.kind, tags_text(point), point.ts_ns


def log_key(record: LogRecord) -> str:
    """All it says: equal records of one instant are one."""
    return json.dumps(
        [
            record.workload,
            record.ts_ns,
            record.severity_number,
            record.severity_text,
            record.event_name,
            record.body,
            record.trace_id,
            record.span_id,
            dict(record.attributes),
        ],
        sort_keys=True,
        ensure_ascii=False,
    )


def evaluation_key(row: EvaluationResult) -> str:
    """Its id."""
    return row.evaluation_id


def feedback_key(row: Feedback) -> str:
    """Its id."""
    return row.feedback_id


def query_key(row: QueryRecord) -> tuple[str, str]:
    """Workload and id."""
    return row.workload, row.query_id
