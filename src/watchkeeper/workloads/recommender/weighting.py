"""How much each component counts in the fused order, and the release that pins it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.releases.release import Pins

SHIPPED: Mapping[str, float] = {"graph": 2.0, "entity": 1.0, "embedding": 1.0}
"""The graph counts twice in the fused order: alone it is the best of the three."""
MOST = 100.0
_PIN = "weight.{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighting:
    """What a query is answered with."""

    weights: Mapping[str, float]
    """By the component's name."""
    release: str | None = None
    """None: no release is live, and what ships answers."""
    subject: str | None = None
    """Whom the release was chosen for."""
    experiment: str | None = None
    arm: str | None = None


def weights_of(pins: Pins) -> dict[str, float]:
    """The weights a release pins; what it leaves out is as it ships.

    Args:
        pins: `retrieval.weight.graph`, `.entity` and `.embedding`, each a number above 0.

    Raises:
        InvalidInputError: It pins something else, which nothing here could follow.

    >>> weights_of(Pins(retrieval={"weight.graph": "3"}))
    {'graph': 3.0, 'entity': 1.0, 'embedding': 1.0}
    """
    names = {_PIN.format(name): name for name in SHIPPED}
    strange = sorted(
        f"{kind}.{name}"
        for kind, told in pins.as_texts().items()
        for name in told
        if kind != "retrieval" or name not in names
    )
    if strange:
        known = ", ".join(f"retrieval.{name}" for name in names)
        raise InvalidInputError(
            f"the recommender has nothing that {strange[0][:80]!r} could pin", action=f"pin one of: {known}"
        )
    return dict(SHIPPED) | {names[name]: _weight(name, text) for name, text in pins.retrieval.items()}


def _weight(name: str, text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        weight = math.nan
    # Of a component without weight an answer could hold documents for which nothing speaks.
    if not 0 < weight <= MOST:
        raise InvalidInputError(
            f"retrieval.{name} cannot be {text[:40]!r}", action=f"give a number above 0, {MOST:g} at most"
        )
    return weight
