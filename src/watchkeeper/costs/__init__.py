"""Costs: what calls cost, by the price table and the operator's own prices."""

from watchkeeper.costs.price_book import PriceBook
from watchkeeper.costs.price_in_force import PriceInForce
from watchkeeper.costs.price_override import PriceOverride
from watchkeeper.costs.price_table import PriceTable
from watchkeeper.costs.unknown_prices import UnknownPrice

__all__ = ["PriceBook", "PriceInForce", "PriceOverride", "PriceTable", "UnknownPrice"]
