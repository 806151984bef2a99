"""Levels of a figure, and which band it lies in (HE-37 to HE-40)."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.severity import Band

Direction = Literal["above", "below"]
"""Which side of a level is bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """From where on a figure is a warning, a breach and critical; a level that is None is not drawn.

    A figure that equals a level is past it only where the level is `inclusive`.

    Raises:
        InvalidInputError: No level is given, one is no number, or a worse one comes before a milder.

    >>> p95 = Threshold(direction="above", warning=1800, breach=2000, critical=3000)
    >>> [str(p95.band(ms)) for ms in (1800, 1801, 2001, 3001, None)]
    ['normal', 'warning', 'breach', 'critical', 'no data']
    """

    direction: Direction
    warning: float | None = None
    breach: float | None = None
    critical: float | None = None
    inclusive: bool = False

    def __post_init__(self) -> None:
        levels = [level for level in (self.warning, self.breach, self.critical) if level is not None]
        if not levels or not all(map(math.isfinite, levels)):
            raise InvalidInputError(
                "a threshold has no level that is a number", action="give warning, breach or critical"
            )
        if any(self._worse(milder, worse) for milder, worse in pairwise(levels)):
            raise InvalidInputError(
                f"the levels {', '.join(f'{level:g}' for level in levels)} do not get worse {self.direction}",
                action="let warning, breach and critical lie in that order",
            )

    def band(self, figure: float | None) -> Band:
        """The band of a figure; None, which is not known, is no data."""
        if figure is None or math.isnan(figure):
            return Band.NO_DATA
        for level, band in (
            (self.critical, Band.CRITICAL),
            (self.breach, Band.BREACH),
            (self.warning, Band.WARNING),
        ):
            if level is not None and (self._worse(figure, level) or (self.inclusive and figure == level)):
                return band
        return Band.NORMAL

    def level(self, band: Band) -> float | None:
        """What a figure passed to come into a band; None for a band without a level."""
        levels = {Band.WARNING: self.warning, Band.BREACH: self.breach, Band.CRITICAL: self.critical}
        return levels.get(band)

    def _worse(self, figure: float, level: float) -> bool:
        return figure > level if self.direction == "above" else figure < level
