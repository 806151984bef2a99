"""Figures of calls at many instants of the past, from one question: a backtest looks thousands of times."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from watchkeeper.app.monitoring.call_readings import call_filter, rule_figure
from watchkeeper.monitoring.ports import Figure, Measurements
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.watched import WatchedCalls
from watchkeeper.telemetry.call_question import CallFigures, CallQuestion
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.questions.call_figures import together

MINUTE_S = 60
_MOST_MINUTES = 60
"""Of a window: each look adds them up, which for a day's window takes longer than to ask."""


def whole_minute(instant: datetime) -> datetime:
    """The minute an instant is in."""
    return instant.replace(second=0, microsecond=0)


class PastCalls:
    """`Measurements` of one rule: at whole minutes from minutes read at once, else as others tell."""

    def __init__(
        self, telemetry: TelemetryStore, rule: Rule, *, others: Measurements, since: datetime, until: datetime
    ) -> None:
        """Read the minutes.

        Args:
            telemetry: Whose calls.
            rule: What is looked at.
            others: Tells what minutes do not: other figures, other windows, other instants.
            since: The first look.
            until: The last look at the latest.
        """
        self._others = others
        self._rule = rule
        window = timedelta(seconds=rule.window_s)
        self._reads = (
            isinstance(rule.watched, WatchedCalls)
            and rule.window_s % MINUTE_S == 0
            and rule.window_s <= _MOST_MINUTES * MINUTE_S
        )
        rows: tuple[CallFigures, ...] = ()
        if self._reads and isinstance(rule.watched, WatchedCalls):
            which = call_filter(
                rule.workload, rule.watched, since=whole_minute(since) - window, until=whole_minute(until)
            )
            latencies = rule.watched.figure.startswith("p")
            rows = telemetry.figures(CallQuestion(which=which, step="minute", latencies=latencies))
        self._rows = sorted(((row.begins, row) for row in rows if row.begins), key=lambda pair: pair[0])
        self._begins = [begins for begins, _ in self._rows]

    def figure(self, rule: Rule, *, until: datetime) -> float | None:
        """See `Measurements.figure`."""
        if not self._reads or rule != self._rule or until != whole_minute(until):
            return self._others.figure(rule, until=until)
        assert isinstance(rule.watched, WatchedCalls)
        first = bisect_left(self._begins, until - timedelta(seconds=rule.window_s))
        rows = [row for _, row in self._rows[first : bisect_left(self._begins, until)]]
        return rule_figure(rule, rule.watched.figure, together(rows) if rows else None)

    def figures(self, rules: Sequence[Rule], *, until: datetime) -> Mapping[str, Figure]:
        """See `Measurements.figures`."""
        return self._others.figures(rules, until=until)
