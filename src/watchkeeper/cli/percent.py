"""Shares as people read them."""

from watchkeeper.cli.printing import NO_DATA
from watchkeeper.domain.percent_text import percent_text


def percent(share: float | None) -> str:
    """A share of 0 to 1 as a percentage with two decimals (GF-01); unknown is "no data".

    >>> percent(0.9512), percent(0.0), percent(None)
    ('95.12 %', '0.00 %', 'no data')
    """
    return NO_DATA if share is None else percent_text(share)
