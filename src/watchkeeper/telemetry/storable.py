"""Whether a span can be stored exactly, and in which form; every store keeps this one rule."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Context, Decimal
from operator import attrgetter

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.span import Span

COST_DECIMALS = 12
"""Money is stored as DECIMAL(24,12) (law 3)."""

COST_LIMIT_USD = Decimal(10) ** 12
"""The first cost DECIMAL(24,12) cannot hold."""

_COST_UNIT = Decimal(1).scaleb(-COST_DECIMALS)
_LARGEST_COST_USD = COST_LIMIT_USD - _COST_UNIT
_WIDE = Context(prec=60)
"""Rounding a cost of up to 24 digits must not itself run out of digits."""

LARGEST_INTEGER = 2**63 - 1
"""What a signed 64-bit column holds."""

_REQUIRED_TEXT = ("trace_id", "span_id", "name", "operation", "workload")
_TEXT = (
    *_REQUIRED_TEXT,
    "parent_span_id",
    "error_code",
    "error_message",
    "run_id",
    "item_id",
    "agent",
    "route",
    "target",
    "provider",
    "model",
    "release",
    "finish_reason",
    "receipt_id",
    "prompt_sha256",
    "response_sha256",
    "document_sha256",
    "component",
    "conversation_id",
    "query_type",
    "prompt_preview",
    "reply_preview",
)
_REQUIRED_INTEGERS = ("start_ns", "duration_ns")
_INTEGERS = (
    *_REQUIRED_INTEGERS,
    "http_status",
    "attempt",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)
_REQUIRED_FLAGS = ("ok", "cached", "degraded")
_FLAGS = (*_REQUIRED_FLAGS, "json_ok", "schema_ok")

_texts = attrgetter(*_TEXT)
_integers = attrgetter(*_INTEGERS)
_flags = attrgetter(*_FLAGS)


BAD_TEXT = "bad_text"
BAD_NUMBER = "bad_number"
BAD_INSTANT = "bad_instant"
BAD_ATTRIBUTES = "bad_attributes"
MISSING = "missing_value"

FIRST_INSTANT_NS = 946_684_800 * 1_000_000_000
"""The year 2000: what is older is a clock that was never set."""

LAST_INSTANT_NS = 4_102_444_800 * 1_000_000_000
"""The year 2100: what is later would be the newest row for good."""


class RefusedValueError(InvalidInputError):
    """A row holds a value its column cannot."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, action="mend what sends it; the row was left out")
        self.reason = reason


def check_instant(what: str, column: str, ns: int) -> None:
    """Refuse instants that only a broken clock tells.

    Raises:
        RefusedValueError: It is before 2000, or not before 2100.
    """
    if type(ns) is not int or not FIRST_INSTANT_NS <= ns < LAST_INSTANT_NS:
        raise RefusedValueError(
            BAD_INSTANT, f"{what}: {column} must be nanoseconds from the year 2000 to 2099, not {ns!r:.100}"
        )


def storable(span: Span) -> Span:
    """The span as a store keeps it: cost to 12 decimals, attributes as JSON keeps them.

    Raises:
        RefusedValueError: A value is of another kind than its column, or too large for it.
    """
    _check_text(span)
    _check_integers(span)
    if not FIRST_INSTANT_NS <= span.start_ns < LAST_INSTANT_NS:
        check_instant(f"span {span.trace_id!r}/{span.span_id!r}", "start_ns", span.start_ns)
    _check_flags(span)
    cost_usd = _storable_cost(span)
    ttft_ms = _storable_ttft(span)
    attributes = _storable_attributes(span)
    if cost_usd is span.cost_usd and ttft_ms is span.ttft_ms and attributes is span.attributes:
        return span
    return replace(span, cost_usd=cost_usd, ttft_ms=ttft_ms, attributes=attributes)


def _check_text(span: Span) -> None:
    values = _texts(span)
    given = [value for value in values if value is not None]
    try:
        "".join(given).encode()
    except (TypeError, UnicodeEncodeError):
        for name, value in zip(_TEXT, values, strict=True):
            if value is not None and not _is_text(value):
                raise _refused(span, name, value, "text that UTF-8 can hold", reason=BAD_TEXT) from None
    if not (span.trace_id and span.span_id) or None in values[: len(_REQUIRED_TEXT)]:
        raise _refused(span, "trace_id, span_id, name, operation or workload", None, "there", reason=MISSING)


def _is_text(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_integers(span: Span) -> None:
    for at, value in enumerate(_integers(span)):
        if value is None:
            if at >= len(_REQUIRED_INTEGERS):
                continue
        elif type(value) is int and 0 <= value <= LARGEST_INTEGER:
            continue
        raise _refused(span, _INTEGERS[at], value, f"a whole number from 0 to {LARGEST_INTEGER}")


def _check_flags(span: Span) -> None:
    for at, value in enumerate(_flags(span)):
        if value is None:
            if at >= len(_REQUIRED_FLAGS):
                continue
        elif type(value) is bool:
            continue
        raise _refused(span, _FLAGS[at], value, "true or false")


def _storable_cost(span: Span) -> Decimal | None:
    cost_usd = span.cost_usd
    if cost_usd is None:
        return None
    if not _is_amount(cost_usd):
        raise _refused(span, "cost_usd", cost_usd, f"a decimal number from 0 to below {COST_LIMIT_USD:f}")
    if not cost_usd:
        return Decimal(0)
    exponent = cost_usd.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -COST_DECIMALS:
        return cost_usd
    return cost_usd.quantize(_COST_UNIT, rounding=ROUND_HALF_EVEN, context=_WIDE)


def _is_amount(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_finite() and 0 <= value <= _LARGEST_COST_USD


def _storable_ttft(span: Span) -> float | None:
    ttft_ms: object = span.ttft_ms
    if ttft_ms is None or (type(ttft_ms) is float and math.isfinite(ttft_ms)):
        return span.ttft_ms
    if type(ttft_ms) is int and 0 <= ttft_ms <= LARGEST_INTEGER:
        return float(ttft_ms)
    raise _refused(span, "ttft_ms", ttft_ms, "a finite number")


def _storable_attributes(span: Span) -> Mapping[str, object]:
    if not span.attributes or _is_plain(span.attributes):
        return span.attributes
    try:
        text = json.dumps(dict(span.attributes), allow_nan=False, sort_keys=True, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as problem:
        raise _refused(span, "attributes", problem, "what JSON can hold", reason=BAD_ATTRIBUTES) from problem
    plain: dict[str, object] = json.loads(text)
    return plain


def _is_plain(attributes: Mapping[str, object]) -> bool:
    """Whether JSON gives them back as they are; most are a few texts and numbers."""
    if type(attributes) is not dict:
        return False
    texts = list(attributes)
    for value in attributes.values():
        kind = type(value)
        if kind is str:
            texts.append(value)
        elif kind is float:
            if not math.isfinite(value):
                return False
        elif not (kind is int or kind is bool or value is None):
            return False
    try:
        "".join(texts).encode()
    except (TypeError, UnicodeEncodeError):
        return False
    return True


def _refused(
    span: Span, column: str, value: object, wanted: str, *, reason: str = BAD_NUMBER
) -> RefusedValueError:
    return RefusedValueError(
        reason,
        f"span {span.trace_id!r}/{span.span_id!r} cannot be stored: {column} must be {wanted}, "
        f"not {repr(value)[:100]}",
    )
