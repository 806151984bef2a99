"""Figures of calls, from the coarsest rollups that tell them exactly, else from rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from watchkeeper.adapters.clickhouse.connection import ClickHouse
from watchkeeper.adapters.clickhouse.rollups import (
    ADDED_UP,
    DIMENSIONS,
    LATENCY_ADDED_UP,
    LEVELS,
    MEASURES,
    Level,
    span_figures,
)
from watchkeeper.adapters.clickhouse.span_where import COUNTS, IS_MODEL_OPERATION, span_where
from watchkeeper.adapters.clickhouse.sql import query
from watchkeeper.adapters.clickhouse.steps import StepExpression, step_expression
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion, figures_order
from watchkeeper.telemetry.figures import STATUS_ERROR, STATUS_OK, Dimension, KnownSum
from watchkeeper.telemetry.minutes import NS_PER_MINUTE
from watchkeeper.telemetry.span_filter import SpanFilter
from watchkeeper.telemetry.storable import FIRST_INSTANT_NS, LAST_INSTANT_NS
from watchkeeper.telemetry.time_steps import step_begins

_FLAGS = {
    "model_operations_only": IS_MODEL_OPERATION,
    "gateway_only": "from_gateway",
    "counted_only": f"{IS_MODEL_OPERATION} AND counts",
}
_STATUS = (
    f"if({{of}}.ok, '{STATUS_OK}', "
    f"if(ifNull({{of}}.error_code, '') = '', '{STATUS_ERROR}', {{of}}.error_code))"
)

_NOT_IN_ROLLUPS = {field.name for field in fields(SpanFilter)} - {
    *DIMENSIONS,
    *_FLAGS,
    "since_ns",
    "until_ns",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time, and what tells its figures; None for rows."""

    level: Level | None
    begins_ns: int
    ends_ns: int


def call_figures(clickhouse: ClickHouse, question: CallQuestion) -> tuple[CallFigures, ...]:
    """See `TelemetryStore.figures`."""
    question.check()
    begins_ns, ends_ns = stretch_of(clickhouse, question.which)
    if begins_ns >= ends_ns:
        return ()
    step = step_expression(question.step, question.timezone, begins_ns=begins_ns, ends_ns=ends_ns)
    levels = _levels(question, step)
    where, values = _rollup_where(question.which) if levels else ("", {})
    texts = []
    for piece in covered(begins_ns, ends_ns, levels):
        if piece.level is None:
            text, more = _of_rows(question, step, piece)
            values |= more
        else:
            text = _of_rollups(question, step, piece, where=where)
        texts.append(text)
    asked = "".join(f"part.{_column(at)}, " for at in range(len(question.by)))
    sql = query("figures").format(
        groups=asked, added_up=_added_up(question), pieces="\nUNION ALL\n".join(texts)
    )
    rows = [_figures(row, question) for row in clickhouse.rows(sql, values)]
    return tuple(sorted(rows, key=figures_order))


