"""Count, mean and scatter of what calls came to, added up by the engine over their rows."""

import duckdb

from watchkeeper.adapters.duckdb.span_where import bounded, is_utf8, span_where
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.domain.span import SUBJECT_ATTRIBUTE
from watchkeeper.telemetry.call_moments import (
    LEAST_COST,
    CallMoments,
    Moments,
    MomentsQuestion,
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
    if row is None or not row[0]:
        return CallMoments()
    found = [Moments(int(row[at]), row[at + 1] or 0.0, row[at + 2] or 0.0) for at in range(4, 16, 3)]
    return CallMoments(
        calls=int(row[0]),
        units=int(row[1]),
        answered=int(row[2]),
        unpriced=int(row[3]),
        quality=found[0],
        errors=found[1],
        latency=found[2],
        cost=found[3],
    )
