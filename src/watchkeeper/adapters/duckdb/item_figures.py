"""Items that calls were made for, counted over rows: no rollup knows them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import duckdb

from watchkeeper.adapters.duckdb.call_figures import Plan, between, planned
from watchkeeper.adapters.duckdb.call_sums import ROW_SUMS
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.figures import KnownSum
from watchkeeper.telemetry.item_question import ItemFigures, items_order


def item_figures(cursor: duckdb.DuckDBPyConnection, question: CallQuestion) -> tuple[ItemFigures, ...]:
    """The answer; the cursor must be in a transaction."""
    question.check()
    plan = planned(cursor, question)
    sql = query("items_of_rows").format(
        where=f"{between(plan.from_ns, plan.before_ns)} AND {plan.where.text}",
        slot=plan.slots.sql,
        dimensions=plan.dimensions,
        groups="".join(f"{name}, " for name in question.by),
        sums=ROW_SUMS,
    )
    rows = cursor.execute(sql, plan.where.values).fetchall()
    return tuple(sorted((_figures(plan, row) for row in rows), key=items_order))


def _figures(plan: Plan, row: Sequence[Any]) -> ItemFigures:
    by = plan.question.by
    slot, *group = row[: 1 + len(by)]
    items, calls, model_calls, cost_usd, known = row[1 + len(by) :]
    return ItemFigures(
        group=dict(zip(by, group, strict=True)),
        begins=None if plan.question.step is None else plan.slots.begins(slot),
        items=int(items) or None,
        calls=int(calls),
        cost_usd=KnownSum(
            known=cost_usd if known else Decimal(0), counted=int(known), unknown=int(model_calls - known)
        ),
    )
