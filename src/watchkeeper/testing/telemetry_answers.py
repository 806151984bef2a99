"""Every question a telemetry store answers, asked: two stores of the same rows answer the same."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from watchkeeper.domain.metric_point import METRIC_KINDS
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.figures import DIMENSIONS, Dimension
from watchkeeper.telemetry.metric_question import MetricQuestion
from watchkeeper.telemetry.minutes import instant_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.row_filters import EvaluationFilter, FeedbackFilter, LogFilter, QueryFilter
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanFilter, SpanPlace
from watchkeeper.telemetry.time_steps import STEPS, Step

MOST = 100_000
_NEAR = 9
"""Digits floats must agree in: engines add them up in an order of their own."""


def every_answer(
    store: TelemetryStore, *, timezones: tuple[str, ...] = ("UTC", "Europe/Stockholm", "Asia/Kolkata")
) -> dict[str, Any]:
    """What a store says to every kind of question, by the question; equal for equal rows.

    Meant for small stores: lists are asked for whole.
    """
    spans = store.newest(EVERYTHING, MOST)
    answers: dict[str, Any] = {
        "spans": spans,
        "count": store.count(),
        "positions": store.positions(),
        "conflicts": _conflicts(store),
        "conflict_count": store.conflict_count(),
        "unreadable": store.unreadable(MOST),
        "unreadable_count": store.unreadable_count(),
        "logs": store.logs(LogFilter(), MOST),
        "evaluations": store.evaluations(EvaluationFilter(), MOST),
        "feedback": store.feedback(FeedbackFilter(), MOST),
        "queries": store.queries(QueryFilter(), MOST),
        "metric_names": store.metric_names(),
    }
    for trace_id in {span.trace_id for span in spans}:
        answers[f"trace {trace_id}"] = store.trace(trace_id)
    if spans:
        middle = spans[len(spans) // 2]
        place = SpanPlace(start_ns=middle.start_ns, trace_id=middle.trace_id, span_id=middle.span_id)
        answers["page"] = store.newest(EVERYTHING, 3, place)
        window = {
            "start": instant_of(spans[-1].start_ns) + timedelta(seconds=7),
            "end": instant_of(spans[0].start_ns) + timedelta(seconds=1),
        }
        if window["end"] - window["start"] < timedelta(days=1):
            answers["per_minute"] = store.per_minute(EVERYTHING, **window)
    for which in _filters(store):
        answers[f"count {which}"] = store.count(which)
    for question in call_questions(store, timezones):
        answers[repr(question)] = store.figures(question)
        answers[f"items {question!r}"] = store.items(question)
    for name in {one.name for one in answers["metric_names"]}:
        for asked in _metric_questions(name):
            answers[repr(asked)] = store.metric_series(asked)
    return {question: _plain(answer) for question, answer in answers.items()}


def _conflicts(store: TelemetryStore) -> list[Any]:
    told = [(repr(conflict.received_at), _plain(conflict.span)) for conflict in store.conflicts(MOST)]
    return sorted(told, key=repr)


def call_questions(store: TelemetryStore, timezones: tuple[str, ...]) -> Iterator[CallQuestion]:
    """Questions about calls: each dimension, step, timezone and filter at least once."""
    by: tuple[tuple[Dimension, ...], ...] = ((), ("model", "status"), ("workload", "conversation_id"))
    for which in _filters(store):
        yield CallQuestion(which=which)
        yield CallQuestion(which=which, by=("operation", "target"), step="minute", latencies=False)
    for dimension in DIMENSIONS:
        yield CallQuestion(by=(dimension,))
    steps: tuple[Step | None, ...] = (None, *STEPS)
    for group in by:
        for step in steps:
            for timezone in timezones:
                yield CallQuestion(by=group, step=step, timezone=timezone)


def _filters(store: TelemetryStore) -> Iterator[SpanFilter]:
    spans = store.newest(EVERYTHING, MOST)
    yield SpanFilter(model_operations_only=True)
    yield SpanFilter(gateway_only=True)
    yield SpanFilter(counted_only=True)
    yield SpanFilter(ok=False)
    if spans:
        first, middle, last = spans[-1], spans[len(spans) // 2], spans[0]
        yield SpanFilter(since_ns=first.start_ns + 1, until_ns=last.start_ns)
        yield SpanFilter(since_ns=middle.start_ns, counted_only=True, workload=middle.workload)
        yield SpanFilter(until_ns=middle.start_ns, model=middle.model)
        yield SpanFilter(min_duration_ms=middle.duration_ns / 1_000_000)
        yield SpanFilter(trace_id=middle.trace_id, cached=middle.cached, degraded=False)


def _metric_questions(name: str) -> Iterator[MetricQuestion]:
    yield MetricQuestion(name=name)
    for kind in METRIC_KINDS:
        yield MetricQuestion(name=name, kind=kind, step_s=60, by=("host", "zone"))
    yield MetricQuestion(name=name, tags={"host": "a"}, step_s=7)


def _plain(answer: Any) -> Any:
    """The answer in what compares by value, floats and amounts rounded alike."""
    if isinstance(answer, float):
        return answer if not math.isfinite(answer) else float(f"{answer:.{_NEAR}g}")
    if isinstance(answer, Decimal):
        return f"{answer:.12f}"
    if is_dataclass(answer) and not isinstance(answer, type):
        return {field.name: _plain(getattr(answer, field.name)) for field in fields(answer)}
    if isinstance(answer, Mapping):
        return {str(key): _plain(value) for key, value in sorted(answer.items(), key=repr)}
    if isinstance(answer, tuple | list):
        return [_plain(one) for one in answer]
    return answer
