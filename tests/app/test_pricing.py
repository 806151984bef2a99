"""Prices in the settings: whose prices a target has, and prices that cannot be are refused."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pydantic import ValidationError

from watchkeeper.app.pricing import price_book, price_provider
from watchkeeper.app.settings import Settings

AT = datetime(2026, 1, 15, tzinfo=UTC)


def settings(**given: object) -> Settings:
    return Settings.model_validate(given)


def target(**given: object) -> dict[str, object]:
    return {"provider": "openai", "model": "qwen2.5:7b", **given}


def test_a_targets_own_price_decides_what_its_calls_cost() -> None:
    mine = target(
        base_url="http://127.0.0.1:11434/v1", price={"input_usd_per_mtok": 0.25, "output_usd_per_mtok": 0}
    )
    made = settings(targets={"small": mine})
    book = price_book(made)
    provider = price_provider(book.table, "small", made.targets["small"])
    usage = {"prompt_tokens": 1_000_000, "completion_tokens": 5}
    cost = book.cost(provider, "whatever-answered", usage, flavor="chat", at=AT)
    assert (cost.usd, cost.source) == (Decimal("0.25"), "settings")


@pytest.mark.parametrize(
    ("given", "provider"),
    [
        ({"base_url": "https://api.mistral.ai/v1"}, "mistral"),
        ({}, "openai"),
        ({"base_url": "https://proxy.example.com/v1", "priced_as": "azure"}, "azure"),
    ],
)
def test_a_target_has_the_prices_of_who_it_is_said_to_be_else_of_its_address(
    given: dict[str, object], provider: str
) -> None:
    made = settings(targets={"t": target(**given)})
    assert price_provider(price_book(made).table, "t", made.targets["t"]) == provider


def test_a_target_of_this_machine_has_no_known_price() -> None:
    made = settings(targets={"t": target(base_url="http://127.0.0.1:8000/v1", model="gpt-4o-mini")})
    book = price_book(made)
    provider = price_provider(book.table, "t", made.targets["t"])
    assert book.bound(provider, "gpt-4o-mini", input_tokens=1, output_tokens=1, at=AT) is None


@pytest.mark.parametrize(
    ("price", "why"),
    [
        ({}, "names no price"),
        ({"cache_read_usd_per_mtok": 1}, "`input_usd_per_mtok` is not"),
        ({"input_usd_per_mtok": -1}, "greater than or equal to 0"),
        ({"input_usd_per_mtok": 1, "from": "2026-02-01", "until": "2026-02-01"}, "before it begins"),
        ({"input_usd_per_mtok": 1, "currency": "SEK"}, "Extra inputs"),
    ],
)
def test_a_price_that_cannot_be_is_refused(price: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        settings(prices=[{"provider": "acme", "model": "m", **price}])
