"""Laws of prices, over every model of the table: the fast way is the library's, and a bound is a bound."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, ModelPrice
from hypothesis import assume, given
from hypothesis import strategies as st

from watchkeeper.costs import PriceBook, PriceTable

BOOK = PriceBook(PriceTable.installed())
"""The newest table, which has kinds of prices that the shipped one has not yet."""
SHAPES = {"chat", "responses", "anthropic"}


Sold = tuple[str, str, str]
"""Provider, model and shape, by the table's names."""
PROVIDERS = {provider.id: provider for provider in get_snapshot().providers}
MODELS = {(one.id, model.id): model for one in PROVIDERS.values() for model in one.models}
SOLD: list[Sold] = [
    (provider.id, model.id, shape.api_flavor)
    for provider in PROVIDERS.values()
    for shape in provider.extractors or ()
    if shape.api_flavor in SHAPES or provider.id in ("anthropic", "mistral", "groq", "perplexity")
    for model in provider.models
    if provider.find_model(model.id) is model
]


def _is_odd(model: ModelInfo) -> bool:
    """Whether it costs by tier, day, hour, terms of service or kind: such are few, and go wrong."""
    prices = model.prices
    return bool(model.price_variants) or not isinstance(prices, ModelPrice) or len(vars(prices)) > 4


sold = st.sampled_from([one for one in SOLD if _is_odd(MODELS[one[:2]])]) | st.sampled_from(SOLD)
START = datetime(2025, 1, 1, tzinfo=UTC)
instants = st.timedeltas(timedelta(0), timedelta(days=730)).map(lambda since: START + since)
small = st.integers(0, 2000)
count = small | st.integers(0, 2_000_000)
part = small | st.none() | st.just(0)
odd = st.sampled_from([None, -1, True, 1.5, "7", 10**13, Decimal(3), [], {}])
tiers = st.sampled_from(["standard", "default", "priority", "flex", "batch", "fast"])


@st.composite
def chat_blocks(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "prompt_tokens": draw(count),
        "completion_tokens": draw(count),
        "total_tokens": draw(count),
        "prompt_tokens_details": draw(
            st.none()
            | st.fixed_dictionaries(
                {}, optional={"cached_tokens": part, "audio_tokens": part, "cache_write_tokens": part}
            )
        ),
        "completion_tokens_details": draw(
            st.none() | st.fixed_dictionaries({}, optional={"reasoning_tokens": part, "audio_tokens": part})
        ),
        **draw(st.fixed_dictionaries({}, optional={"service_tier": tiers})),
    }


@st.composite
def messages_blocks(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "input_tokens": draw(count),
        "output_tokens": draw(count),
        **draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "cache_read_input_tokens": part,
                    "cache_creation_input_tokens": part,
                    "cache_creation": st.none()
                    | st.fixed_dictionaries(
                        {}, optional={"ephemeral_5m_input_tokens": part, "ephemeral_1h_input_tokens": part}
                    ),
                    "input_tokens_details": st.fixed_dictionaries(
                        {}, optional={"cached_tokens": part, "cache_write_tokens": part}
                    ),
                    "output_tokens_details": st.fixed_dictionaries(
                        {}, optional={"reasoning_tokens": part, "thinking_tokens": part}
                    ),
                    "service_tier": tiers,
                    "speed": st.just("fast"),
                },
            )
        ),
    }


@st.composite
def calls(draw: st.DrawFn) -> tuple[Sold, dict[str, Any]]:
    """A model and a block of its shape; one in ten has something odd in it."""
    what = draw(sold)
    reads_messages = what[2] in ("responses", "anthropic") or what[::2] == ("anthropic", "default")
    block = draw(messages_blocks() if reads_messages else chat_blocks())
    if draw(st.integers(0, 9)) == 0:
        block[draw(st.sampled_from(sorted(block)))] = draw(odd)
    return what, block


@given(call=calls(), at=instants)
def test_a_cost_is_to_the_last_digit_what_the_library_makes_of_the_block(
    call: tuple[Sold, dict[str, Any]], at: datetime
) -> None:
    (provider, model, flavor), usage = call
    cost = BOOK.cost(provider, model, usage, flavor=flavor, at=at)
    try:
        _, read = PROVIDERS[provider].extract_usage({"usage": usage}, api_flavor=flavor)
        made = MODELS[provider, model].calc_price(
            read, PROVIDERS[provider], genai_request_timestamp=at, price_context=terms(usage)
        )
    except ValueError:
        assert cost.usd is None and cost.reason
        return
    if cost.usd is None:
        assert cost.reason is not None and "no price for its" in cost.reason
        return
    assert (cost.input_usd, cost.output_usd) == (made.input_price, made.output_price)
    assert cost.usd == made.total_price


@given(call=calls(), at=instants, more=small)
def test_no_usage_of_so_many_tokens_costs_more_than_their_bound(
    call: tuple[Sold, dict[str, Any]], at: datetime, more: int
) -> None:
    (provider, model, flavor), usage = call
    cost = BOOK.cost(provider, model, usage, flavor=flavor, at=at)
    assume(cost.usd is not None)
    _, read = PROVIDERS[provider].extract_usage({"usage": usage}, api_flavor=flavor)
    by_time = any(key.endswith("hours") for key in vars(MODELS[provider, model].get_prices(at)))
    counted = ceil(read.input_tokens), ceil(read.output_tokens)
    for tokens in (counted, (counted[0] + more, counted[1] + more)):
        bound = BOOK.bound(
            provider,
            model,
            input_tokens=tokens[0],
            output_tokens=tokens[1],
            at=at,
            speed=usage.get("speed"),
        )
        if bound is None:
            # Only what is charged by the second, or tokens of a kind without a price, have none.
            assert by_time or tokens != counted or not cost.usd
        else:
            assert cost.usd is not None and cost.usd <= bound


@given(call=calls(), at=instants, later=instants)
def test_what_was_asked_before_does_not_change_an_answer(
    call: tuple[Sold, dict[str, Any]], at: datetime, later: datetime
) -> None:
    (provider, model, flavor), usage = call
    first = BOOK.cost(provider, model, usage, flavor=flavor, at=at)
    BOOK.cost(provider, model, usage, flavor=flavor, at=later)
    assert BOOK.cost(provider, model, usage, flavor=flavor, at=at) == first


def terms(usage: dict[str, Any]) -> dict[str, str] | None:
    """What a block says of how its call was served."""
    said = {key: usage[key] for key in ("service_tier", "speed") if isinstance(usage.get(key), str)}
    return said | ({"processing": "batch"} if said.get("service_tier") == "batch" else {}) or None
