"""How providers' bodies look: reading them, and saying one dialect's in the other's words."""

from watchkeeper.gateway.dialects.dialect import Dialect, Operation
from watchkeeper.gateway.dialects.error_body import error_body, stream_error_event
from watchkeeper.gateway.dialects.failure import failure_of
from watchkeeper.gateway.dialects.reply_facts import ReplyFacts, ToolCall, read_reply
from watchkeeper.gateway.dialects.request_facts import RequestFacts, read_request
from watchkeeper.gateway.dialects.sse import SseEvent, SseReader
from watchkeeper.gateway.dialects.stream_facts import StreamFacts
from watchkeeper.gateway.dialects.translation import StreamTranslator, translate_reply, translate_request

__all__ = [
    "Dialect",
    "Operation",
    "ReplyFacts",
    "RequestFacts",
    "SseEvent",
    "SseReader",
    "StreamFacts",
    "StreamTranslator",
    "ToolCall",
    "error_body",
    "failure_of",
    "read_reply",
    "read_request",
    "stream_error_event",
    "translate_reply",
    "translate_request",
]
