"""What mapping makes of a request, before content is put away: rows, and the content they will point at."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.feedback import Feedback
from watchkeeper.domain.log_record import LogRecord
from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.otlp.any_value import Cuts
from watchkeeper.telemetry.otlp.contents import Side
from watchkeeper.telemetry.otlp.usage import TokenCounts

Pricing = Callable[[str, str, TokenCounts, datetime], Decimal | None]
"""What a call cost, in USD, by provider, model, tokens and when; None is unknown."""


def no_prices(provider: str, model: str, tokens: TokenCounts, at: datetime) -> Decimal | None:  # noqa: ARG001
    """Knows no price."""
    return None


@dataclass(frozen=True, slots=True)
class MappedSpan:
    """A span's columns and the content it is to point at; the row is made once, when both are known."""

    columns: dict[str, Any]
    prompt: Side | None = None
    reply: Side | None = None

    @property
    def row(self) -> Span:
        """The row, pointing at nothing."""
        return Span(**self.columns)


@dataclass(frozen=True, slots=True)
class MappedLog:
    """A log record and the content it is to point at."""

    row: LogRecord
    prompt: Side | None = None
    reply: Side | None = None


@dataclass(slots=True, kw_only=True)
class Mapped:
    """Rows of every kind."""

    spans: list[MappedSpan] = field(default_factory=list)
    logs: list[MappedLog] = field(default_factory=list)
    metrics: list[MetricPoint] = field(default_factory=list)
    evaluations: list[EvaluationResult] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    queries: list[QueryRecord] = field(default_factory=list)
    cuts: Cuts = field(default_factory=Cuts.none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What mapping needs to know beside the request."""

    pricing: Pricing = no_prices
    opted_out: Collection[str] = frozenset()
    """Workloads of whose content nothing is kept, no preview either."""
