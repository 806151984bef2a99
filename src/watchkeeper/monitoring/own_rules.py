"""Rules about Watchkeeper itself: that it looks, that it can, and that people can be reached."""

from collections.abc import Sequence

from watchkeeper.monitoring.engine import Sighting
from watchkeeper.monitoring.notification.letter import ChannelStanding
from watchkeeper.monitoring.notification.routing import CHANNEL_RULE, OWN
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import WatchedFigure

FAILING_FROM = 2.0
"""Attempts in a row a channel may lose: the third says that it does not work."""
MOST_TOLD = 3
"""Failures that are named; the log has all of them."""

MONITOR_STOPPED = Rule(
    name="monitor-stopped",
    workload=OWN,
    watched=WatchedFigure(name="time since the monitor looked"),
    window_s=60.0,
    threshold=Threshold(direction="above", critical=0.0),
    critical="P1",
    unit="s",
)
"""Seen from outside by the watchdog; the monitor, when it looks, sees that it does."""


def blind(failures: Sequence[str]) -> Sighting:
    """The monitor's own failure: what it could not see."""
    told = "; ".join(failures[:MOST_TOLD])
    more = f"; and {len(failures) - MOST_TOLD} more" if len(failures) > MOST_TOLD else ""
    return Sighting(
        rule=Rule(
            name="monitor-blind",
            workload=OWN,
            watched=WatchedFigure(
                name=f"failures of the monitor ({told}{more})" if told else "failures of the monitor"
            ),
            window_s=60.0,
            threshold=Threshold(direction="above", breach=0.0),
            breach="P2",
        ),
        value=float(len(failures)),
    )


def unreached(problems: Sequence[str]) -> Sighting:
    """Whom the last look could not reach."""
    told = "; ".join(problems[:MOST_TOLD])
    return Sighting(
        rule=Rule(
            name="nobody-reached",
            workload=OWN,
            watched=WatchedFigure(
                name=f"people that could not be paged ({told})" if told else "people that could not be paged"
            ),
            window_s=60.0,
            threshold=Threshold(direction="above", breach=0.0),
            breach="P2",
        ),
        value=float(len(problems)),
    )


def channel_sighting(standing: ChannelStanding) -> Sighting:
    """A channel that does not take what is sent: an alert of its own, over the other channels."""
    why = f" ({standing.problem})" if standing.failing and standing.problem else ""
    return Sighting(
        rule=Rule(
            name=f"{CHANNEL_RULE}{standing.channel}",
            workload=OWN,
            watched=WatchedFigure(name=f"failed attempts in a row over channel {standing.channel}{why}"),
            window_s=60.0,
            threshold=Threshold(direction="above", breach=FAILING_FROM),
            breach="P2",
        ),
        value=float(standing.failing),
    )
