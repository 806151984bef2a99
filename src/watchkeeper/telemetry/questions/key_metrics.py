"""The six figures an operator of a model service looks at first, each beside its target (VO-07)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from watchkeeper.domain.percent_text import percent_text
from watchkeeper.domain.time_range import TimeRange
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.questions.answers import AskedRange, asked
from watchkeeper.telemetry.questions.call_figures import figure_row, together, within
from watchkeeper.telemetry.span_filter import SpanFilter

Verdict = Literal["ok", "missed", "no data", "no target"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyTargets:
    """What is aimed at; rates from 0 to 1."""

    success_above: float = 0.95
    error_below: float = 0.05
    average_ms_below: float = 10_000.0
    """Above 10 s the source recommends to look (requirements 2.4)."""
    cache_hit_from: float = 0.30
    """Below 30 % the source recommends to look (2.4)."""
    one_model_at_most: float = 0.80
    """Above 80 % on one model the source recommends to look (2.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMetric:
    """One figure beside its target."""

    name: str
    value: float | None
    """Null is no data."""
    unit: Literal["calls", "ms", "share"]
    target: str | None
    """In words; null where there is none."""
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShare:
    """How much of the calls a model answered."""

    model: str | None
    """Null where the call told of none."""
    calls: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMetrics:
    """The six of a stretch of time; the sixth is the distribution over models, told whole beside them."""

    range: AskedRange
    metrics: tuple[KeyMetric, ...]
    models: tuple[ModelShare, ...]


def key_metrics(
    store: TelemetryStore,
    which: SpanFilter,
    *,
    during: TimeRange,
    targets: KeyTargets | None = None,
) -> KeyMetrics:
    """The six figures of the model calls of a stretch of time; a call counts once (law 2)."""
    aims = targets or KeyTargets()
    counted = within(which, during)
    found = store.figures(CallQuestion(which=_counted(counted), by=("model",)))
    row = figure_row(together(found), seconds=during.seconds)
    models = tuple(
        ModelShare(model=one.group["model"], calls=one.calls, share=one.calls / row.calls) for one in found
    )
    largest = max((one.share for one in models), default=None)
    return KeyMetrics(
        range=asked(during),
        metrics=(
            KeyMetric(name="total requests", value=row.calls, unit="calls", target=None, verdict="no target"),
            _metric("average response time", row.average_ms, "ms", below=aims.average_ms_below),
            _metric("success rate", row.success_rate, "share", above=aims.success_above),
            _metric("error rate", row.error_rate, "share", below=aims.error_below),
            _metric("cache hit rate", row.cache_hit_rate, "share", least=aims.cache_hit_from),
            _metric("largest model's share", largest, "share", most=aims.one_model_at_most),
        ),
        models=models,
    )


def _counted(which: SpanFilter) -> SpanFilter:
    return replace(which, counted_only=True)


def _metric(name: str, value: float | None, unit: Literal["ms", "share"], **bound: float) -> KeyMetric:
    ((kind, limit),) = bound.items()
    words: Mapping[str, str] = {"above": "above", "below": "below", "least": "at least", "most": "at most"}
    text = f"{limit:g} ms" if unit == "ms" else percent_text(limit, decimals=0)
    return KeyMetric(
        name=name,
        value=value,
        unit=unit,
        target=f"{words[kind]} {text}",
        verdict="no data" if value is None else "ok" if _holds(kind, value, limit) else "missed",
    )


def _holds(kind: str, value: float, limit: float) -> bool:
    return {
        "above": value > limit,
        "below": value < limit,
        "least": value >= limit,
        "most": value <= limit,
    }[kind]
