"""How providers' bodies look: reading them, telling them apart, and saying one's in the other's words."""

from watchkeeper.gateway.dialects.dialect import Dialect, Operation
from watchkeeper.gateway.dialects.failure import failure_of
from watchkeeper.gateway.dialects.reply_facts import ReplyFacts, ToolCall, read_reply
from watchkeeper.gateway.dialects.request_facts import RequestFacts, read_request
from watchkeeper.gateway.dialects.sse import SseEvent, SseReader
from watchkeeper.gateway.dialects.stream_facts import StreamFacts

__all__ = [
    "Dialect",
    "Operation",
    "ReplyFacts",
    "RequestFacts",
    "SseEvent",
    "SseReader",
    "StreamFacts",
    "ToolCall",
    "failure_of",
    "read_reply",
    "read_request",
]
