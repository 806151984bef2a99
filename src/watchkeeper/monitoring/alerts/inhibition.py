"""Inhibition: while a higher cause stands, its consequences are not told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.alerts.matcher import Matcher, value_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Inhibition:
    """Alerts that fit `cause` mute those that fit `consequence` and have the same of `equal`."""

    cause: Matcher
    consequence: Matcher
    equal: tuple[str, ...] = ("workload",)

    def mutes(self, cause: Alert, consequence: Alert) -> bool:
        """Whether one alert mutes another."""
        return (
            cause.alert_id != consequence.alert_id
            and self.cause.fits(cause)
            and self.consequence.fits(consequence)
            and all(value_of(cause, name) == value_of(consequence, name) for name in self.equal)
        )


def inhibited(firing: Sequence[Alert], inhibitions: Sequence[Inhibition]) -> Mapping[str, Alert]:
    """Which alerts are muted, each with the alert that mutes it.

    Where alerts mute each other in a circle, the worst and oldest of the circle is told: somebody always
    hears of the top of every chain.

    Args:
        firing: All alerts that fire.
        inhibitions: What mutes what.
    """
    if not inhibitions:
        return {}
    ordered = sorted(firing, key=lambda alert: (alert.severity, alert.begun_at, alert.alert_id))
    muting = {
        one.alert_id: [other for other in ordered if any(rule.mutes(one, other) for rule in inhibitions)]
        for one in ordered
    }
    place = {alert.alert_id: at for at, alert in enumerate(ordered)}
    reached = {one.alert_id: _reached(one.alert_id, muting) for one in ordered}
    found: dict[str, Alert] = {}
    for cause in ordered:
        for consequence in muting[cause.alert_id]:
            in_circle = cause.alert_id in reached[consequence.alert_id]
            if not in_circle or place[cause.alert_id] < place[consequence.alert_id]:
                found.setdefault(consequence.alert_id, cause)
    return found


def _reached(start: str, muting: Mapping[str, Sequence[Alert]]) -> frozenset[str]:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for alert in muting[waiting.pop()]:
            if alert.alert_id not in seen:
                seen.add(alert.alert_id)
                waiting.append(alert.alert_id)
    return frozenset(seen)
