"""A score somebody or something gave to a call."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationResult:
    """One row of the evaluations table; `evaluation_id` is its key."""

    evaluation_id: str
    """Given by the sender, else made from what it says, so that a repeat is the same."""
    workload: str
    ts_ns: int
    name: str
    """What was judged, such as `relevance`."""
    value: float | None = None
    label: str | None = None
    """Value, label or both; neither means that judging failed (`error`)."""
    explanation: str | None = None
    evaluator: str | None = None
    """Which judge; None when it was not told."""
    error: str | None = None
    trace_id: str | None = None
    span_id: str | None = None
    response_id: str | None = None
    """The provider's id of the judged reply, where ids of the trace are not known."""
