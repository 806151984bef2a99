"""Watched series as the monitor follows them: learnt from stored history, then point by point.

Nothing is kept elsewhere: a server that starts anew learns the same from the same history.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from watchkeeper.app.monitoring.series_readings import read_series, settled
from watchkeeper.monitoring.anomalies.series_watch import SeriesWatch
from watchkeeper.monitoring.detectors.registry import detector
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.watched import WatchedAnomaly
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.time_steps import zone_of


@dataclass(slots=True)
class _Cursor:
    """How far a series was followed."""

    watch: SeriesWatch
    seen_until: datetime
    surprise: float | None = None
    caught_up: bool = False
    """Whether history was learnt: what was odd in it is nobody's news."""


class AnomalyWatch:
    """Follows watched series; one a server, shared by the monitor and the API."""

    def __init__(self, telemetry: TelemetryStore, *, timezone: str) -> None:
        """Follow nothing yet.

        Args:
            telemetry: Where the points are.
            timezone: Whose hours and weekdays seasonal detectors go by.
        """
        self._telemetry = telemetry
        self._zone = zone_of(timezone)
        self._lock = Lock()
        self._live: dict[str, _Cursor] = {}
        self._past: dict[str, _Cursor] = {}

    def surprise(self, rule: Rule, watched: WatchedAnomaly, *, until: datetime) -> float | None:
        """How surprising the steps since the last look are; None is no data, or too little learnt."""
        with self._lock:
            return self._followed(rule, watched, until).surprise

    def watch(self, rule: Rule, watched: WatchedAnomaly, *, until: datetime) -> SeriesWatch:
        """The series as it stands at an instant."""
        with self._lock:
            return self._followed(rule, watched, until).watch

    def _followed(self, rule: Rule, watched: WatchedAnomaly, until: datetime) -> _Cursor:
        to = settled(until)
        cursor = self._live.get(rule.key)
        if cursor is None:
            cursor = self._live[rule.key] = self._begun(watched, to)
        elif to < cursor.seen_until - timedelta(seconds=watched.every_s):
            # A look at the past (`wk rules backtest`) follows a copy of its own and leaves the living one.
            cursor = self._past.get(rule.key)
            if cursor is None or to < cursor.seen_until:
                cursor = self._past[rule.key] = self._begun(watched, to)
        self._follow(rule, watched, cursor, to)
        return cursor

    def _begun(self, watched: WatchedAnomaly, to: datetime) -> _Cursor:
        watch = SeriesWatch(detector(watched.detector, timezone=self._zone), chance=watched.chance)
        return _Cursor(watch=watch, seen_until=to - timedelta(days=watched.learn_days))

    def _follow(self, rule: Rule, watched: WatchedAnomaly, cursor: _Cursor, to: datetime) -> None:
        step_s = int(watched.every_s)
        last = datetime.fromtimestamp(to.timestamp() // step_s * step_s, tz=to.tzinfo)
        if last <= cursor.seen_until:
            return
        points = read_series(
            self._telemetry,
            rule.workload,
            watched.series,
            since=cursor.seen_until,
            until=last,
            every_s=step_s,
        )
        seen = [cursor.watch.see(at, value) for at, value in points]
        new = seen if cursor.caught_up else seen[-1:]
        # A look that comes late tells what was odd since the last one; steps without a figure tell nothing.
        cursor.surprise = max((one for one in new if one is not None), default=None)
        cursor.seen_until, cursor.caught_up = last, True
