"""Model calls as Prometheus figures, read from the telemetry store when somebody asks (FA-81).

`docs/metrics.md` tells their names; dashboards rely on them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from watchkeeper.app.metrics import Counter, HistogramSample, Sample
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.costs.budgets.standing import Standing
from watchkeeper.statistics.quantile_sketch import figure_of
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.figures import Dimension
from watchkeeper.telemetry.questions.call_figures import together
from watchkeeper.telemetry.span_filter import SpanFilter

FRESH_FOR_S = 5.0
"""Seconds an answer is told again before the store is asked anew: several scrapers cost as much as one."""
PART = "call figures"
"""Its part of the readiness; the server counts as ready without it."""
BOUNDS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Upper bounds of the durations' buckets, in seconds: from a cached answer to a long one."""
NO_NAME = ""
"""The label of calls that told of no model; Prometheus takes it for no label."""
_MS_PER_S = 1_000
_NS_PER_S = 1_000_000_000
_Labels = tuple[tuple[str, str], ...]

COUNTERS = {
    "watchkeeper_calls_total": "Model calls, each once, by status: ok or the error's code.",
    "watchkeeper_calls_cached_total": "Model calls answered from a cache.",
    "watchkeeper_calls_degraded_total": "Model calls answered by a fallback.",
    "watchkeeper_call_tokens_total": "Tokens of model calls, as far as told, by direction.",
    "watchkeeper_call_cost_usd_total": "What model calls cost, in USD, as far as prices are known.",
    "watchkeeper_call_cost_unknown_total": "Model calls whose cost is not known: in no sum.",
}
GAUGES = {
    "watchkeeper_budget_limit_usd": "The limit of a budget's present period, in USD.",
    "watchkeeper_budget_spent_usd": "Spent of it: settled and entered.",
    "watchkeeper_budget_held_usd": "Held of it for calls in flight.",
    "watchkeeper_budget_unsettled_usd": "Of it, of calls whose cost will never be known.",
}
DURATION = "watchkeeper_call_duration_seconds"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was found when the stores were asked last."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)
    durations: list[HistogramSample] = field(default_factory=list)
    up: bool = False
    """Whether they could be asked."""


