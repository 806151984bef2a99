"""What a span of an application cost: by the tokens it tells, and unknown where it tells too few."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from watchkeeper.app.ingest_pricing import pricing_of
from watchkeeper.costs import PriceBook
from watchkeeper.telemetry.otlp.mapped import Terms
from watchkeeper.telemetry.otlp.usage import TokenCounts
from watchkeeper.testing.otlp import mapped, otlp_span, trace_request

AT = datetime(2026, 8, 1, tzinfo=UTC)
PRICES = pricing_of(PriceBook())


@pytest.mark.parametrize("tokens", [TokenCounts(input=1000), TokenCounts(output=50), TokenCounts()])
@pytest.mark.parametrize(
    ("provider", "model"), [("openai", "gpt-4o-mini"), ("anthropic", "claude-sonnet-4-5")]
)
def test_a_call_of_which_one_side_is_not_told_has_an_unknown_cost(
    provider: str, model: str, tokens: TokenCounts
) -> None:
    assert PRICES(provider, model, tokens, AT) is None


def test_a_call_whose_output_is_told_to_be_none_costs_its_input() -> None:
    assert PRICES("openai", "gpt-4o-mini", TokenCounts(input=1_000_000, output=0), AT) == Decimal("0.15")


def cost_of(operation: str, model: str) -> Decimal | None:
    """Of a span that tells its input alone."""
    told = {
        "gen_ai.operation.name": operation,
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": model,
        "gen_ai.usage.input_tokens": 1_000_000,
    }
    (row,) = mapped(trace_request(otlp_span(attributes=told)), Terms(pricing=PRICES)).spans
    return row.row.cost_usd


def test_an_embedding_generates_nothing_so_its_input_is_its_cost() -> None:
    assert cost_of("embeddings", "text-embedding-3-small") == Decimal("0.02")
    assert cost_of("chat", "gpt-4o-mini") is None
