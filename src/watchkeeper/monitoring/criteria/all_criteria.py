"""Every criterion over one history."""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from watchkeeper.monitoring.criteria import intervention, success
from watchkeeper.monitoring.criteria.coached_history import CoachedHistory
from watchkeeper.monitoring.criteria.criterion import Criterion

CRITERIA: tuple[Callable[..., Criterion], ...] = (
    success.accuracy_improves,
    success.golden_examples,
    success.rounds_decrease,
    success.twins_agree,
    success.pages_are_fast,
    success.no_critical_error,
    success.phases_on_schedule,
    intervention.accuracy_plateau,
    intervention.no_golden_example,
    intervention.rounds_increase,
    intervention.twins_disagree,
    intervention.pages_are_slow,
    intervention.error_repeats,
    intervention.behind_schedule,
)
"""GF-55 to GF-68, in their order."""


def all_criteria(history: CoachedHistory, *, now: datetime, zone: tzinfo = UTC) -> tuple[Criterion, ...]:
    """How coaching stands.

    Args:
        history: What was coached, of the last 14 days at least.
        now: When it is.
        zone: Whose days are meant.
    """
    return tuple(criterion(history, now=now, zone=zone) for criterion in CRITERIA)
