"""Recorded exchanges with any provider, read for text, tool calls, reasons, usage and errors."""

from watchkeeper.gateway.dialects.recorded.cassettes import (
    CassetteExchange,
    UnreadableLine,
    parse_cassettes,
)
from watchkeeper.gateway.dialects.recorded.exchange import (
    ParsedExchange,
    RecordedExchange,
    RecordedFailure,
    RecordedToolCall,
    RecordedUsage,
)
from watchkeeper.gateway.dialects.recorded.parse import parse_exchange

__all__ = [
    "CassetteExchange",
    "ParsedExchange",
    "RecordedExchange",
    "RecordedFailure",
    "RecordedToolCall",
    "RecordedUsage",
    "UnreadableLine",
    "parse_cassettes",
    "parse_exchange",
]
