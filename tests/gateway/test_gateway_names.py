"""The public names of the gateway: others rely on them, so a change here is a decision."""

import watchkeeper.adapters.providers
import watchkeeper.gateway
import watchkeeper.gateway.receipts


def test_the_gateway_offers_these_names() -> None:
    assert watchkeeper.gateway.__all__ == ["BaselineTarget", "CallPath", "RetryPolicy"]
    assert watchkeeper.adapters.providers.__all__ == ["OpenAICompatibleTarget"]
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
