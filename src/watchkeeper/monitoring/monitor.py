"""The monitor: looks at every rule, again and again, and moves alerts along.

What it has to remember stands in stores, so any process may make the next turn; what follows from what it
sees is `engine.step`. A figure that cannot be had is no data for its rule, and an alert of its own; the
other rules are looked at all the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.errors import UnavailableError, WatchkeeperError
from watchkeeper.domain.severity import Band
from watchkeeper.monitoring.engine import Policy, Sighting, Standing, step
from watchkeeper.monitoring.health.health_score import Reading
from watchkeeper.monitoring.notification.letter import Letter
from watchkeeper.monitoring.notification.letters import Telling
from watchkeeper.monitoring.own_rules import MONITOR_STOPPED, blind, unreached
from watchkeeper.monitoring.ports import AlertStore, Measurements, MuteStore, OverrideStore, SightingSource
from watchkeeper.monitoring.rules.rule import Rule

_STEPS_BACK = timedelta(seconds=1)
"""A clock that is put back by less is one that is kept in step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one turn saw."""

    at: datetime
    readings: tuple[Reading, ...]
    told: tuple[Telling, ...]
    letters: tuple[Letter, ...]
    failures: tuple[str, ...]
    """Figures that could not be had and what else went wrong, each in a sentence."""
    beside: tuple[Rule, ...] = ()
    """The rules of what was looked at beside the rules, Watchkeeper itself included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorStores:
    """Where a monitor remembers."""

    alerts: AlertStore
    mutes: MuteStore
    overrides: OverrideStore


class Monitor:
    """Looks at rules."""

    def __init__(
        self,
        rules: Sequence[Rule],
        *,
        measurements: Measurements,
        stores: MonitorStores,
        clock: Clock,
        ids: IdSource,
        tell: Callable[[Telling], None],
        policy: Policy | None = None,
        sources: Sequence[SightingSource] = (),
    ) -> None:
        """Name what to look at.

        Args:
            rules: The rules; keys differ.
            measurements: Where figures come from.
            stores: Where alerts, mutes and overrides are kept.
            clock: When it is.
            ids: Ids of new alerts.
            tell: Told of everything somebody is to hear, after it was kept.
            policy: Who is told what; nobody but `tell` if not given.
            sources: What is looked at beside the rules.
        """
        self.rules = tuple(rules)
        self.policy = policy or Policy()
        self._measurements = measurements
        self._stores = stores
        self._clock = clock
        self._ids = ids
        self._tell = tell
        self._sources = tuple(sources)
        self._unreached: tuple[str, ...] = ()
        self.last_look: Look | None = None

    def turn(self) -> Look:
        """Look at every rule once.

        Raises:
            UnavailableError: Alerts cannot be kept.
        """
        now = self._clock.now()
        failures = self._clock_failures(now)
        seen = self._seen(now, failures)
        beside, unseen_of = self._beside(now, failures)
        newest = {alert.rule: alert for alert in self._stores.alerts.newest_of_each()}
        unseen = frozenset(key for key in newest if any(source.owns(key) for source in unseen_of))
        own = [Sighting(rule=MONITOR_STOPPED, value=0.0), blind(failures), unreached(self._unreached)]
        outcome = step(
            self.policy,
            Standing(
                newest=newest,
                mutes=self._stores.mutes.not_over(now),
                overrides=self._stores.overrides.not_over(now),
                unseen=unseen,
            ),
            [*seen, *beside, *own],
            now=now,
            new_id=self._ids.trace_id,
        )
        self._stores.alerts.move(outcome.keep, outcome.drop, outcome.letters)
        for telling in outcome.tellings:
            self._tell(telling)
        look = Look(
            at=now,
            readings=tuple(map(_reading, seen)),
            told=outcome.tellings,
            letters=outcome.letters,
            failures=(*failures, *outcome.problems),
            beside=tuple(sighting.rule for sighting in (*beside, *own)),
        )
        self._unreached = outcome.problems
        self.last_look = look
        return look

    def _clock_failures(self, now: datetime) -> list[str]:
        last = self.last_look
        if last is None or now >= last.at - _STEPS_BACK:
            return []
        back_s = (last.at - now).total_seconds()
        return [f"the clock went back by {back_s:.0f} s, to {now.isoformat()}"]

    def _seen(self, now: datetime, failures: list[str]) -> list[Sighting]:
        figures = self._measurements.figures(self.rules, until=now)
        found = []
        for rule in self.rules:
            value = figures[rule.key]
            if isinstance(value, WatchkeeperError):
                failures.append(f"rule {rule.key}: {value.message}")
                value = None
            found.append(Sighting(rule=rule, value=value))
        return found

    def _beside(self, now: datetime, failures: list[str]) -> tuple[list[Sighting], list[SightingSource]]:
        """What the sources see, and those that could not be asked."""
        found: list[Sighting] = []
        unseen: list[SightingSource] = []
        for source in self._sources:
            try:
                found += source.sightings(now)
            except UnavailableError as failure:
                failures.append(f"{source.name}: {failure.message}")
                unseen.append(source)
        return found, unseen


def known_readings(look: Look | None, rules: Sequence[Rule]) -> tuple[Reading, ...]:
    """The last reading of every rule; no data of all when nobody has looked yet."""
    if look is not None:
        return look.readings
    return tuple(Reading(rule=rule, value=None, band=Band.NO_DATA) for rule in rules)


def _reading(sighting: Sighting) -> Reading:
    return Reading(
        rule=sighting.rule, value=sighting.value, band=sighting.rule.threshold.band(sighting.value)
    )
