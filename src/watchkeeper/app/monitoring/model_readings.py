"""Calls of a model, of before and of now, as its behaviour is compared by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchkeeper.app.monitoring.kept_figures import KeptFigures
from watchkeeper.domain.span import Span
from watchkeeper.monitoring.drift.model_behaviour import Answered, ModelVerdict, model_change
from watchkeeper.monitoring.rules.watched import WatchedModel
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.span_filter import SpanFilter

CALLS_A_SIDE = 1000
_SLICES = 10
"""Each side is drawn from so many equal stretches of its time, so that no hour speaks for all."""
_CHANGED = {"changed": 1.0, "unchanged": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpan:
    """Which times are compared, up to an instant."""

    until: datetime
    current: timedelta
    reference: timedelta
    """The stretch before `current`."""


def compared_models(
    telemetry: TelemetryStore, *, workload: str | None, during: ModelSpan
) -> tuple[tuple[str, str], ...]:
    """The workloads and models that were called in the present stretch, by name."""
    which = SpanFilter(
        workload=workload,
        since_ns=ns_of(during.until - during.current),
        until_ns=ns_of(during.until),
        counted_only=True,
    )
    rows = telemetry.figures(CallQuestion(which=which, by=("workload", "model"), latencies=False))
    pairs = {(row.group["workload"], row.group["model"]) for row in rows}
    return tuple(sorted((owner, model) for owner, model in pairs if owner is not None and model is not None))


def read_model_change(
    telemetry: TelemetryStore, workload: str, model: str, during: ModelSpan
) -> ModelVerdict:
    """Whether a model of a workload answers as it did."""
    border = during.until - during.current
    before = list(_calls(telemetry, workload, model, since=border - during.reference, until=border))
    now = list(_calls(telemetry, workload, model, since=border, until=during.until))
    return model_change(before, now)


class ModelWatch:
    """Verdicts for rules, each kept a while: comparing thousands of answers is no work for every minute."""

    def __init__(self, telemetry: TelemetryStore) -> None:
        """Compare nothing yet."""
        self._telemetry = telemetry
        self._kept = KeptFigures()

    def changed(self, workload: str, watched: WatchedModel, *, until: datetime) -> float | None:
        """1 when the model changed, 0 when not; None when it cannot be told."""
        during = ModelSpan(
            until=until,
            current=timedelta(seconds=watched.current_s),
            reference=timedelta(seconds=watched.reference_s),
        )

        def compare() -> float | None:
            verdict = read_model_change(self._telemetry, workload, watched.model, during)
            return _CHANGED.get(verdict.state)

        return self._kept.of((workload, watched), until, compare)


def _calls(
    telemetry: TelemetryStore, workload: str, model: str, *, since: datetime, until: datetime
) -> Iterator[Answered]:
    step, share = (until - since) / _SLICES, CALLS_A_SIDE // _SLICES

    def read(number: int, limit: int) -> Sequence[Span]:
        which = SpanFilter(
            workload=workload,
            model=model,
            ok=True,
            cached=False,
            counted_only=True,
            since_ns=ns_of(since + number * step),
            until_ns=ns_of(since + (number + 1) * step),
        )
        return telemetry.newest(which, limit)

    found = [read(number, share) for number in range(_SLICES)]
    full = [number for number, spans in enumerate(found) if len(spans) == share]
    spare = CALLS_A_SIDE - sum(map(len, found))
    if full and spare:
        # Stretches with few calls leave room for more of those with many.
        for number in full:
            found[number] = read(number, share + spare // len(full))
    for spans in found:
        yield from map(_answered, spans)


def _answered(span: Span) -> Answered:
    return Answered(
        prompt=span.prompt_preview,
        reply=span.reply_preview,
        output_tokens=span.output_tokens,
        duration_ms=span.duration_ns / 1e6,
        finish_reason=span.finish_reason,
    )
