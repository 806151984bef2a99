"""How satisfied people are: the share of ratings that are positive, with both counts (W4-15)."""

from dataclasses import dataclass

from watchkeeper.domain.time_range import TimeRange
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.questions.answers import AskedRange, asked
from watchkeeper.telemetry.row_filters import FeedbackFilter

_MOST = 200_000
"""Ratings read in one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction:
    """What ratings of a stretch of time add up to."""

    range: AskedRange
    workload: str | None
    share: float | None
    """Positive of all, from 0 to 1; None without ratings: no data."""
    positive: int
    total: int
    cut: bool
    """Whether only the newest ratings were counted, for there are more than one answer reads."""


def satisfaction(store: TelemetryStore, during: TimeRange, *, workload: str | None) -> Satisfaction:
    """The ratings of a workload, or of all, in a stretch of time; comments without a rating do not count."""
    rows = store.feedback(
        FeedbackFilter(workload=workload, since_ns=during.since_ns, until_ns=during.until_ns), _MOST + 1
    )
    rated = [row.rating for row in rows[:_MOST] if row.rating is not None]
    positive = rated.count("thumbs_up")
    return Satisfaction(
        range=asked(during),
        workload=workload,
        share=positive / len(rated) if rated else None,
        positive=positive,
        total=len(rated),
        cut=len(rows) > _MOST,
    )
