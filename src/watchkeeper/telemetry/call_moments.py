"""Count, mean and scatter of what calls came to: what a comparison of releases or arms is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isnan
from typing import Any

from watchkeeper.domain.span import SUBJECT_ATTRIBUTE, Span
from watchkeeper.telemetry.span_filter import SpanFilter

LEAST_COST = 1e-6
"""US dollars. What costs less counts as this, for what is free has no logarithm: calls that are free on both
sides pass, and dear ones beside free ones are worse."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Of some figures; mean and variance are 0 where there are none, the variance also of one alone."""

    count: int = 0
    mean: float = 0.0
    variance: float = 0.0
    """Of one figure, estimated without bias."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentsQuestion:
    """Which calls, and what makes a unit of them."""

    which: SpanFilter
    evaluation: str
    """Its values from 0 to 1 are the quality; of several on one call the newest with a value counts."""
    by_subject: bool = False
    """True: the calls of one subject (else item, else trace) are one unit, told by their mean. They are
    alike, and to count each for itself would make a comparison surer than it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMoments:
    """What calls came to; figures are of units."""

    calls: int = 0
    units: int = 0
    answered: int = 0
    """Calls without an error."""
    unpriced: int = 0
    """Answered calls of unknown price."""
    quality: Moments = Moments()
    errors: Moments = Moments()
    """The share of calls that failed."""
    latency: Moments = Moments()
    """The natural logarithm of nanoseconds, of answered calls: one that failed at once is no quick one."""
    cost: Moments = Moments()
    """The natural logarithm of US dollars, at least `LEAST_COST`, of answered calls of known price."""


def unit_of(span: Span) -> str:
    """What a call belongs to: its subject, else its item, else its trace."""
    subject = span.attributes.get(SUBJECT_ATTRIBUTE)
    return str(subject) if subject is not None else span.item_id or span.trace_id


def moments_of(figures: Mapping[str, list[float]]) -> Moments:
    """Of the means of units, by unit.

    >>> moments_of({"ada": [1.0, 0.0], "bo": [1.0]})
    Moments(count=2, mean=0.75, variance=0.125)
    """
    means = [fsum(some) / len(some) for some in figures.values() if some]
    if not means:
        return Moments()
    mean = fsum(means) / len(means)
    squares = fsum((one - mean) ** 2 for one in means)
    return Moments(len(means), mean, squares / (len(means) - 1) if len(means) > 1 else 0.0)


def moments_of_sums(row: Sequence[Any]) -> CallMoments:
    """What an engine adds up in one row: calls, units, answered, unpriced, then three figures a measure.

    Args:
        row: The measures follow as quality, errors, latency and cost; of each count, mean and variance, of
            which an engine may tell None, or not a number, for what it cannot know.
    """
    if not row[0]:
        return CallMoments()
    found = [Moments(int(row[at]), _known(row[at + 1]), _known(row[at + 2])) for at in range(4, 16, 3)]
    return CallMoments(
        calls=int(row[0]),
        units=int(row[1]),
        answered=int(row[2]),
        unpriced=int(row[3]),
        quality=found[0],
        errors=found[1],
        latency=found[2],
        cost=found[3],
    )


def _known(figure: float | None) -> float:
    return 0.0 if figure is None or isnan(figure) else float(figure)
