"""The monitor: looks at every rule, again and again, and moves alerts along.

What it has to remember stands in the alert store, so any process may make the next turn. A figure that
cannot be had is no data for its rule and is told; the other rules are looked at all the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.severity import Band
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.alerts.alert_course import Told, next_turn
from watchkeeper.monitoring.health.health_score import Reading
from watchkeeper.monitoring.ports import AlertStore, Measurements
from watchkeeper.monitoring.rules.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Something somebody is to be told."""

    why: Told
    alert: Alert
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one turn saw."""

    at: datetime
    readings: tuple[Reading, ...]
    told: tuple[Telling, ...]
    failures: tuple[str, ...]
    """Figures that could not be had, each in a sentence."""


class Monitor:
    """Looks at rules."""

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        measurements: Measurements,
        alerts: AlertStore,
        clock: Clock,
        ids: IdSource,
        tell: Callable[[Telling], None],
    ) -> None:
        """Name what to look at.

        Args:
            rules: The rules; keys differ.
            measurements: Where figures come from.
            alerts: Where alerts are kept.
            clock: When it is.
            ids: Ids of new alerts.
            tell: Told of everything somebody is to hear, after the alert was kept.
        """
        self.rules = tuple(rules)
        self._measurements = measurements
        self._alerts = alerts
        self._clock = clock
        self._ids = ids
        self._tell = tell
        self.last_look: Look | None = None

    def turn(self) -> Look:
        """Look at every rule once.

        Raises:
            UnavailableError: Alerts cannot be kept.
        """
        now = self._clock.now()
        readings: list[Reading] = []
        told: list[Telling] = []
        failures: list[str] = []
        figures = self._measurements.figures(self.rules, until=now)
        for rule in self.rules:
            value = figures[rule.key]
            if isinstance(value, WatchkeeperError):
                failures.append(f"rule {rule.key}: {value.message}")
                value = None
            readings.append(Reading(rule=rule, value=value, band=rule.threshold.band(value)))
            told += self._move(rule, value, now)
        look = Look(at=now, readings=tuple(readings), told=tuple(told), failures=tuple(failures))
        self.last_look = look
        return look

    def _move(self, rule: Rule, value: float | None, now: datetime) -> list[Telling]:
        before = self._alerts.newest_of(rule.key)
        turn = next_turn(rule, before, value=value, now=now, new_id=self._ids.trace_id())
        if turn.alert is None:
            return []
        if turn.alert.state == "resolved" and turn.alert.fired_at is None:
            self._alerts.drop(turn.alert.alert_id)
            return []
        self._alerts.keep(turn.alert)
        if turn.told is None:
            return []
        telling = Telling(why=turn.told, alert=turn.alert, rule=rule)
        self._tell(telling)
        return [telling]


def known_readings(look: Look | None, rules: Sequence[Rule]) -> tuple[Reading, ...]:
    """The last reading of every rule; no data of all when nobody has looked yet."""
    if look is not None:
        return look.readings
    return tuple(Reading(rule=rule, value=None, band=Band.NO_DATA) for rule in rules)
