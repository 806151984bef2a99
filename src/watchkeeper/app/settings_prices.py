"""Settings of prices: what the operator pays, where the price table does not know it or errs."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import ConfigDict, Field, PlainSerializer, model_validator

from watchkeeper.app.settings_section import Section, refused

# A price of a million USD a token is a slip of the hand.
Usd = Annotated[
    Decimal, Field(ge=0, le=1_000_000, max_digits=18), PlainSerializer(str, return_type=str, when_used="json")
]

_TOKENS_PER = "USD a million tokens"


class RateSettings(Section):
    """What tokens cost; a kind without a price costs what the kind around it does."""

    input_usd_per_mtok: Usd | None = Field(default=None, description=f"{_TOKENS_PER} of input.")
    output_usd_per_mtok: Usd | None = Field(
        default=None, description=f"{_TOKENS_PER} of output. Null: output has no known price (embeddings)."
    )
    cache_read_usd_per_mtok: Usd | None = Field(
        default=None, description=f"{_TOKENS_PER} of input read from the cache. Null: as input."
    )
    cache_write_usd_per_mtok: Usd | None = Field(
        default=None, description=f"{_TOKENS_PER} of input written to the cache. Null: as input."
    )
    cache_write_1h_usd_per_mtok: Usd | None = Field(
        default=None, description=f"{_TOKENS_PER} written to the cache for an hour. Null: as other writes."
    )
    reasoning_usd_per_mtok: Usd | None = Field(
        default=None, description=f"{_TOKENS_PER} of reasoning. Null: as output."
    )
    input_audio_usd_per_mtok: Usd | None = Field(
        default=None, description=f"{_TOKENS_PER} of audio in the input. Null: as input."
    )
    output_audio_usd_per_mtok: Usd | None = Field(
        default=None, description=f"{_TOKENS_PER} of audio in the output. Null: as output."
    )
    request_usd: Usd | None = Field(default=None, description="USD a request, beside its tokens.")

    @model_validator(mode="after")
    def _parts_have_a_whole(self) -> "RateSettings":
        for part, whole in _INSIDE.items():
            if getattr(self, part) is not None and getattr(self, whole) is None:
                raise refused(f"`{part}` is set and `{whole}` is not", f"set `{whole}` too")
        return self

    def prices(self) -> Mapping[str, Decimal]:
        """USD by price key of the table; empty where nothing is set."""
        given = {key: getattr(self, name) for name, key in _PRICE_KEYS.items()}
        prices = {key: price for key, price in given.items() if price is not None}
        if self.request_usd is not None:
            prices["requests_kcount"] = self.request_usd * 1000
        return prices


_PRICE_KEYS: Mapping[str, str] = {
    "input_usd_per_mtok": "input_mtok",
    "output_usd_per_mtok": "output_mtok",
    "cache_read_usd_per_mtok": "cache_read_mtok",
    "cache_write_usd_per_mtok": "cache_write_mtok",
    "cache_write_1h_usd_per_mtok": "cache_write_1h_mtok",
    "reasoning_usd_per_mtok": "output_reasoning_mtok",
    "input_audio_usd_per_mtok": "input_audio_mtok",
    "output_audio_usd_per_mtok": "output_audio_mtok",
}
_INSIDE: Mapping[str, str] = {
    "cache_read_usd_per_mtok": "input_usd_per_mtok",
    "cache_write_usd_per_mtok": "input_usd_per_mtok",
    "cache_write_1h_usd_per_mtok": "cache_write_usd_per_mtok",
    "reasoning_usd_per_mtok": "output_usd_per_mtok",
    "input_audio_usd_per_mtok": "input_usd_per_mtok",
    "output_audio_usd_per_mtok": "output_usd_per_mtok",
}
"""What each kind of token lies inside of: without a price for the whole, its other tokens have none."""


class PriceSettings(RateSettings):
    """What a provider's model costs, over the price table."""

    model_config = ConfigDict(serialize_by_alias=True)

    provider: str = Field(min_length=1, description="The provider, as the price table names it.")
    model: str = Field(min_length=1, description="The model, or a pattern such as `gpt-5*`; a name wins.")
    since: date | None = Field(
        default=None, alias="from", description="The first day it holds, UTC. Null: it always did."
    )
    until: date | None = Field(
        default=None, description="The first day it no longer holds, UTC. Null: no end is known."
    )

    @model_validator(mode="after")
    def _says_a_price_and_ends_after_it_begins(self) -> "PriceSettings":
        if not self.prices():
            raise refused("it names no price", "set `input_usd_per_mtok` and `output_usd_per_mtok`")
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise refused(f"it ends on {self.until}, before it begins", "set `until` to a day after `from`")
        return self
