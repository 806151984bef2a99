"""What a person thought of an answer."""

from dataclasses import dataclass
from typing import Literal

Rating = Literal["thumbs_up", "thumbs_down"]
RATINGS: tuple[Rating, ...] = ("thumbs_up", "thumbs_down")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One row of the feedback table; `feedback_id` is its key."""

    feedback_id: str
    workload: str
    ts_ns: int
    rating: Rating | None = None
    """None for a comment or correction alone."""
    comment: str | None = None
    correction: str | None = None
    """What the answer should have been."""
    author: str | None = None
    query_id: str | None = None
    """The query it is about; a query, a span or both are named."""
    trace_id: str | None = None
    span_id: str | None = None
