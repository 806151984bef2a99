"""The public names of the gateway: others rely on them, so a change here is a decision."""

import watchkeeper.adapters.providers
import watchkeeper.gateway
import watchkeeper.gateway.dialects
import watchkeeper.gateway.dialects.recorded
import watchkeeper.gateway.receipts


def test_the_gateway_offers_these_names() -> None:
    assert watchkeeper.gateway.__all__ == ["CallPath", "RelayThread", "RetryPolicy"]
    assert watchkeeper.adapters.providers.__all__ == ["HttpTarget"]
    assert watchkeeper.gateway.receipts.__all__ == [
        "Finding",
        "NewestReceipts",
        "Problem",
        "ReceiptFilter",
        "ReceiptWriter",
        "VerifyReport",
        "head_of",
        "heads_of",
        "tail",
        "verify_receipts",
    ]


def test_the_dialects_offer_these_names() -> None:
    assert watchkeeper.gateway.dialects.__all__ == [
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
    assert watchkeeper.gateway.dialects.recorded.__all__ == [
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
