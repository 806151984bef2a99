"""A model call for tests: told by its number, when it began, and what is unusual about it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from watchkeeper.domain.span import Span
from watchkeeper.telemetry.minutes import ns_of

_NS_PER_MS = 1_000_000


def model_call(number: int, began: datetime, *, ms: int = 100, **columns: Any) -> Span:
    """A call that went well, cost 0.01 USD and took 100 ms, unless told otherwise.

    Args:
        number: Makes its ids; the same number is the same call.
        began: When it started, aware.
        ms: How long it took, in milliseconds.
        columns: Any other columns of a span.
    """
    usual: dict[str, Any] = {
        "trace_id": f"{number:032x}",
        "span_id": f"{number:016x}",
        "name": "chat",
        "operation": "chat",
        "workload": "stock-research",
        "start_ns": ns_of(began),
        "duration_ns": ms * _NS_PER_MS,
        "ok": True,
        "model": "large",
        "input_tokens": 100,
        "output_tokens": 10,
        "cost_usd": Decimal("0.01"),
    }
    return Span(**{**usual, **columns})