def covered(begins_ns: int, ends_ns: int, levels: Sequence[Level]) -> Iterator[Piece]:
    """A stretch in pieces: whole units of the coarsest level inside, its edges by the finer ones.

    >>> hour = 60 * NS_PER_MINUTE
    >>> [(piece.level and piece.level.minutes, (piece.ends_ns - piece.begins_ns) / NS_PER_MINUTE)
    ...  for piece in covered(30 * NS_PER_MINUTE + 1, 3 * hour, LEVELS[:2])]
    [(None, 0.9999999999833333), (1, 29.0), (60, 120.0)]
    """
    if begins_ns >= ends_ns:
        return
    if not levels:
        yield Piece(None, begins_ns, ends_ns)
        return
    *finer, level = levels
    size = level.minutes * NS_PER_MINUTE
    first, end = -(-begins_ns // size), ends_ns // size
    if first >= end:
        yield from covered(begins_ns, ends_ns, finer)
        return
    yield from covered(begins_ns, first * size, finer)
    yield Piece(level, first * size, end * size)
    yield from covered(end * size, ends_ns, finer)


def stretch_of(clickhouse: ClickHouse, which: SpanFilter) -> tuple[int, int]:
    """The time asked for, as far as there are rows, rounded outward to whole days where it is open."""
    since_ns = max(which.since_ns or FIRST_INSTANT_NS, FIRST_INSTANT_NS)
    until_ns = LAST_INSTANT_NS if which.until_ns is None else min(which.until_ns, LAST_INSTANT_NS)
    oldest, newest = clickhouse.rows(query("span_stretch"))[0]
    if oldest is None or newest is None:
        return 0, 0
    day = 1440 * NS_PER_MINUTE
    return max(since_ns, oldest // day * day), min(until_ns, (newest // day + 1) * day)


def _levels(question: CallQuestion, step: StepExpression) -> tuple[Level, ...]:
    """The rollups that can tell it, finest first; none where only rows can."""
    which = question.which
    if any(getattr(which, name) is not None for name in _NOT_IN_ROLLUPS):
        return ()
    if any(name != "status" and name not in DIMENSIONS for name in question.by):
        return ()
    return tuple(
        level for level in LEVELS if step.coarsest_minutes is None or level.minutes <= step.coarsest_minutes
    )


def _rollup_where(which: SpanFilter) -> tuple[str, dict[str, object]]:
    plain = {
        name: getattr(which, name)
        for name in DIMENSIONS
        if name not in {"counts", "from_gateway"} and getattr(which, name) is not None
    }
    where, values = span_where(SpanFilter(**plain))
    flags = [condition for flag, condition in _FLAGS.items() if getattr(which, flag)]
    return " AND ".join((where, *flags)), values


def _of_rollups(question: CallQuestion, step: StepExpression, piece: Piece, *, where: str) -> str:
    assert piece.level is not None
    size = piece.level.minutes * NS_PER_MINUTE
    return query("figures_of_rollups").format(
        begins=step.text(f"(part.unit * {piece.level.minutes})"),
        groups="".join(
            f"{group_value(name, 'part')} AS {_column(at)}, " for at, name in enumerate(question.by)
        ),
        added_up=_added_up(question),
        grouped="".join(f", {_column(at)}" for at in range(len(question.by))),
        table=piece.level.table,
        first=piece.begins_ns // size,
        end=piece.ends_ns // size,
        where=where,
    )


def _of_rows(question: CallQuestion, step: StepExpression, piece: Piece) -> tuple[str, dict[str, object]]:
    bounds = f"start_ns >= {piece.begins_ns} AND start_ns < {piece.ends_ns}"
    where, values = span_where(question.which, bounds=bounds)
    text = query("figures_of_rows").format(
        begins=step.text("intDiv(row.start_ns, 60000000000)"),
        groups="".join(
            f"{group_value(name, 'row')} AS {_column(at)}, " for at, name in enumerate(question.by)
        ),
        figures=", ".join(f"{span_figures(name)} AS {name}" for name in _measures(question)),
        counts=COUNTS.replace("{bounds}", bounds),
        where=where,
    )
    return text, values


def group_value(name: Dimension, of: str) -> str:
    """A dimension of a span as an expression."""
    return _STATUS.format(of=of) if name == "status" else f"toNullable({of}.{name})"


def _column(at: int) -> str:
    return f"group_{at}"


def _measures(question: CallQuestion) -> tuple[str, ...]:
    return MEASURES if question.latencies else MEASURES[:-1]


def _added_up(question: CallQuestion) -> str:
    return f"{ADDED_UP}, {LATENCY_ADDED_UP}" if question.latencies else ADDED_UP


def _figures(row: Sequence[Any], question: CallQuestion) -> CallFigures:
    begins, *rest = row
    group = dict(zip(question.by, rest, strict=False))
    told = dict(zip(_measures(question), rest[len(question.by) :], strict=True))
    model_calls = told["model_calls"]

    def tokens(name: str) -> KnownSum[int]:
        counted = told[f"{name}_known"]
        return KnownSum(known=int(told[name]), counted=counted, unknown=model_calls - counted)

    return CallFigures(
        group=group,
        begins=None
        if question.step is None
        else step_begins(begins * NS_PER_MINUTE, question.step, question.timezone),
        calls=told["calls"],
        failed=told["failed"],
        model_calls=model_calls,
        input_tokens=tokens("input_tokens"),
        output_tokens=tokens("output_tokens"),
        cache_read_tokens=tokens("cache_read_tokens"),
        cache_write_tokens=tokens("cache_write_tokens"),
        reasoning_tokens=tokens("reasoning_tokens"),
        cost_usd=KnownSum(
            known=Decimal(told["cost_usd"]),
            counted=told["cost_usd_known"],
            unknown=model_calls - told["cost_usd_known"],
        ),
        cached=told["cached"],
        degraded=told["degraded"],
        duration_sum_ns=int(told["duration_sum_ns"]),
        duration_max_ns=told["duration_max_ns"],
        latency=dict(told["latency"]) if question.latencies else {},
    )
