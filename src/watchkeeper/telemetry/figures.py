"""The figures telemetry answers with; what is unknown is counted beside them and never taken for 0."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Generic, Literal, TypeVar, get_args

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.span import Span

Dimension = Literal[
    "workload",
    "run_id",
    "item_id",
    "agent",
    "model",
    "target",
    "operation",
    "error_code",
    "status",
    "provider",
    "route",
    "release",
    "component",
    "conversation_id",
    "query_type",
    "finish_reason",
]
"""What calls can be grouped by: columns of a span, and `status`."""

DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)

STATUS_OK = "ok"
STATUS_ERROR = "error"
"""The status of a failed call that has no error code."""


def dimension_value(span: Span, dimension: Dimension) -> str | None:
    """What a span has of a dimension; `status` is `ok`, else the error's code, else `error`."""
    if dimension == "status":
        return STATUS_OK if span.ok else span.error_code or STATUS_ERROR
    value: str | None = getattr(span, dimension)
    return value


Figure = TypeVar("Figure", int, Decimal)

_NS_PER_MS = 1_000_000


@dataclass(frozen=True, slots=True)
class KnownSum(Generic[Figure]):
    """A sum over model operations of which some may not have told their part.

    >>> KnownSum(known=120, counted=2, unknown=1).total is None
    True
    """

    known: Figure
    """The sum of those that are known."""
    counted: int
    """How many are known."""
    unknown: int
    """How many are not."""

    @property
    def total(self) -> Figure | None:
        """The sum; None when any part is unknown, or when there is nothing to add up."""
        return self.known if self.counted and not self.unknown else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSummary:
    """What the calls of one group add up to."""

    group: Mapping[Dimension, str | None]
    """The group's value of every dimension asked for; None where its spans have none."""
    calls: int
    """Spans of the group, of every operation."""
    failed: int
    model_calls: int
    """Those of `calls` that count tokens and cost (law 2)."""
    input_tokens: KnownSum[int]
    output_tokens: KnownSum[int]
    cost_usd: KnownSum[Decimal]
    duration_sum_ns: int
    duration_max_ns: int

    @property
    def average_duration_ms(self) -> float:
        """The mean duration of the group's calls, in milliseconds."""
        return self.duration_sum_ns / self.calls / _NS_PER_MS

    @property
    def max_duration_ms(self) -> float:
        """The longest call, in milliseconds."""
        return self.duration_max_ns / _NS_PER_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class MinuteFigures:
    """One minute of calls, by when they started (GF-34)."""

    minute: datetime
    """Where the minute begins, aware, UTC."""
    requests: int
    errors: int
    average_duration_ms: float | None
    """None in a minute without requests."""
    max_duration_ms: float | None
    """None in a minute without requests."""


def minute_figures(
    minute: datetime, *, requests: int, errors: int, duration_sum_ns: int, duration_max_ns: int
) -> MinuteFigures:
    """The figures of a minute from its sums."""
    return MinuteFigures(
        minute=minute,
        requests=requests,
        errors=errors,
        average_duration_ms=duration_sum_ns / requests / _NS_PER_MS if requests else None,
        max_duration_ms=duration_max_ns / _NS_PER_MS if requests else None,
    )


def check_dimensions(by: Sequence[str]) -> None:
    """Refuse what calls cannot be grouped by.

    Raises:
        InvalidInputError: A name is no dimension; the message names them all.
    """
    unknown = sorted(set(by) - set(DIMENSIONS))
    if unknown:
        raise InvalidInputError(
            f"calls cannot be grouped by {', '.join(unknown)}",
            action=f"group by any of {', '.join(DIMENSIONS)}",
        )


def summary_order(row: CallSummary) -> tuple[int, list[tuple[bool, str]]]:
    """What summaries are sorted by: most calls first, then by group, None last."""
    return -row.calls, [(value is None, value or "") for value in row.group.values()]
