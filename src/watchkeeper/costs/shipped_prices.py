"""The prices of this release: one edition's of genai-prices, put to the models the installed one knows.

How a provider's usage is read is the library's to say, and which names mean a model where it says so as it
did; what a model costs changes only by a release of ours, and not by the day of the install (decision 14).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from genai_prices.types import ModelInfo, Provider, UsageExtractor

from watchkeeper.costs.price_file import PriceFile, providers_of

SHIPPED_FILE = Path(__file__).parent / "tables" / "prices.json"
"""Prices by provider and model; `scripts/price_table.py` writes it."""


@dataclass(frozen=True, slots=True)
class _Figures:
    edition: str
    as_of: datetime
    models: Mapping[tuple[str, str], ModelInfo]
    """By provider and model."""
    named: frozenset[tuple[str, str]]
    """Of these, those whose names are told here."""
    resells: Mapping[str, list[str]]
    """Whose models a provider sells beside its own, where that is told here."""
    unread: Mapping[str, Mapping[str, list[str]]]
    """By provider and flavour, counts in a usage block that have no price of their own here: they are part of
    another count, at its price."""


def shipped_prices(installed: Sequence[Provider]) -> PriceFile:
    """The shipped prices as a table.

    Args:
        installed: The providers of the installed library. A model it sells and we have no figures of is left
            out: its price is unknown. One of ours that it has let go of is known by its id.
    """
    figures = _figures()
    return PriceFile(
        providers=[_priced(one, figures) for one in installed],
        edition=figures.edition,
        as_of=figures.as_of,
    )


def _priced(provider: Provider, figures: _Figures) -> Provider:
    ours = {model: told for (seller, model), told in figures.models.items() if seller == provider.id}
    kept = [
        _joined(model, ours[model.id], provider.id, figures) for model in provider.models if model.id in ours
    ]
    known = {model.id for model in kept}
    models = [*kept, *(told for model, told in ours.items() if model not in known)]
    resells = figures.resells.get(provider.id, provider.fallback_model_providers)
    shapes = [_read(one, figures.unread.get(provider.id, {})) for one in provider.extractors or ()]
    return replace(provider, models=models, fallback_model_providers=resells, extractors=shapes)


def _read(shape: UsageExtractor, unread: Mapping[str, list[str]]) -> UsageExtractor:
    left_out = unread.get(shape.api_flavor)
    if left_out is None:
        return shape
    return replace(shape, mappings=[one for one in shape.mappings if one.dest not in left_out])


def _joined(model: ModelInfo, told: ModelInfo, seller: str, figures: _Figures) -> ModelInfo:
    match = told.match if (seller, model.id) in figures.named else model.match
    return replace(model, match=match, prices=told.prices, price_variants=told.price_variants)


@cache
def _figures() -> _Figures:
    said = json.loads(SHIPPED_FILE.read_bytes())
    raw = [
        {
            "id": seller,
            "name": seller,
            "api_pattern": "",
            "models": [_model(name, told) for name, told in models.items()],
        }
        for seller, models in said["prices"].items()
    ]
    return _Figures(
        edition=said["edition"],
        as_of=datetime.fromisoformat(said["as_of"]),
        models={(one.id, model.id): model for one in providers_of(raw) for model in one.models},
        named=frozenset(
            (seller, name)
            for seller, models in said["prices"].items()
            for name, told in models.items()
            if "names" in told
        ),
        resells=said["resells"],
        unread=said["unread"],
    )


def _model(name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    model = {"id": name, "match": told.get("names", {"equals": name}), "prices": told["prices"]}
    return model if "variants" not in told else {**model, "price_variants": told["variants"]}
