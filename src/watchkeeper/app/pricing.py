"""Prices as the settings have them: the table, the operator's prices over it, and whose each target is."""

from pathlib import Path

from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_targets import TargetSettings
from watchkeeper.costs import PriceBook, PriceOverride, PriceTable

TARGET_PREFIX = "target:"
"""Before a target's name, it names a provider that sells at the target's own price and no other."""


def price_book(settings: Settings) -> PriceBook:
    """The prices in force under these settings."""
    return PriceBook(price_table(settings.price_table), own_prices(settings))


def own_prices(settings: Settings) -> list[PriceOverride]:
    """The operator's prices, which come before those of the table."""
    own = [
        PriceOverride(provider=TARGET_PREFIX + name, model="*", prices=target.price.prices())
        for name, target in settings.targets.items()
        if target.price.prices()
    ]
    named = [
        PriceOverride(
            provider=one.provider, model=one.model, prices=one.prices(), since=one.since, until=one.until
        )
        for one in settings.prices
    ]
    return [*named, *own]


def price_table(named: str) -> PriceTable:
    """The table a setting names.

    Raises:
        InvalidInputError: It names a file that cannot be read, or is no price table.
    """
    if named == "shipped":
        return PriceTable.shipped()
    return PriceTable.installed() if named == "installed" else PriceTable.in_file(Path(named).expanduser())


def price_provider(table: PriceTable, name: str, target: TargetSettings) -> str:
    """Whose prices a target's calls have, as `Pricer` takes it.

    Its own `price` decides, then `priced_as`, then its address. A target at no known provider's
    address, such as one on this machine, has a name of its own: its price is unknown, never guessed.
    """
    if target.price.prices():
        return TARGET_PREFIX + name
    return target.priced_as or table.provider_of_url(target.base_url) or TARGET_PREFIX + name
