"""Take the prices of an edition of genai-prices as the figures that are shipped.

`price_table.py AS_OF EDITION FOLDER [LATER_EDITION LATER_FOLDER]`: a FOLDER is where
`pip install --no-deps --target FOLDER genai-prices==EDITION` put it; AS_OF is the day of the edition, an
instant. Prices by terms of service (priority, flex, batch), which the edition does not have, are taken from a
later one for the models whose plain prices it has kept. One model stands on a line, so that a new edition's
diff shows which prices change. Which names mean a model is written only where the installed library says it
otherwise.
"""

import dataclasses
import importlib.util
import json
import sys
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from genai_prices.data_snapshot import get_snapshot
from genai_prices.types import ModelInfo, ModelPrice, Provider

from watchkeeper.costs.shipped_prices import SHIPPED_FILE

PRICED = frozenset({"cache_write_tokens"})
"""Counts with a price of their own that editions began to read; others only tell parts of a count apart."""


def edition_providers(folder: Path) -> list[Provider]:
    """The providers of an unpacked edition, as the installed library's types."""
    spec = importlib.util.spec_from_file_location(
        "genai_prices.edition_data", folder / "genai_prices" / "data.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    providers: list[Provider] = module.providers
    return providers


def with_terms(providers: list[Provider], later: list[Provider]) -> list[Provider]:
    """The same with the later edition's prices by terms, where the plain prices are the same."""
    known = {(one.id, model.id): model for one in later for model in one.models}

    def merged(provider: Provider, model: ModelInfo) -> ModelInfo:
        newer = known.get((provider.id, model.id))
        if newer is None or model.price_variants or not _keeps(model, newer):
            return model
        return dataclasses.replace(model, price_variants=newer.price_variants)

    return [
        dataclasses.replace(one, models=[merged(one, model) for model in one.models]) for one in providers
    ]


def _keeps(model: ModelInfo, newer: ModelInfo) -> bool:
    """Whether every kind that has a price still has that price; further kinds may have got one."""
    before, after = model.prices, newer.prices
    if not (isinstance(before, ModelPrice) and isinstance(after, ModelPrice)):
        return False
    return all(vars(after).get(kind) == price for kind, price in vars(before).items())


def raw(value: Any) -> Any:
    """A part of the table as JSON has it."""
    if isinstance(value, ModelPrice):
        return {key: raw(price) for key, price in vars(value).items() if price is not None}
    if dataclasses.is_dataclass(value):
        pairs = ((one, getattr(value, one.name)) for one in dataclasses.fields(value) if one.init)
        return {one.name.rstrip("_"): raw(each) for one, each in pairs if each != one.default}
    if isinstance(value, list | tuple):
        return [raw(each) for each in value]
    if isinstance(value, Decimal | date | time):
        return value.isoformat() if isinstance(value, date | time) else str(value)
    return value


def figures(provider: Provider, installed: Provider | None) -> str:
    """The lines of a provider's models."""
    known = {} if installed is None else {model.id: model.match for model in installed.models}
    return ",\n".join(
        f"{json.dumps(model.id)}:{json.dumps(_told(model, known), separators=(',', ':'))}"
        for model in provider.models
    )


def _told(model: ModelInfo, known: dict[str, Any]) -> dict[str, Any]:
    told = {"prices": raw(model.prices)}
    if model.price_variants:
        told["variants"] = raw(model.price_variants)
    if known.get(model.id) != model.match:
        told["names"] = raw(model.match)
    return told


def _unread(provider: Provider, installed: Provider) -> dict[str, list[str]]:
    """Counts the installed library reads and the edition did not, by flavour; only those with prices."""
    before = {one.api_flavor: {each.dest for each in one.mappings} for one in provider.extractors or ()}
    found = {
        one.api_flavor: sorted({each.dest for each in one.mappings} & PRICED - before[one.api_flavor])
        for one in installed.extractors or ()
        if one.api_flavor in before
    }
    return {flavor: counts for flavor, counts in found.items() if counts}


def written(header: dict[str, Any], providers: list[Provider]) -> str:
    """The file's text."""
    installed = {one.id: one for one in get_snapshot().providers}
    header["resells"] = {
        one.id: one.fallback_model_providers or []
        for one in providers
        if one.id in installed and one.fallback_model_providers != installed[one.id].fallback_model_providers
    }
    header["unread"] = {
        one.id: told for one in providers if one.id in installed and (told := _unread(one, installed[one.id]))
    }
    parts = [f"{json.dumps(one.id)}: {{\n{figures(one, installed.get(one.id))}\n}}" for one in providers]
    return f'{json.dumps(header)[:-1]}, "prices": {{\n' + ",\n".join(parts) + "\n}}\n"


if __name__ == "__main__":
    as_of, edition, folder, *later = sys.argv[1:]
    providers = edition_providers(Path(folder))
    if later:
        providers = with_terms(providers, edition_providers(Path(later[1])))
        edition = f"{edition}+terms.{later[0]}"
    SHIPPED_FILE.write_text(written({"edition": edition, "as_of": as_of}, providers), encoding="utf-8")
    models = sum(len(one.models) for one in providers)
    print(f"wrote edition {edition}: {len(providers)} providers, {models} models")
