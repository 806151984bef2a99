"""The names the costs room gives out."""

import watchkeeper.costs


def test_the_public_names_are_these() -> None:
    assert watchkeeper.costs.__all__ == [
        "PriceBook",
        "PriceInForce",
        "PriceOverride",
        "PriceTable",
        "UnknownPrice",
    ]
