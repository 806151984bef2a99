"""How bad something is: bands of a figure, levels of an alert, severities of what people are woken for."""

from enum import StrEnum
from typing import Literal


class Band(StrEnum):
    """Where a figure lies against a threshold (HE-39)."""

    NO_DATA = "no data"
    NORMAL = "normal"
    WARNING = "warning"
    BREACH = "breach"
    """Past what was promised."""
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Worse is higher; no data is below all, for nothing is known."""
        return _RANKS[self]

    @property
    def alerts(self) -> bool:
        """Whether somebody is to be told."""
        return self.rank >= _RANKS[Band.WARNING]


_RANKS = {band: at for at, band in enumerate(Band)}

Level = Literal["INFO", "WARNING", "CRITICAL"]
"""The three levels of an alert (HE-33)."""

Severity = Literal["P0", "P1", "P2", "P3", "P4"]
"""One scale for all workloads (X1); each says for itself how soon somebody answers."""


def level_of(band: Band) -> Level:
    """The level an alert of this band has.

    >>> level_of(Band.BREACH)
    'WARNING'
    """
    if band is Band.CRITICAL:
        return "CRITICAL"
    return "WARNING" if band.alerts else "INFO"
