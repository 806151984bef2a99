"""Figures of calls by anything, over time or not, beside those of the period before (HE-53)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.money import plain_usd
from watchkeeper.domain.time_range import TimeRange
from watchkeeper.statistics.quantile_sketch import merged
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.figures import Dimension, KnownSum
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.questions.answers import (
    BeforeFigures,
    FigureRow,
    FiguresAnswer,
    asked,
)
from watchkeeper.telemetry.span_filter import SpanFilter
from watchkeeper.telemetry.time_steps import Step, step_begins

MOST_ROWS = 10_000
"""Rows one answer holds; a question with more is refused, for nobody would read them."""
_NS_PER_MS = 1_000_000
_COMPARED = (
    "calls",
    "failed",
    "error_rate",
    "cache_hit_rate",
    "degraded_rate",
    "calls_per_minute",
    "average_ms",
    "max_ms",
    "p50_ms",
    "p95_ms",
    "p99_ms",
)


def figures_answer(
    store: TelemetryStore,
    which: SpanFilter,
    *,
    during: TimeRange,
    by: Sequence[Dimension] = (),
    step: Step | None = None,
    compare: bool = False,
) -> FiguresAnswer:
    """What the calls of a stretch of time add up to.

    Args:
        store: Where the calls are.
        which: The calls; their time is told by `during`.
        during: When they started.
        by: What to tell apart.
        step: How long a step of time is; none makes one row a group.
        compare: Whether the period before is told too.

    Raises:
        InvalidInputError: The answer would have more than `MOST_ROWS` rows, or `by` names no dimension.
    """
    question = CallQuestion(which=which, by=tuple(by), step=step, timezone=during.zone.key)
    rows, total = _figures(store, question, during)
    before = None
    if compare:
        earlier = during.before()
        its_rows, its_total = _figures(store, question, earlier)
        before = BeforeFigures(
            range=asked(earlier), rows=its_rows, total=its_total, change=_change(its_total, total)
        )
    return FiguresAnswer(range=asked(during), by=tuple(by), step=step, rows=rows, total=total, before=before)


def within(which: SpanFilter, during: TimeRange) -> SpanFilter:
    """The calls of a filter that started in a stretch of time."""
    return replace(which, since_ns=during.since_ns, until_ns=during.until_ns)


def figure_row(figures: CallFigures, *, seconds: float) -> FigureRow:
    """Figures as they are told; rates of nothing are no data.

    Args:
        figures: The sums.
        seconds: How long they took to come together.
    """
    calls, model_calls = figures.calls, figures.model_calls
    return FigureRow(
        group={str(name): value for name, value in figures.group.items()},
        begins=None if figures.begins is None else figures.begins.astimezone(UTC),
        calls=calls,
        failed=figures.failed,
        model_calls=model_calls,
        error_rate=figures.failed / calls if calls else None,
        success_rate=(calls - figures.failed) / calls if calls else None,
        cached=figures.cached,
        cache_hit_rate=figures.cached / model_calls if model_calls else None,
        degraded=figures.degraded,
        degraded_rate=figures.degraded / calls if calls else None,
        calls_per_minute=calls * 60 / seconds if seconds > 0 else None,
        average_ms=figures.duration_sum_ns / calls / _NS_PER_MS if calls else None,
        max_ms=figures.duration_max_ns / _NS_PER_MS if calls else None,
        p50_ms=figures.quantile_ms(0.5),
        p95_ms=figures.quantile_ms(0.95),
        p99_ms=figures.quantile_ms(0.99),
        input_tokens=figures.input_tokens,
        output_tokens=figures.output_tokens,
        cache_read_tokens=figures.cache_read_tokens,
        cache_write_tokens=figures.cache_write_tokens,
        reasoning_tokens=figures.reasoning_tokens,
        cost_usd=replace(figures.cost_usd, known=plain_usd(figures.cost_usd.known)),
    )


def together(
    parts: Iterable[CallFigures],
    *,
    group: Mapping[Dimension, str | None] | None = None,
    begins: datetime | None = None,
) -> CallFigures:
    """What figures add up to; of none, nothing."""
    rows = list(parts)
    return CallFigures(
        group=group or {},
        begins=begins,
        calls=sum(row.calls for row in rows),
        failed=sum(row.failed for row in rows),
        model_calls=sum(row.model_calls for row in rows),
        input_tokens=tokens_together(row.input_tokens for row in rows),
        output_tokens=tokens_together(row.output_tokens for row in rows),
        cache_read_tokens=tokens_together(row.cache_read_tokens for row in rows),
        cache_write_tokens=tokens_together(row.cache_write_tokens for row in rows),
        reasoning_tokens=tokens_together(row.reasoning_tokens for row in rows),
        cost_usd=money_together(row.cost_usd for row in rows),
        cached=sum(row.cached for row in rows),
        degraded=sum(row.degraded for row in rows),
        duration_sum_ns=sum(row.duration_sum_ns for row in rows),
        duration_max_ns=max((row.duration_max_ns for row in rows), default=0),
        latency=merged(row.latency for row in rows),
    )


def tokens_together(parts: Iterable[KnownSum[int]]) -> KnownSum[int]:
    """One sum of several."""
    sums = list(parts)
    return KnownSum(
        known=sum(one.known for one in sums),
        counted=sum(one.counted for one in sums),
        unknown=sum(one.unknown for one in sums),
    )


def money_together(parts: Iterable[KnownSum[Decimal]]) -> KnownSum[Decimal]:
    """One sum of several."""
    sums = list(parts)
    return KnownSum(
        known=sum((one.known for one in sums), Decimal(0)),
        counted=sum(one.counted for one in sums),
        unknown=sum(one.unknown for one in sums),
    )


def _figures(
    store: TelemetryStore, question: CallQuestion, during: TimeRange
) -> tuple[tuple[FigureRow, ...], FigureRow]:
    steps = _steps(during, question.step) if question.step else {}
    found = store.figures(replace(question, which=within(question.which, during)))
    if len(found) > MOST_ROWS:
        raise InvalidInputError(
            f"the answer would have {len(found)} rows, more than {MOST_ROWS}",
            action="ask by fewer things, over less time, or in longer steps",
        )
    total = figure_row(together(found), seconds=during.seconds)
    if question.step is None:
        return tuple(figure_row(one, seconds=during.seconds) for one in found), total
    if not question.by:
        there = {one.begins: one for one in found}
        found = tuple(there.get(begins) or together((), begins=begins) for begins in steps)
    return tuple(figure_row(one, seconds=steps.get(one.begins, 0.0)) for one in found), total


def _steps(during: TimeRange, step: Step) -> dict[datetime | None, float]:
    """Where every step begins, with the seconds of it that are inside what was asked about."""
    found: dict[datetime | None, float] = {}
    for begins, ends in _edges(during, step):
        if len(found) > MOST_ROWS:
            raise InvalidInputError(
                f"there are more than {MOST_ROWS} steps of a {step} in the time asked about",
                action="ask about less time, or in longer steps",
            )
        inside = min(ends, during.until) - max(begins, during.since)
        found[begins] = inside.total_seconds()
    return found


def _edges(during: TimeRange, step: Step) -> Iterator[tuple[datetime, datetime]]:
    if step == "day":
        for day in during.days():
            yield day.since, day.until
        return
    length = timedelta(minutes=1) if step == "minute" else timedelta(hours=1)
    begins = step_begins(during.since_ns, step, during.zone.key).astimezone(UTC)
    while begins < during.until:
        yield begins, begins + length
        begins += length


def _change(before: FigureRow, now: FigureRow) -> dict[str, float | None]:
    change = {name: _grown(getattr(before, name), getattr(now, name)) for name in _COMPARED}
    for name in ("input_tokens", "output_tokens", "cost_usd"):
        change[name] = _grown(getattr(before, name).total, getattr(now, name).total)
    return change


def _grown(before: float | Decimal | None, now: float | Decimal | None) -> float | None:
    if before is None or now is None or not before:
        return None
    return (float(now) - float(before)) / float(before)
