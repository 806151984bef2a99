"""Take an edition of genai-prices as the table that is shipped.

`price_table.py AS_OF EDITION FOLDER [LATER_EDITION LATER_FOLDER]`: a FOLDER is where
`pip install --no-deps --target FOLDER genai-prices==EDITION` put it; AS_OF is the day of the edition, an
instant. Prices by terms of service (priority, flex, batch), which the edition does not have, are taken from a
later one for the models whose plain prices it has kept. One model stands on a line, so that a new edition's
diff shows which prices change.
"""

import dataclasses
import importlib.util
import json
import sys
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from genai_prices.types import ModelInfo, ModelPrice, Provider

from watchkeeper.costs.price_file import providers_of

TABLES = Path(__file__).parent.parent / "src" / "watchkeeper" / "costs" / "tables"


def edition_providers(folder: Path) -> list[Provider]:
    """The providers of an unpacked edition, as the installed library's types."""
    spec = importlib.util.spec_from_file_location(
        "genai_prices.edition_data", folder / "genai_prices" / "data.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    providers: list[Provider] = module.providers
    return [_without_prose(one) for one in providers]


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


def written(header: dict[str, str], providers: list[Provider]) -> str:
    """The file's text."""
    parts = []
    for provider in providers:
        about = raw(dataclasses.replace(provider, models=[]))
        models = ",\n".join(json.dumps(raw(model), separators=(",", ":")) for model in provider.models)
        about.pop("models", None)
        parts.append(f'{json.dumps(about, separators=(",", ":"))[:-1]},"models":[\n{models}\n]}}')
    return f'{json.dumps(header)[:-1]}, "providers": [\n' + ",\n".join(parts) + "\n]}\n"


def _without_prose(provider: Provider) -> Provider:
    """The same without what is for people; nothing is priced by it."""
    models = [dataclasses.replace(one, description=None, price_comments=None) for one in provider.models]
    return dataclasses.replace(
        provider, models=models, description=None, price_comments=None, pricing_urls=None
    )


if __name__ == "__main__":
    as_of, edition, folder, *later = sys.argv[1:]
    providers = edition_providers(Path(folder))
    if later:
        providers = with_terms(providers, edition_providers(Path(later[1])))
        edition = f"{edition}+terms.{later[0]}"
    text = written({"edition": edition, "as_of": as_of}, providers)
    assert providers_of(json.loads(text)["providers"]) == providers, "what was written reads otherwise"
    (TABLES / "genai_prices.json").write_text(text, encoding="utf-8")
    models = sum(len(one.models) for one in providers)
    print(f"wrote edition {edition}: {len(providers)} providers, {models} models")
