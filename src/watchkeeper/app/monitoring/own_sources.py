"""What a server looks at beside the rules: budgets, and its own channels to people."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from watchkeeper.costs.budgets.desk import BudgetDesk
from watchkeeper.costs.budgets.standing import LevelStanding, Standing
from watchkeeper.domain.money import usd_text
from watchkeeper.domain.severity import Severity
from watchkeeper.monitoring.engine import Sighting
from watchkeeper.monitoring.notification.routing import CHANNEL_RULE, OWN
from watchkeeper.monitoring.own_rules import channel_sighting
from watchkeeper.monitoring.ports import Outbox
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import WatchedFigure

BUDGET_RULE = "budget-"
_PAGES_FROM = Decimal(90)
_CHAT_FROM = Decimal(75)
_LONGER_THAN_A_PERIOD_S = 400 * 86_400.0
"""A level that is passed, left and passed again is told once a period all the same."""
EVERYTHING = "default"
"""The workload of alerts about a budget that counts more than one."""


class ChannelSource:
    """How sending goes: a channel that takes nothing is an alert of its own."""

    name = "channels"

    def __init__(self, outbox: Outbox, names: Sequence[str]) -> None:
        """Watch these channels of an outbox; others are no more."""
        self._outbox = outbox
        self._names = frozenset(names)

    def owns(self, rule_key: str) -> bool:
        """See `SightingSource.owns`."""
        return rule_key.startswith(f"{OWN}/{CHANNEL_RULE}")

    def sightings(self, now: datetime) -> Sequence[Sighting]:
        """See `SightingSource.sightings`."""
        del now
        return [channel_sighting(one) for one in self._outbox.channels() if one.channel in self._names]


class BudgetSource:
    """Levels of budgets: each that is reached is an alert, told once a period (FA-57 to FA-60)."""

    name = "budgets"

    def __init__(self, desk: BudgetDesk, workloads: Mapping[str, str]) -> None:
        """Watch the budgets of a desk.

        Args:
            desk: The budgets.
            workloads: Whose they are, by the budget's name, as far as they are one workload's.
        """
        self._desk = desk
        self._workloads = workloads

    def owns(self, rule_key: str) -> bool:
        """See `SightingSource.owns`."""
        return rule_key.rpartition("/")[2].startswith(BUDGET_RULE)

    def sightings(self, now: datetime) -> Sequence[Sighting]:
        """See `SightingSource.sightings`."""
        del now
        return [self._sighting(one, level) for one in self._desk.standings() for level in one.levels]

    def _sighting(self, budget: Standing, level: LevelStanding) -> Sighting:
        percent, used = float(level.percent), float(budget.used_percent)
        refuses = f" (which refuses {' and '.join(sorted(level.refuses))})" if level.refuses else ""
        rule = Rule(
            # The period is in its name: a new one is a new alert, told anew.
            name=f"{BUDGET_RULE}{budget.name}-{usd_text(level.percent)}-{budget.period}",
            workload=self._workloads.get(budget.name, EVERYTHING),
            watched=WatchedFigure(
                name=f"use of budget {budget.name} ({budget.line}) in {budget.period}{refuses}"
            ),
            window_s=1.0,
            threshold=_threshold(percent, refuses=bool(level.refuses)),
            warning=_severity(level.percent),
            breach=_severity(level.percent),
            critical="P1",
            cool_down_s=_LONGER_THAN_A_PERIOD_S,
            repeats=False,
            unit="%",
        )
        # Rounded down, so a share that reaches a level in truth may be printed just below it.
        return Sighting(rule=rule, value=max(used, percent) if level.reached else used)


def _threshold(percent: float, *, refuses: bool) -> Threshold:
    if refuses:
        return Threshold(direction="above", critical=percent, inclusive=True)
    return Threshold(direction="above", warning=percent, inclusive=True)


def _severity(percent: Decimal) -> Severity:
    if percent >= _PAGES_FROM:
        return "P1"
    return "P3" if percent >= _CHAT_FROM else "P4"
