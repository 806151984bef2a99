"""A price table in a file: the JSON that genai-prices publishes, read into the library's own types."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from genai_prices.types import ModelPrice, Provider, TieredPrices
from pydantic import ConfigDict, TypeAdapter, ValidationError

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.files.invalid_document import wrong_places

_PROVIDERS: TypeAdapter[list[Provider]] = TypeAdapter(
    list[Provider], config=ConfigDict(arbitrary_types_allowed=True, defer_build=True)
)
_PRICES: TypeAdapter[dict[str, Decimal | TieredPrices | None]] = TypeAdapter(
    dict[str, Decimal | TieredPrices | None]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFile:
    """What a file says."""

    providers: list[Provider]
    edition: str
    """As the file names itself, else the beginning of its hash."""
    as_of: datetime | None
    """The day of the edition, where the file says it. Aware."""


def read_price_file(path: Path) -> PriceFile:
    """Read a table: a list of providers as genai-prices publishes it, or such a list with its edition.

    Raises:
        InvalidInputError: It cannot be read, or is no such table.
    """
    try:
        content = path.read_bytes()
    except OSError as failure:
        raise InvalidInputError(
            f"the price table {path} cannot be read: {failure.strerror}",
            action="name a file, or `shipped`, under `price_table`",
        ) from None
    try:
        told = json.loads(content, parse_float=Decimal)
        header = told if isinstance(told, dict) else {"providers": told}
        as_of = header.get("as_of")
        return PriceFile(
            providers=providers_of(header["providers"]),
            edition=str(header.get("edition") or f"sha256:{hashlib.sha256(content).hexdigest()[:12]}"),
            as_of=None if as_of is None else datetime.fromisoformat(as_of),
        )
    except (ValueError, KeyError, TypeError) as wrong:
        raise InvalidInputError(
            f"{path} is no price table: {_first_line(wrong)}",
            action="take genai-prices' own `data.json`, or say `shipped` under `price_table`",
        ) from None


def providers_of(raw: object) -> list[Provider]:
    """Providers as the library's types.

    Raises:
        ValueError: It is no list of providers, or something in it is none of the kinds the library knows.
    """
    return _PROVIDERS.validate_python(_priced(raw))


def _priced(raw: object) -> object:
    """The same with every mapping of prices as the library's object, which pydantic cannot make itself."""
    if isinstance(raw, list):
        return [_priced(one) for one in raw]
    if not isinstance(raw, Mapping):
        return raw
    return {key: _price(value) if key == "prices" else _priced(value) for key, value in raw.items()}


def _price(value: object) -> object:
    if isinstance(value, list):
        return [_priced(one) for one in value]
    prices: Any = _PRICES.validate_python(value)
    return ModelPrice(**prices)


def _first_line(wrong: Exception) -> str:
    if isinstance(wrong, ValidationError):
        return wrong_places(wrong, whole="the prices", most=1)
    return str(wrong).partition("\n")[0]
