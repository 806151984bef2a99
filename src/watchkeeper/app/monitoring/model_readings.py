"""Calls of a model, of before and of now, as its behaviour is compared by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchkeeper.app.monitoring.call_texts import CallText, CallTexts, begun, mostly_known
from watchkeeper.app.monitoring.kept_figures import Kept, kept_for
from watchkeeper.domain.span import Span
from watchkeeper.monitoring.drift.model_behaviour import Answered, ModelVerdict, model_change
from watchkeeper.monitoring.rules.watched import WatchedModel
from watchkeeper.telemetry.call_question import CallQuestion
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.span_filter import SpanFilter

CALLS_A_SIDE = 1000
_SLICES = 20
"""Each side is drawn from so many equal stretches of its time, so that none speaks for all: of ten, one that
ended in another model's minutes looked like a change when that model had gone."""
_REFERENCE_KEPT_FOR = timedelta(hours=1)
"""At most; a hundredth of the stretch where that is less."""
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


class ComparedCalls:
    """Reads calls of a model as they are compared."""

    def __init__(self, telemetry: TelemetryStore, texts: CallTexts) -> None:
        self._telemetry = telemetry
        self._texts = texts

    def before(self, workload: str, model: str, during: ModelSpan) -> "Side":
        """Calls of the stretch before the present one."""
        border = during.until - during.current
        return self._side(workload, model, since=border - during.reference, until=border)

    def lately(self, workload: str, model: str, during: ModelSpan) -> "Side":
        """Calls of the present stretch."""
        return self._side(workload, model, since=during.until - during.current, until=during.until)

    def _side(self, workload: str, model: str, *, since: datetime, until: datetime) -> "Side":
        calls = _calls(self._telemetry, workload, model, since=since, until=until)
        return Side(tuple(calls), tuple(map(self._texts.whole, calls)))


@dataclass(frozen=True, slots=True)
class Side:
    """Calls, and their words as they are kept."""

    calls: Sequence[Span]
    whole: Sequence[CallText]

    @property
    def is_whole(self) -> bool:
        """Whether whole replies are known wherever their beginnings are."""
        return mostly_known([one.reply for one in self.whole], [one.reply_preview for one in self.calls])

    def answered(self, *, whole: bool) -> list[Answered]:
        """The calls, with whole words or with their beginnings."""
        texts = self.whole if whole else map(begun, self.calls)
        return [_answered(span, text) for span, text in zip(self.calls, texts, strict=True)]


def change_between(before: Side, now: Side) -> ModelVerdict:
    """Whether a model answers as it did; whole words are compared where both sides have them."""
    whole = before.is_whole and now.is_whole
    return model_change(before.answered(whole=whole), now.answered(whole=whole))


def read_model_change(
    telemetry: TelemetryStore, texts: CallTexts, *, workload: str, model: str, during: ModelSpan
) -> ModelVerdict:
    """Whether a model of a workload answers as it did."""
    calls = ComparedCalls(telemetry, texts)
    return change_between(calls.before(workload, model, during), calls.lately(workload, model, during))


class ModelWatch:
    """Verdicts for rules, each kept a while: comparing thousands of answers is no work for every minute."""

    def __init__(self, telemetry: TelemetryStore, texts: CallTexts | None = None) -> None:
        """Compare nothing yet; without texts, words as far as telemetry keeps them."""
        self._calls = ComparedCalls(telemetry, texts or CallTexts(None))
        self._kept: Kept[float | None] = Kept()
        self._before: Kept[Side] = Kept()

    def changed(self, workload: str, watched: WatchedModel, *, until: datetime) -> float | None:
        """1 when the model changed, 0 when not; None when it cannot be told."""
        during = ModelSpan(
            until=until,
            current=timedelta(seconds=watched.current_s),
            reference=timedelta(seconds=watched.reference_s),
        )

        def compare() -> float | None:
            # What was before is read less often than what is: it is longer, and most of it stays.
            before = self._before.of(
                (workload, watched),
                until,
                lambda: self._calls.before(workload, watched.model, during),
                keep=min(_REFERENCE_KEPT_FOR, during.reference / 100),
            )
            now = self._calls.lately(workload, watched.model, during)
            return _CHANGED.get(change_between(before, now).state)

        return self._kept.of((workload, watched), until, compare, keep=kept_for(during.current))


def _calls(
    telemetry: TelemetryStore, workload: str, model: str, *, since: datetime, until: datetime
) -> Sequence[Span]:
    def newest(begin: datetime, end: datetime, limit: int) -> Sequence[Span]:
        which = SpanFilter(
            workload=workload,
            model=model,
            ok=True,
            cached=False,
            counted_only=True,
            since_ns=ns_of(begin),
            until_ns=ns_of(end),
        )
        return telemetry.newest(which, limit)

    found = newest(since, until, CALLS_A_SIDE + 1)
    if len(found) > CALLS_A_SIDE:
        found = _spread(newest, since, until)
    return found


def _spread(
    newest: Callable[[datetime, datetime, int], Sequence[Span]], since: datetime, until: datetime
) -> list[Span]:
    """Calls of equal stretches of a time; stretches with few leave room for more of those with many."""
    step, share = (until - since) / _SLICES, CALLS_A_SIDE // _SLICES

    def read(number: int, limit: int) -> Sequence[Span]:
        return newest(since + number * step, since + (number + 1) * step, limit)

    found = [read(number, share) for number in range(_SLICES)]
    full = [number for number, spans in enumerate(found) if len(spans) == share]
    spare = CALLS_A_SIDE - sum(map(len, found))
    if full and spare:
        for number in full:
            found[number] = read(number, share + spare // len(full))
    return [span for spans in found for span in spans]


def _answered(span: Span, text: CallText) -> Answered:
    return Answered(
        prompt=text.prompt,
        reply=text.reply,
        output_tokens=span.output_tokens,
        duration_ms=span.duration_ns / 1e6,
        finish_reason=span.finish_reason,
    )
