"""What is watched of the workload beside the shipped rule set."""

from watchkeeper.app.monitoring.rule_sets import rule_set
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import WatchedMetric

_WINDOW_S = 300.0


def rules(workload: str) -> tuple[Rule, ...]:
    """The rows' own numbers (HE-37 to HE-39), and a query nobody could answer (HE-06)."""
    return (
        *rule_set(workload),
        Rule(
            name="queries-unserved",
            workload=workload,
            watched=WatchedMetric(name="queries_unserved", statistic="sum"),
            window_s=_WINDOW_S,
            threshold=Threshold(direction="above", critical=0),
            no_data="normal",  # where every query was served, nothing was counted
        ),
    )
