"""A rule run over the past: when it would have told somebody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.severity import Band
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.alerts.alert_course import Told, next_turn
from watchkeeper.monitoring.ports import Measurements
from watchkeeper.monitoring.rules.rule import Rule

MOST_LOOKS = 50_000
"""Looks in one run: a month of minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldTell:
    """A notice that would have gone out."""

    at: datetime
    why: Told
    band: Band
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """What a rule would have done."""

    looks: int
    unknown: int
    """Looks that found no data."""
    firing_s: float
    """Seconds an alert would have stood."""
    told: tuple[WouldTell, ...]


def backtest(
    rule: Rule, measurements: Measurements, *, since: datetime, until: datetime, every_s: float
) -> Backtest:
    """Look at a rule as the monitor would have, each look with the figures of its own time.

    Raises:
        InvalidInputError: It would take more looks than `MOST_LOOKS`, or the rule watches what is not there.
    """
    looks = int((until - since).total_seconds() // every_s) + 1
    if looks > MOST_LOOKS:
        raise InvalidInputError(
            f"a look every {every_s:g} s makes {looks} looks", action=f"ask for at most {MOST_LOOKS}"
        )
    alert: Alert | None = None
    unknown, firing, told = 0, 0, []
    numbers = count(1)

    def ids() -> str:
        return f"backtest-{next(numbers)}"

    for at in _instants(since, looks, every_s):
        value = measurements.figure(rule, until=at)
        unknown += value is None
        turn = next_turn(rule, alert, value=value, now=at, new_id=ids)
        alert = turn.alert or alert
        firing += alert is not None and alert.state == "firing"
        if turn.told is not None and turn.alert is not None:
            told.append(WouldTell(at=at, why=turn.told, band=turn.alert.band, value=value))
    return Backtest(looks=looks, unknown=unknown, firing_s=firing * every_s, told=tuple(told))


def _instants(since: datetime, looks: int, every_s: float) -> Iterator[datetime]:
    return (since + timedelta(seconds=number * every_s) for number in range(looks))
