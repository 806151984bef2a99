"""Items that calls were made for, counted over rows: no rollup knows them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.figures import group_value, stretch_of
from watchkeeper.adapters.clickhouse.rollups import span_figures
from watchkeeper.adapters.clickhouse.span_where import COUNTS, span_where
from watchkeeper.adapters.clickhouse.sql import query
from watchkeeper.adapters.clickhouse.steps import step_expression
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.figures import KnownSum
from watchkeeper.telemetry.item_question import ItemFigures, items_order
from watchkeeper.telemetry.minutes import NS_PER_MINUTE
from watchkeeper.telemetry.time_steps import step_begins

_FIGURES = ("calls", "model_calls", "cost_usd", "cost_usd_known")


def item_figures(clickhouse: ClickHouse, question: CallQuestion) -> tuple[ItemFigures, ...]:
    """See `TelemetryStore.items`."""
    question.check()
    begins_ns, ends_ns = stretch_of(clickhouse, question.which)
    if begins_ns >= ends_ns:
        return ()
    step = step_expression(question.step, question.timezone, begins_ns=begins_ns, ends_ns=ends_ns)
    bounds = f"start_ns >= {begins_ns} AND start_ns < {ends_ns}"
    where, values = span_where(question.which, bounds=bounds)
    columns = [f"group_{at}" for at in range(len(question.by))]
    sql = query("items_of_rows").format(
        begins=step.text("intDiv(row.start_ns, 60000000000)"),
        dimensions="".join(
            f"{group_value(name, 'row')} AS {column}, "
            for name, column in zip(question.by, columns, strict=True)
        ),
        parts="".join(f"part.{column} AS {column}, " for column in columns),
        parts_named="".join(f"part.{column}, " for column in columns),
        groups="".join(f"each.{column}, " for column in columns),
        figures=", ".join(f"{span_figures(name)} AS {name}" for name in _FIGURES),
        counts=COUNTS.replace("{bounds}", bounds),
        where=where,
    )
    return tuple(sorted((_figures(row, question) for row in clickhouse.rows(sql, values)), key=items_order))


def _figures(row: Sequence[Any], question: CallQuestion) -> ItemFigures:
    begins, *rest = row
    items, calls, model_calls, cost_usd, known = rest[len(question.by) :]
    return ItemFigures(
        group=dict(zip(question.by, rest, strict=False)),
        begins=None
        if question.step is None
        else step_begins(begins * NS_PER_MINUTE, question.step, question.timezone),
        items=items or None,
        calls=calls,
        cost_usd=KnownSum(known=Decimal(cost_usd), counted=known, unknown=model_calls - known),
    )
