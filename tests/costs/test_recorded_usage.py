"""Recorded usage blocks of real providers cost what is known of them, to the last digit.

The expected prices were made with edition 0.1.4 of the price table, which gives every one of them in
the first half of 2026. The installed edition is a later one: it knows some prices better, and models
that edition did not. What it says otherwise stands in `SAID_OTHERWISE`, each with what changed, and
has to be said otherwise: an entry that agrees again fails here.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from watchkeeper.costs import PriceBook
from watchkeeper.domain.money import Cost

if TYPE_CHECKING:
    from conftest import RecordedCall

AT = datetime(2025, 12, 1, 12, tzinfo=UTC)
"""Before the price changes that only later editions know."""

NOT_LISTED_THEN = "a model the provider sells, which edition 0.1.4 did not list"
SAID_OTHERWISE = {
    ("openrouter", "openai/gpt-5-mini-2025-08-07"): NOT_LISTED_THEN,
    ("openrouter", "meta-llama/llama-4-scout-17b-16e-instruct"): NOT_LISTED_THEN,
    ("openrouter", "meta-llama/Llama-4-Scout-17B-16E-Instruct"): NOT_LISTED_THEN,
    ("openrouter", "meta-llama/llama-4-maverick-17b-128e-instruct"): NOT_LISTED_THEN,
    ("cerebras", "zai-glm-4.7"): NOT_LISTED_THEN,
    ("huggingface_cerebras", "openai/gpt-oss-120b"): NOT_LISTED_THEN,
    ("aws", "gpt-5.6-sol"): NOT_LISTED_THEN,
    ("azure", "deepseek-r1-distill-llama-70b"): NOT_LISTED_THEN,
    ("azure", "deepseek-reasoner"): NOT_LISTED_THEN,
    ("azure", "deepseek-v4-flash"): NOT_LISTED_THEN,
    ("zai", "glm-4.7"): NOT_LISTED_THEN,
    ("zai", "glm-4.6v"): NOT_LISTED_THEN,
    ("mistral", "ministral-8b-latest"): "a million tokens of output cost 0.1 USD, not 1",
    ("google", "claude-sonnet-4-5-20250929"): "an input above 200,000 tokens costs twice as much",
    ("azure", "gpt-5.6-sol"): "writes to the cache have a price of their own",
}


def test_recorded_usage_costs_what_is_known_of_it_to_the_last_digit(
    recorded_calls: "list[RecordedCall]",
) -> None:
    book = PriceBook()
    found = [(call, amounts(priced_by(book, call)) == call.expected) for call in recorded_calls]
    assert {(call.provider, call.model) for call, same in found if not same} == set(SAID_OTHERWISE)
    right = [call for call, same in found if same]
    assert sum(call.expected is not None for call in right) == 1988
    assert sum(call.expected is None for call in right) == 9036


def test_what_a_provider_does_not_sell_is_unknown_and_says_so(recorded_calls: "list[RecordedCall]") -> None:
    book = PriceBook()
    costs = [priced_by(book, call) for call in recorded_calls if call.expected is None]
    assert all(cost.reason for cost in costs if cost.usd is None)


def test_a_block_costs_the_same_with_the_reply_around_it(recorded_calls: "list[RecordedCall]") -> None:
    book = PriceBook()
    for call in recorded_calls:
        whole = book.cost(call.provider, call.model or "", call.body, flavor=call.flavor, at=AT)
        assert amounts(whole) == amounts(priced_by(book, call))


def priced_by(book: PriceBook, call: "RecordedCall") -> Cost:
    return book.cost(call.provider, call.model or "", call.usage, flavor=call.flavor, at=AT)


def amounts(cost: Cost) -> tuple[object, object, object] | None:
    return None if cost.usd is None else (cost.input_usd, cost.output_usd, cost.usd)
