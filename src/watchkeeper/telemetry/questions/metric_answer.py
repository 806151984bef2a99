"""Series of a metric, and what its points add up to (HE-21, HE-53)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.metric_point import MetricKind
from watchkeeper.domain.time_range import TimeRange
from watchkeeper.statistics.quantile_sketch import figure_of
from watchkeeper.telemetry.metric_question import MetricFigures, MetricQuestion
from watchkeeper.telemetry.minutes import instant_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.questions.answers import AskedRange, asked

Statistic = Literal["mean", "sum", "rate", "p50", "p95", "p99", "min", "max", "count", "last"]
STATISTICS: tuple[Statistic, ...] = get_args(Statistic)
USUAL: Mapping[MetricKind, Statistic] = {
    "counter": "sum",
    "gauge": "mean",
    "histogram": "p95",
    "rate": "mean",
}
"""What is shown of a kind when no statistic is asked for."""
MOST_STEPS = 10_000
_STEPS_S = (1, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400)
_FEW = 120
"""Steps a range is cut into, at most, when no length is asked for."""
_NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesPoint:
    """One step of a series."""

    begins: datetime
    value: float | None
    """Null where no point fell into the step."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesStatistics:
    """What all points asked about show together; null is no data."""

    count: int
    mean: float | None
    std: float | None
    """From the sketch of the figures: within 1 % of each of them."""
    min: float | None
    max: float | None
    p50: float | None
    p95: float | None
    p99: float | None
    last: float | None
    sum: float | None
    per_second: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesBefore:
    """The period of the same length before; its points stand for those of the present one, in order."""

    range: AskedRange
    points: tuple[SeriesPoint, ...]
    statistics: SeriesStatistics


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricAnswer:
    """One metric over time."""

    name: str
    kind: MetricKind | None
    """Null where no point of it is known."""
    unit: str
    statistic: Statistic
    step_s: int
    tags: Mapping[str, str]
    range: AskedRange
    points: tuple[SeriesPoint, ...]
    statistics: SeriesStatistics
    before: SeriesBefore | None


def metric_answer(
    store: TelemetryStore,
    question: MetricQuestion,
    *,
    during: TimeRange,
    statistic: Statistic | None = None,
    step_s: int | None = None,
    compare: bool = False,
) -> MetricAnswer:
    """One metric over a stretch of time.

    Args:
        store: Where the points are.
        question: Which points; their time and steps are told here.
        during: When they were made.
        statistic: What is told of each step; of its kind the usual one, if not given.
        step_s: Seconds a step, counted from the epoch; so that there are at most 120, if not given.
        compare: Whether the period before is told too.

    Raises:
        InvalidInputError: There would be more than `MOST_STEPS` steps.
    """
    step = step_s or next((one for one in _STEPS_S if during.seconds / one <= _FEW), _whole_days(during))
    if not step >= 1 or during.seconds / step > MOST_STEPS:
        raise InvalidInputError(
            f"{during.seconds:.0f} s in steps of {step} s are more than {MOST_STEPS} steps",
            action="ask for longer steps, or about less time",
        )
    kind, unit = _kind(store, question, during)
    chosen = statistic or (USUAL[kind] if kind else "mean")
    asked_of = replace(question, kind=kind, step_s=step, by=())
    points, statistics = _told(store, asked_of, during, chosen)
    before = None
    if compare:
        earlier = during.before()
        its_points, its_statistics = _told(store, asked_of, earlier, chosen)
        before = SeriesBefore(range=asked(earlier), points=its_points, statistics=its_statistics)
    return MetricAnswer(
        name=question.name,
        kind=kind,
        unit=unit,
        statistic=chosen,
        step_s=step,
        tags=dict(question.tags),
        range=asked(during),
        points=points,
        statistics=statistics,
        before=before,
    )


def _whole_days(during: TimeRange) -> int:
    return 86_400 * math.ceil(during.seconds / 86_400 / _FEW)


def _kind(
    store: TelemetryStore, question: MetricQuestion, during: TimeRange
) -> tuple[MetricKind | None, str]:
    """The kind asked for, else that of most points; and the unit it was told in first."""
    names = [
        one
        for one in store.metric_names(question.workload)
        if one.name == question.name and question.kind in {None, one.kind}
    ]
    kinds = {one.kind for one in names}
    if len(kinds) > 1:
        whole = replace(question, since_ns=during.since_ns, until_ns=during.until_ns, step_s=None, by=())
        counted = {one.kind: one.points for one in store.metric_series(whole)}
        names.sort(key=lambda one: -counted.get(one.kind, 0))
    return (names[0].kind, names[0].unit) if names else (None, "")


def _told(
    store: TelemetryStore, question: MetricQuestion, during: TimeRange, statistic: Statistic
) -> tuple[tuple[SeriesPoint, ...], SeriesStatistics]:
    inside = replace(question, since_ns=during.since_ns, until_ns=during.until_ns)
    whole = store.metric_series(replace(inside, step_s=None))
    steps = {one.begins: one for one in store.metric_series(inside) if one.begins}
    step_s = question.step_s or 1
    points = []
    begins = instant_of(during.since_ns // _NS_PER_S // step_s * step_s * _NS_PER_S)
    length = timedelta(seconds=step_s)
    while begins < during.until:
        found = steps.get(begins.astimezone(UTC))
        seconds = (min(begins + length, during.until) - max(begins, during.since)).total_seconds()
        points.append(
            SeriesPoint(
                begins=begins,
                value=None if found is None else _value(found, statistic, seconds),
                count=found.count if found else 0,
            )
        )
        begins += length
    return tuple(points), _statistics(whole, during.seconds)


def _value(figures: MetricFigures, statistic: Statistic, seconds: float) -> float | None:
    if statistic == "rate":
        return _per_second(figures, seconds)
    if statistic in {"p50", "p95", "p99"}:
        return figures.quantile(int(statistic[1:]) / 100)
    value: float | None = getattr(figures, statistic)
    return value


def _per_second(figures: MetricFigures, seconds: float) -> float | None:
    """Of a counter its growth, of a rate its mean, of other kinds how many figures came; a second."""
    if figures.kind == "rate":
        return figures.mean
    amount = figures.sum if figures.kind == "counter" else figures.count
    return None if amount is None or seconds <= 0 else amount / seconds


def _statistics(whole: Sequence[MetricFigures], seconds: float) -> SeriesStatistics:
    if not whole:
        nothing = dict.fromkeys(
            ("mean", "std", "min", "max", "p50", "p95", "p99", "last", "sum", "per_second")
        )
        return SeriesStatistics(count=0, **nothing)
    figures = whole[0]
    return SeriesStatistics(
        count=figures.count,
        mean=figures.mean,
        std=_std(figures),
        min=figures.min,
        max=figures.max,
        p50=figures.quantile(0.5),
        p95=figures.quantile(0.95),
        p99=figures.quantile(0.99),
        last=figures.last,
        sum=figures.sum,
        per_second=_per_second(figures, seconds),
    )


def _std(figures: MetricFigures) -> float | None:
    """The standard deviation of all figures, not of a sample; None of nothing."""
    told = [(figure_of(bucket), count) for bucket, count in figures.sketch.items()]
    told += [(-figure_of(bucket), count) for bucket, count in figures.below_zero.items()]
    count = sum(one for _, one in told)
    if not count:
        return None
    if figures.min is not None and figures.min == figures.max:
        return 0.0
    mean = sum(figure * one for figure, one in told) / count
    return math.sqrt(sum(one * (figure - mean) ** 2 for figure, one in told) / count)
