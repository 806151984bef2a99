"""The receipt: one line for every model call, whatever became of it.

The columns and their order are a contract (architecture §5); `prev_sha256` chains the lines.
"""

import hashlib
import json
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, get_args

import orjson

from watchkeeper.domain.utf8 import utf8_text

FIRST_PREV_SHA256 = "0" * 64
"""What the first line of a writer's first file names as its predecessor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One model call: who asked, who answered, how long it took, what it cost, what went wrong."""

    receipt_id: str
    ts: str
    """When the call ended, RFC 3339 UTC with microseconds."""
    trace_id: str
    span_id: str
    parent_receipt_id: str | None = None
    workload: str
    run_id: str | None = None
    item_id: str | None = None
    agent: str | None = None
    route: str | None = None
    target: str
    provider: str
    model: str
    release: str | None = None
    key_id: str | None = None
    attempt: int = 1
    stream: bool = False
    http_status: int | None = None
    finish_reason: str | None = None
    latency_ms: float
    ttft_ms: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: str | None = None
    """A decimal string; None is unknown, never 0."""
    cost_source: str | None = None
    price_version: str | None = None
    cached: bool = False
    degraded: bool = False
    json_ok: bool | None = None
    """Whether the answer parsed as JSON; None when JSON was not asked for."""
    schema_ok: bool | None = None
    error: str | None = None
    """The error's code, then its message."""
    prompt_sha256: str | None = None
    response_sha256: str | None = None
    document_sha256: str | None = None
    prev_sha256: str = FIRST_PREV_SHA256
    error_code: str | None = None
    parent_span_id: str | None = None
    operation: str = "chat"
    seq: int | None = None
    """The receipt's number in its writer's series, from 1; the writer sets it with `prev_sha256`."""
    experiment: str | None = None
    """The experiment the call took part in, and in which arm of it."""
    arm: str | None = None
    subject_sha256: str | None = None
    """Whom the call was for, hashed; told of calls in experiments alone, and only where it was named."""

    def line(self) -> bytes:
        """The receipt as one line of UTF-8 JSON, without its newline.

        Raises:
            UnicodeEncodeError: A column holds what UTF-8 cannot; `in_utf8` writes it out.
        """
        return _written(self._row())

    def chained_line(self, *, seq: int, prev_sha256: str) -> bytes:
        """The line with the writer's two columns filled in; a second receipt need not be made for it.

        Raises:
            UnicodeEncodeError: As for `line`.
        """
        row = self._row()
        row["seq"], row["prev_sha256"] = seq, prev_sha256
        return _written(row)

    def _row(self) -> dict[str, object]:
        return dict(zip(COLUMNS, _values(self), strict=True))


COLUMNS: tuple[str, ...] = tuple(column.name for column in fields(Receipt))
_values = attrgetter(*COLUMNS)


def _written(row: dict[str, object]) -> bytes:
    try:
        return orjson.dumps(row)
    except orjson.JSONEncodeError:
        # A lone surrogate, which the standard library tells, or a number beyond 64 bits, which it writes.
        return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()


_TYPES: dict[str, frozenset[type]] = {
    column.name: frozenset(get_args(column.type) or (column.type,)) for column in fields(Receipt)
}
_YEARS = range(2010, 2200)
"""Of `ts`: its nanoseconds since the epoch, and those of the call's start, fit 64 bits."""
_WHOLE_LIMIT = 2**63
"""Of whole numbers: what a signed 64-bit column holds."""
_MS_LIMIT = 10**12
"""Of milliseconds: thirty years, whose nanoseconds a signed 64-bit column holds."""
_USD_LIMIT = Decimal(10**12)
"""Of a cost: what DECIMAL(24,12) holds (law 3)."""
_IDS = frozenset({"receipt_id", "trace_id", "span_id"})


def in_utf8(receipt: Receipt) -> Receipt:
    """The receipt with text that UTF-8 cannot hold written out by its code point; see `utf8_text`."""
    texts = {name: getattr(receipt, name) for name in COLUMNS}
    written: dict[str, Any] = {name: utf8_text(text) for name, text in texts.items() if isinstance(text, str)}
    return replace(receipt, **written)


def receipt_of_line(line: bytes) -> Receipt:
    """The receipt of a line; columns of a later version are left out.

    Raises:
        ValueError: The line is not a JSON object with the required columns, each of its own kind.
    """
    try:
        row: Any = json.loads(line)
    except RecursionError:
        raise ValueError("a receipt line is nested too deeply to be read") from None
    if not isinstance(row, dict):
        raise ValueError("a receipt line must hold a JSON object")
    try:
        receipt = Receipt(**{name: row[name] for name in COLUMNS if name in row})
    except TypeError as missing:
        raise ValueError(f"a receipt line lacks a column: {missing}") from missing
    for name in COLUMNS:
        if not _is_right(name, getattr(receipt, name)):
            raise ValueError(f"a receipt line holds another kind of value than its column {name!r} does")
    return receipt


def _is_right(name: str, value: Any) -> bool:
    kind = type(value)
    if kind not in _TYPES[name] and not (kind is int and float in _TYPES[name]):
        return False
    if kind is str:
        return _is_right_text(name, value)
    limit = _MS_LIMIT if float in _TYPES[name] else _WHOLE_LIMIT
    return kind not in {int, float} or 0 <= value < limit


def _is_right_text(name: str, text: str) -> bool:
    try:
        text.encode()
        if name == "ts":
            instant = datetime.fromisoformat(text)
            return instant.tzinfo is not None and instant.year in _YEARS
        if name == "cost_usd":
            return 0 <= Decimal(text) < _USD_LIMIT
    except (ValueError, ArithmeticError):
        return False
    return bool(text) or name not in _IDS


def line_sha256(line: bytes) -> str:
    """What the next line names as `prev_sha256`: the hash of this line without its newline."""
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()
