"""The receipt: one line for every model call, whatever became of it.

The columns and their order are a contract (architecture §5); `prev_sha256` chains the lines.
"""

import hashlib
import json
from dataclasses import dataclass, fields
from typing import Any

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

    def line(self) -> bytes:
        """The receipt as one line of UTF-8 JSON, without its newline.

        File names may hold bytes that are no UTF-8 (lone surrogates in Python); they are written as
        JSON's own escapes, so that no name can keep a receipt from being written.
        """
        row = {name: getattr(self, name) for name in COLUMNS}
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "backslashreplace")


COLUMNS: tuple[str, ...] = tuple(column.name for column in fields(Receipt))


def receipt_of_line(line: bytes) -> Receipt:
    """The receipt of a line; columns of a later version are left out.

    Raises:
        ValueError: The line is not a JSON object with the required columns.
    """
    row: Any = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("a receipt line must hold a JSON object")
    try:
        return Receipt(**{name: row[name] for name in COLUMNS if name in row})
    except TypeError as missing:
        raise ValueError(f"a receipt line lacks a column: {missing}") from missing


def line_sha256(line: bytes) -> str:
    """What the next line names as `prev_sha256`: the hash of this line without its newline."""
    return hashlib.sha256(line.rstrip(b"\n")).hexdigest()
