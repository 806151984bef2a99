"""Count, mean and scatter of what calls came to, added up by the engine over their rows."""

import duckdb

from watchkeeper.adapters.duckdb.span_where import bounded, is_utf8, span_where
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.domain.span import SUBJECT_ATTRIBUTE
from watchkeeper.telemetry.call_moments import (
    LEAST_COST,
    CallMoments,
    MomentsQuestion,
    moments_of_sums,
)

_BY_SUBJECT = (
    f"""coalesce(json_extract_string(spans.attributes, '$."{SUBJECT_ATTRIBUTE}"'),"""
    " nullif(spans.item_id, ''), spans.trace_id)"
)
_BY_CALL = "spans.trace_id || '/' || spans.span_id"


def call_moments(cursor: duckdb.DuckDBPyConnection, question: MomentsQuestion) -> CallMoments:
    """The answer; the cursor must be in a transaction."""
    which = question.which
    asked = span_where(which)
    judged = ["true"]
    values = {
        **asked.values,
        "evaluation": question.evaluation if is_utf8(question.evaluation) else "",
        "least_cost": LEAST_COST,
    }
    # A verdict is given after its call began: earlier ones need not be read.
    if which.since_ns is not None:
        judged.append("ts_ns >= $judged_since")
        values["judged_since"] = bounded(which.since_ns)
    text = query("call_moments").format(
        where=asked.text,
        unit=_BY_SUBJECT if question.by_subject else _BY_CALL,
        judged=" AND ".join(judged),
    )
    row = cursor.execute(text, values).fetchone()
    assert row is not None
    return moments_of_sums(row)
