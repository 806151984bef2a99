"""What a call that telemetry tells of cost, by the prices in force: the tokens as the provider's block."""

from datetime import datetime
from decimal import Decimal

from watchkeeper.costs import PriceBook
from watchkeeper.telemetry.otlp.mapped import Pricing
from watchkeeper.telemetry.otlp.usage import TokenCounts

_ANTHROPIC = "anthropic"


def pricing_of(book: PriceBook) -> Pricing:
    """Price by this book; where a price or a side of the tokens is unknown, the cost is, never 0 (law 3)."""

    def price(provider: str, model: str, tokens: TokenCounts, at: datetime) -> Decimal | None:
        if tokens.input is None or tokens.output is None:
            return None
        block = (
            _anthropic_block(tokens)
            if tokens.cache_write or provider == _ANTHROPIC
            else _openai_block(tokens)
        )
        flavor = _ANTHROPIC if "cache_read_input_tokens" in block else "chat"
        return book.cost(provider, model, block, flavor=flavor, at=at).usd

    return price


def _openai_block(tokens: TokenCounts) -> dict[str, object]:
    return {
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cache_read or 0},
        "completion_tokens_details": {"reasoning_tokens": tokens.reasoning or 0},
    }


def _anthropic_block(tokens: TokenCounts) -> dict[str, object]:
    """Anthropic leaves cached tokens out of its input."""
    read, written = tokens.cache_read or 0, tokens.cache_write or 0
    return {
        "input_tokens": max(0, (tokens.input or 0) - read - written),
        "output_tokens": tokens.output,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
    }
