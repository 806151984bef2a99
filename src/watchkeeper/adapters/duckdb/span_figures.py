"""Rows of sums as the figures telemetry speaks of."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from watchkeeper.telemetry.figures import CallSummary, Dimension, KnownSum, MinuteFigures, minute_figures
from watchkeeper.telemetry.minutes import minute_starting, minutes_between


def call_summary(row: Sequence[Any], by: Sequence[Dimension]) -> CallSummary:
    """The summary of a row of `summary.sql`."""
    calls, failed, model_calls, *sums = row[len(by) :]
    tokens_in, known_in, tokens_out, known_out, cost_usd, known_costs, duration_sum_ns, duration_max_ns = sums
    return CallSummary(
        group=dict(zip(by, row, strict=False)),
        calls=calls,
        failed=failed,
        model_calls=model_calls,
        input_tokens=_tokens(tokens_in, known_in, model_calls),
        output_tokens=_tokens(tokens_out, known_out, model_calls),
        cost_usd=KnownSum(
            known=cost_usd or Decimal(0), counted=known_costs, unknown=model_calls - known_costs
        ),
        duration_sum_ns=int(duration_sum_ns),
        duration_max_ns=duration_max_ns,
    )


def _tokens(known: int | None, counted: int, calls: int) -> KnownSum[int]:
    return KnownSum(known=int(known or 0), counted=counted, unknown=calls - counted)


def minute_rows(
    rows: Sequence[Sequence[Any]], *, start: datetime, end: datetime
) -> tuple[MinuteFigures, ...]:
    """Every minute of the window, from the rows of `per_minute.sql`, which has none for empty minutes."""
    found = {row[0]: row[1:] for row in rows}
    figures = []
    for minute in minutes_between(start, end):
        requests, errors, duration_sum_ns, duration_max_ns = found.get(minute, (0, 0, 0, 0))
        figures.append(
            minute_figures(
                minute_starting(minute),
                requests=requests,
                errors=errors,
                duration_sum_ns=int(duration_sum_ns),
                duration_max_ns=duration_max_ns,
            )
        )
    return tuple(figures)
