"""Figures of calls: planned over rollups where filter and groups permit, else over rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import duckdb

from watchkeeper.adapters.duckdb.call_series import COARSE, SERIES_COLUMNS
from watchkeeper.adapters.duckdb.call_sums import ADDED_UP, ROW_SUMS, SUM_COLUMNS, TOKENS
from watchkeeper.adapters.duckdb.rollups import rollup_state
from watchkeeper.adapters.duckdb.span_rows import sketch_of
from watchkeeper.adapters.duckdb.span_where import SpanWhere, bounded, span_where
from watchkeeper.adapters.duckdb.sql import query
from watchkeeper.adapters.duckdb.step_slots import Slots, slots_of
from watchkeeper.adapters.duckdb.time_cover import Stretch, cover
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion, figures_order
from watchkeeper.telemetry.figures import KnownSum
from watchkeeper.telemetry.minutes import NS_PER_MINUTE
from watchkeeper.telemetry.storable import LARGEST_INTEGER

_ALL_TIME = Slots("0", "minute", slots_of("minute", "UTC", from_at=0, before_at=0).zone, True, True)
"""One slot of everything."""

_LAST_NS = LARGEST_INTEGER // (1440 * NS_PER_MINUTE) * (1440 * NS_PER_MINUTE)
"""A midnight beyond all that is stored, so that an open window has no ragged end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A question as SQL pieces."""

    question: CallQuestion
    where: SpanWhere
    slots: Slots
    dimensions: str
    from_ns: int
    before_ns: int
    folded: int

    @property
    def from_rollups(self) -> bool:
        """Whether filter and groups are all of series."""
        return not self.where.rows and SERIES_COLUMNS.issuperset(self.question.by)

    @property
    def coarse(self) -> bool:
        """Whether hourly latencies, which know less, can tell too."""
        asked = self.where.series_columns - {"model_operations_only"} | set(self.question.by)
        return asked <= set(COARSE)


def call_figures(cursor: duckdb.DuckDBPyConnection, question: CallQuestion) -> tuple[CallFigures, ...]:
    """The answer; the cursor must be in a transaction, so that rollups and rows are of one moment."""
    question.check()
    plan = planned(cursor, question)
    rows = cursor.execute(_sums_sql(plan), plan.where.values).fetchall()
    keys = 1 + len(question.by)
    sketches: dict[tuple[Any, ...], dict[int, int]] = {}
    if question.latencies and rows:
        found = cursor.execute(_latency_sql(plan), plan.where.values).fetchall()
        sketches = {row[:keys]: sketch_of(row[keys], row[keys + 1]) for row in found}
    figures = [_figures(plan, row, sketches.get(row[:keys], {})) for row in rows]
    return tuple(sorted(figures, key=figures_order))


def planned(cursor: duckdb.DuckDBPyConnection, question: CallQuestion) -> Plan:
    """The pieces that a question is asked with."""
    which = question.which
    from_ns = 0 if which.since_ns is None else max(0, bounded(which.since_ns))
    before_ns = _LAST_NS if which.until_ns is None else min(_LAST_NS, bounded(which.until_ns))
    where = span_where(replace(which, since_ns=None, until_ns=None))
    slots = _ALL_TIME
    if question.step is not None:
        slots = _slots(cursor, question, from_ns=from_ns, before_ns=before_ns)
    tables = {name: "series" if name in SERIES_COLUMNS else "spans" for name in question.by}
    return Plan(
        question=question,
        where=where,
        slots=slots,
        dimensions="".join(f"{tables[name]}.{name}, " for name in question.by),
        from_ns=from_ns,
        before_ns=before_ns,
        folded=rollup_state(cursor).folded,
    )


def _slots(
    cursor: duckdb.DuckDBPyConnection, question: CallQuestion, *, from_ns: int, before_ns: int
) -> Slots:
    from_at, before_at = from_ns // NS_PER_MINUTE, before_ns // NS_PER_MINUTE
    if question.timezone == "UTC":
        before_at = from_at
    elif question.which.since_ns is None or question.which.until_ns is None:
        first, last = cursor.execute(query("first_and_last")).fetchone() or (0, 0)
        from_at = max(from_at, first // NS_PER_MINUTE)
        before_at = min(before_at, last // NS_PER_MINUTE + 1)
    assert question.step is not None
    return slots_of(question.step, question.timezone, from_at=from_at, before_at=max(from_at, before_at))


def _sums_sql(plan: Plan) -> str:
    names = {"slot": plan.slots.sql, "dimensions": plan.dimensions}
    if not plan.from_rollups:
        where = f"{between(plan.from_ns, plan.before_ns)} AND {plan.where.text}"
        return query("figures_of_rows").format(sums=ROW_SUMS, where=where, **names)
    units = [("minute_calls", 1)]
    if plan.slots.whole_hours:
        units.insert(0, ("hour_calls", 60))
    parts = [
        query("sums_of_rows").format(sums=ROW_SUMS, where=_rows_of(stretch, plan.folded))
        if stretch.source is None
        else query("sums_of_rollup").format(
            columns=", ".join(SUM_COLUMNS), table=stretch.source, **_ends(stretch)
        )
        for stretch in cover(plan.from_ns, plan.before_ns, units)
    ]
    parts.append(query("sums_of_rows").format(sums=ROW_SUMS, where=_waiting(plan)))
    return query("figures_of_parts").format(
        parts=_union(parts), added_up=ADDED_UP, where=plan.where.of_series, **names
    )


def _latency_sql(plan: Plan) -> str:
    names = {"slot": plan.slots.sql, "dimensions": plan.dimensions}
    if not plan.from_rollups:
        where = f"{between(plan.from_ns, plan.before_ns)} AND {plan.where.text}"
        return query("latency_of_rows").format(where=where, **names)
    units = []
    if plan.slots.whole_days:
        units.append(("day_latency", 1440))
    if plan.slots.whole_hours and plan.coarse:
        units.append(("hour_latency", 60))
    parts = [
        query("buckets_of_rows").format(where=_rows_of(stretch, plan.folded))
        if stretch.source is None
        else query(f"buckets_of_{stretch.source}").format(**_ends(stretch))
        for stretch in cover(plan.from_ns, plan.before_ns, units)
    ]
    parts.append(query("buckets_of_rows").format(where=_waiting(plan)))
    return query("latency_of_parts").format(parts=_union(parts), where=plan.where.of_series, **names)


def _union(parts: Sequence[str]) -> str:
    return "\nUNION ALL\n".join(parts)


def _rows_of(stretch: Stretch, folded: int) -> str:
    return f"{between(stretch.from_ns, stretch.before_ns)} AND seq <= {folded}"


def _waiting(plan: Plan) -> str:
    """The rows of the window that are not in the rollups yet."""
    return f"{between(plan.from_ns, plan.before_ns)} AND seq > {plan.folded}"


def _ends(stretch: Stretch) -> dict[str, int]:
    return {"from_at": stretch.from_at, "before_at": stretch.before_at}


def between(from_ns: int, before_ns: int) -> str:
    """A condition on when spans of `spans` started."""
    return f"spans.start_ns >= {from_ns} AND spans.start_ns < {before_ns}"


def _figures(plan: Plan, row: Sequence[Any], latency: dict[int, int]) -> CallFigures:
    by = plan.question.by
    slot, *group = row[: 1 + len(by)]
    told = dict(zip((*SUM_COLUMNS, "failed", "cached", "degraded"), row[1 + len(by) :], strict=True))
    model_calls = int(told["model_calls"])
    tokens = {
        f"{kind}_tokens": _known(int(told[f"{kind}_tokens"]), told[f"{kind}_known"], model_calls)
        for kind in TOKENS
    }
    known = int(told["cost_known"])
    return CallFigures(
        group=dict(zip(by, group, strict=True)),
        begins=None if plan.question.step is None else plan.slots.begins(slot),
        calls=int(told["calls"]),
        failed=int(told["failed"]),
        model_calls=model_calls,
        cost_usd=KnownSum(
            known=told["cost_usd"] if known else Decimal(0), counted=known, unknown=model_calls - known
        ),
        cached=int(told["cached"]),
        degraded=int(told["degraded"]),
        duration_sum_ns=int(told["duration_sum_ns"]),
        duration_max_ns=int(told["duration_max_ns"]),
        latency=latency,
        **tokens,
    )


def _known(known: int, counted: Any, calls: int) -> KnownSum[int]:
    return KnownSum(known=known, counted=int(counted), unknown=calls - int(counted))
