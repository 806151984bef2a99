"""Recorded usage blocks, a JSON object a line, and what each cost."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.costs.price_book import PriceBook
from watchkeeper.domain.money import Cost, usd_text
from watchkeeper.domain.utf8 import utf8_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """A line, and what its call cost in USD; null is unknown, and `reason` says why."""

    line: int
    """From 1; empty lines count and are passed over."""
    provider: str | None = None
    model: str | None = None
    at: str | None = None
    """The instant whose prices it has, RFC 3339."""
    input_usd: str | None = None
    output_usd: str | None = None
    cost_usd: str | None = None
    """Input, output and what has no direction, such as web searches."""
    source: str | None = None
    price_version: str | None = None
    reason: str | None = None
    error: str | None = None
    """What is wrong with the line itself."""


def priced_lines(lines: Iterable[bytes], book: PriceBook, *, at: datetime) -> Iterator[PricedLine]:
    """Price lines of `{"provider", "model", "usage", "api_flavor"?, "at"?}`, in their order.

    Args:
        lines: As they stand in the file.
        book: The prices.
        at: When a call was made whose line does not say `at`. Aware.

    Yields:
        One result per line; a line that cannot be used is one with an error.
    """
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _priced(number, line, book, at=at)


def _priced(number: int, line: bytes, book: PriceBook, *, at: datetime) -> PricedLine:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return PricedLine(line=number, error="the line is not JSON in UTF-8")
    if not isinstance(record, dict):
        return PricedLine(line=number, error="the line is not a JSON object")
    provider, model = _text(record, "provider"), _text(record, "model")
    wrong = _what_is_wrong(record)
    if wrong is not None:
        return PricedLine(line=number, provider=provider, model=model, error=wrong)
    called_at = at if record.get("at") is None else datetime.fromisoformat(record["at"])
    if provider is None:
        cost = Cost(usd=None, reason="no provider is named")
    else:
        cost = book.cost(
            provider, model or "", record["usage"], flavor=_text(record, "api_flavor"), at=called_at
        )
    return PricedLine(
        line=number,
        provider=provider,
        model=model,
        at=called_at.isoformat(),
        input_usd=None if cost.input_usd is None else usd_text(cost.input_usd),
        output_usd=None if cost.output_usd is None else usd_text(cost.output_usd),
        cost_usd=None if cost.usd is None else usd_text(cost.usd),
        source=cost.source,
        price_version=cost.price_version,
        reason=cost.reason,
    )


def _text(record: Mapping[str, object], key: str) -> str | None:
    value = record.get(key)
    return utf8_text(value) if isinstance(value, str) else None


def _what_is_wrong(record: Mapping[str, object]) -> str | None:
    for key in ("provider", "model", "api_flavor", "at"):
        if not isinstance(record.get(key), str | None):
            return f"`{key}` is not text"
    if not isinstance(record.get("usage"), dict):
        return "`usage` is not a JSON object"
    at = record.get("at")
    if isinstance(at, str) and not _is_instant(at):
        return "`at` is not an instant with a time zone, such as 2026-07-01T12:00:00Z"
    return None


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False
