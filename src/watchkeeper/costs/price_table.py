"""The price table: who sells which model, as an edition of `genai-prices` knows it."""

import re
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

from genai_prices.data_snapshot import find_provider_by_id, get_snapshot
from genai_prices.types import ModelInfo, Provider, UsageExtractor

from watchkeeper.costs.price_file import read_price_file
from watchkeeper.costs.shipped_prices import shipped_prices

DIALECT_OWNERS = {"chat": "openai", "responses": "openai", "embeddings": "openai", "anthropic": "anthropic"}
"""Whose usage blocks a flavour copies: read so where a provider's own shapes are not in the table."""


class PriceTable:
    """Providers, their models, and how to read their usage blocks; it only answers from memory.

    The library's own look-ups remember every name they were asked, for ever; names come from
    clients here, so this asks the providers themselves and leaves remembering to `PriceBook`.
    """

    def __init__(self, providers: Sequence[Provider], *, edition: str, as_of: datetime | None = None) -> None:
        self._providers = list(providers)
        self.edition = edition
        """Which edition of the table it is, such as `0.2.3`."""
        self.as_of = as_of
        """The day of the edition; None where nobody said. Aware."""

    @classmethod
    def shipped(cls) -> "PriceTable":
        """The table of this release of ours, the same whatever else is installed."""
        shipped = shipped_prices(get_snapshot().providers)
        return cls(shipped.providers, edition=shipped.edition, as_of=shipped.as_of)

    @classmethod
    def installed(cls) -> "PriceTable":
        """The table in the installed wheel of genai-prices; nothing is fetched."""
        return cls(get_snapshot().providers, edition=version("genai-prices"))

    @classmethod
    def in_file(cls, path: Path) -> "PriceTable":
        """A table as genai-prices publishes it.

        Raises:
            InvalidInputError: The file cannot be read, or is no price table.
        """
        told = read_price_file(path)
        return cls(told.providers, edition=told.edition, as_of=told.as_of)

    def provider(self, name: str) -> Provider | None:
        """The provider of that name, or of one the table knows it by."""
        return find_provider_by_id(self._providers, name)

    def provider_of_url(self, base_url: str) -> str | None:
        """Which provider answers at an address; None for any other, such as one of this machine.

        >>> table = PriceTable.shipped()
        >>> table.provider_of_url("https://api.openai.com/v1"), table.provider_of_url("http://127.0.0.1:11434/v1")
        ('openai', None)
        """
        parts = urlsplit(base_url)
        # Only scheme, host and path are compared: what a query says is nobody's address.
        address = f"{parts.scheme}://{parts.netloc}{parts.path}"
        for provider in self._providers:
            if re.match(provider.api_pattern, address):
                return provider.id
        return None

    def sold(self, provider: Provider, model: str) -> ModelInfo | None:
        """The model, where the provider sells it, or resells it from another."""
        return provider.find_model(model, all_providers=self._providers)

    def sellers(self, model: str) -> tuple[str, ...]:
        """Every provider that sells the model, in the table's order."""
        return tuple(one.id for one in self._providers if self.sold(one, model) is not None)

    def shapes(self, provider: Provider | None) -> tuple[UsageExtractor, ...]:
        """The shapes of usage blocks a provider is known to send."""
        return tuple((provider.extractors if provider else None) or ())

    def dialect_shape(self, flavor: str) -> UsageExtractor | None:
        """The shape a flavour has at the provider whose dialect it is."""
        owner = self.provider(DIALECT_OWNERS.get(flavor, ""))
        named = "default" if flavor == "anthropic" else flavor
        return next((shape for shape in self.shapes(owner) if shape.api_flavor == named), None)
