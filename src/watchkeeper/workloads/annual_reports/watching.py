"""What is watched of the workload: its shipped rules, and the figures they name."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import WatchedCalls, WatchedFigure

if TYPE_CHECKING:
    from watchkeeper.app.services import Services
    from watchkeeper.app.workload import WorkloadFigure

_HOUR_S = 3600.0
_AVERAGE_ACCURACY = "average_accuracy"


def rules(workload: str) -> tuple[Rule, ...]:
    """The shipped rules."""
    return (
        Rule(
            name="accuracy-drop",  # GF-35
            workload=workload,
            watched=WatchedFigure(name=_AVERAGE_ACCURACY),
            window_s=_HOUR_S,
            threshold=Threshold(direction="below", warning=0.70),
        ),
        Rule(
            name="failed-extractions",  # GF-37, the row's own count
            workload=workload,
            watched=WatchedCalls(figure="failed"),
            window_s=_HOUR_S,
            threshold=Threshold(direction="above", warning=10),
            warning="P2",
            no_data="normal",  # an hour without calls is one without failures
        ),
        Rule(
            name="error-rate",  # GF-37, the true rate beside it; 10 % of X2
            workload=workload,
            watched=WatchedCalls(figure="error_rate"),
            window_s=_HOUR_S,
            threshold=Threshold(direction="above", warning=0.05, critical=0.10),
        ),
    )


def figures(workload: str) -> "Mapping[str, WorkloadFigure]":
    """The figures that rules may name."""

    def average_accuracy(services: "Services", since: datetime, until: datetime) -> float | None:
        return services.scores.average_accuracy(workload, since=since, until=until)

    return {_AVERAGE_ACCURACY: average_accuracy}
