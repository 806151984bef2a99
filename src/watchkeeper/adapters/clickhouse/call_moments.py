"""Count, mean and scatter of what calls came to, added up by the engine over their rows."""

from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.span_where import bounded, is_utf8, span_where
from watchkeeper.adapters.clickhouse.sql import query
from watchkeeper.domain.span import SUBJECT_ATTRIBUTE
from watchkeeper.telemetry.call_moments import LEAST_COST, CallMoments, MomentsQuestion, moments_of_sums

_SUBJECT = f"JSONExtract(attributes, '{SUBJECT_ATTRIBUTE}', 'Nullable(String)')"
_BY_SUBJECT = f"assumeNotNull(coalesce({_SUBJECT}, nullIf(item_id, ''), trace_id))"
_BY_CALL = "concat(trace_id, '/', span_id)"


def call_moments(clickhouse: ClickHouse, question: MomentsQuestion) -> CallMoments:
    """See `TelemetryStore.moments`."""
    where, values = span_where(question.which)
    judged = ["true"]
    values |= {
        "evaluation": question.evaluation if is_utf8(question.evaluation) else "",
        "least_cost": LEAST_COST,
    }
    # A verdict is given after its call began: earlier ones need not be read.
    if question.which.since_ns is not None:
        judged.append("ts_ns >= {judged_since:Int64}")
        values["judged_since"] = bounded(question.which.since_ns)
    text = query("call_moments").format(
        where=where, unit=_BY_SUBJECT if question.by_subject else _BY_CALL, judged=" AND ".join(judged)
    )
    return moments_of_sums(clickhouse.rows(text, values)[0])
