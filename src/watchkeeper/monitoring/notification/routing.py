"""Which channels an alert goes to."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from watchkeeper.domain.severity import Severity
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.alerts.matcher import value_of
from watchkeeper.monitoring.rules.rule import Rule

OWN = "watchkeeper"
"""The workload of alerts about Watchkeeper itself."""
CHANNEL_RULE = "channel-"
"""Begins the name of the rule that watches a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Alerts that fit all of it go to its channels; what is empty fits everything."""

    channels: tuple[str, ...]
    severities: frozenset[Severity] = field(default=frozenset())
    workloads: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def takes(self, alert: Alert) -> bool:
        """Whether an alert goes this way."""
        return (
            (not self.severities or alert.severity in self.severities)
            and _fits(alert.workload, self.workloads)
            and _fits(value_of(alert, "rule"), self.rules)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """All channels and routes; without a route every alert goes to every channel."""

    channels: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()

    def channels_for(self, alert: Alert, rule: Rule | None) -> tuple[str, ...]:
        """Where an alert goes; never over the channel it complains of."""
        if rule is not None and rule.channels:
            found = [name for name in rule.channels if name in self.channels]
        elif self.routes:
            found = [name for route in self.routes if route.takes(alert) for name in route.channels]
        else:
            found = list(self.channels)
        return tuple(name for name in dict.fromkeys(found) if alert.rule != f"{OWN}/{CHANNEL_RULE}{name}")


def _fits(value: str, patterns: tuple[str, ...]) -> bool:
    return not patterns or any(fnmatchcase(value, pattern) for pattern in patterns)