class CallMetrics:
    """The figures of one server's calls and budgets, among its own figures."""

    def __init__(self, state: ServerState) -> None:
        """Put the families among the server's figures; the stores are asked when somebody asks for those."""
        self._state = state
        self._lock = Lock()
        self._snapshot = Snapshot()
        self._asked_at_s: float | None = None
        self._told: dict[tuple[str, _Labels], float] = {}
        metrics = state.metrics
        state.readiness.expect(PART, "nobody has asked for figures yet", needed=False)
        self._failures: Counter = metrics.counter(
            "watchkeeper_call_figures_failures_total", "Times the figures of calls could not be read."
        )
        self._failures.add(0)
        metrics.gauge(
            "watchkeeper_call_figures_up",
            "1 when the figures of calls and budgets could be read, else 0; alert on 0.",
            lambda: [({}, float(self.snapshot().up))],
        )
        metrics.histogram(DURATION, "How long model calls took.", lambda: self.snapshot().durations)
        for name, help_text in COUNTERS.items():
            metrics.counted(name, help_text, self._reader(name))
        for name, help_text in GAUGES.items():
            metrics.gauge(name, help_text, self._reader(name))

    def snapshot(self) -> Snapshot:
        """What is known, asked anew when it is older than `FRESH_FOR_S`; empty when it cannot be read.

        A figure that cannot be read is missing rather than stale: the gap is seen, and an alert on
        `watchkeeper_call_figures_up` says why.
        """
        with self._lock:
            now_s = self._state.clock.monotonic()
            if self._asked_at_s is None or now_s - self._asked_at_s >= FRESH_FOR_S:
                self._snapshot = self._look()
                self._asked_at_s = now_s
            return self._snapshot

    def _look(self) -> Snapshot:
        services = self._state.services
        if services is None:
            return Snapshot()
        try:
            calls, budgets = _calls(services), services.budgets.standings()
        except Exception as failure:  # a scrape ends here: counted, logged, and told as missing figures
            self._failures.add()
            self._state.readiness.failed(PART, f"{type(failure).__name__}: {failure}")
            self._state.log.error("the figures of calls could not be read", exc_info=failure)
            return Snapshot()
        self._state.readiness.ready(PART)
        return Snapshot(
            samples={**self._counters(calls), **_gauges(budgets)}, durations=_durations(calls), up=True
        )

    def _reader(self, name: str) -> Callable[[], Iterable[Sample]]:
        return lambda: self.snapshot().samples.get(name, [])

    def _counters(self, calls: Sequence[CallFigures]) -> dict[str, list[Sample]]:
        found: dict[str, list[Sample]] = {name: [] for name in COUNTERS}
        for one in calls:
            status = one.group["status"] or NO_NAME
            found["watchkeeper_calls_total"].append(({**_labels(one), "status": status}, one.calls))
        for labels, one in _by_model(calls):
            found["watchkeeper_calls_cached_total"].append((labels, one.cached))
            found["watchkeeper_calls_degraded_total"].append((labels, one.degraded))
            found["watchkeeper_call_cost_usd_total"].append((labels, float(one.cost_usd.known)))
            found["watchkeeper_call_cost_unknown_total"].append((labels, one.cost_usd.unknown))
            for direction in ("input", "output", "cache_read", "cache_write", "reasoning"):
                tokens = getattr(one, f"{direction}_tokens").known
                found["watchkeeper_call_tokens_total"].append(({**labels, "direction": direction}, tokens))
        return {name: [self._never_falling(name, one) for one in samples] for name, samples in found.items()}

    def _never_falling(self, name: str, sample: Sample) -> Sample:
        """A counter's value as told: rows that retention lets go of must not look like a restart."""
        labels, value = sample
        key = name, tuple(sorted(labels.items()))
        self._told[key] = max(value, self._told.get(key, value))
        return labels, self._told[key]


def _calls(services: Services) -> tuple[CallFigures, ...]:
    by: tuple[Dimension, ...] = ("workload", "model", "status")
    question = CallQuestion(which=SpanFilter(counted_only=True), by=by)
    return services.telemetry.figures(question)


def _labels(one: CallFigures) -> dict[str, str]:
    return {"workload": one.group["workload"] or NO_NAME, "model": one.group["model"] or NO_NAME}


def _by_model(calls: Sequence[CallFigures]) -> list[tuple[dict[str, str], CallFigures]]:
    groups: dict[_Labels, list[CallFigures]] = {}
    for one in calls:
        groups.setdefault(tuple(_labels(one).items()), []).append(one)
    return [(dict(labels), together(parts)) for labels, parts in sorted(groups.items())]


def _durations(calls: Sequence[CallFigures]) -> list[HistogramSample]:
    """From the sketch: a call within 1 % of a bound may be counted beside it."""
    found = []
    for labels, one in _by_model(calls):
        seconds = [(figure_of(bucket) / _MS_PER_S, count) for bucket, count in one.latency.items()]
        found.append(
            HistogramSample(
                labels=labels,
                bounds=BOUNDS_S,
                counts=[sum(count for figure, count in seconds if figure <= bound) for bound in BOUNDS_S],
                count=one.calls,
                sum=one.duration_sum_ns / _NS_PER_S,
            )
        )
    return found


def _gauges(budgets: Sequence[Standing]) -> dict[str, list[Sample]]:
    columns = {
        "watchkeeper_budget_limit_usd": "limit_usd",
        "watchkeeper_budget_spent_usd": "spent_usd",
        "watchkeeper_budget_held_usd": "held_usd",
        "watchkeeper_budget_unsettled_usd": "unsettled_usd",
    }
    return {
        name: [({"budget": one.name}, float(getattr(one, column))) for one in budgets]
        for name, column in columns.items()
    }
