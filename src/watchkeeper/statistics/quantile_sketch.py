"""Quantiles of many figures in little room, that can be added up: bounds on the relative error hold.

Source:
    C. Masson, J. E. Rim, H. K. Lee (2019), "DDSketch: A Fast and Fully-Mergeable Quantile Sketch with
    Relative-Error Guarantees", PVLDB 12(12).
"""

import math
from collections.abc import Iterable, Mapping

RELATIVE_ERROR = 0.01
"""A quantile told is within 1 % of one of the figures."""

_GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
BUCKETS_PER_LOG = 1 / math.log(_GAMMA)
"""Buckets for each unit of the natural logarithm."""
ZERO_BUCKET = -(2**31)
"""Where figures of 0 are counted: they have no logarithm."""


def bucket_of(figure: float) -> int:
    """The bucket of a figure that is not negative.

    Raises:
        ValueError: The figure is negative or no number.

    >>> bucket_of(1.0), bucket_of(0.0) == ZERO_BUCKET
    (0, True)
    """
    if not 0 <= figure < math.inf:
        raise ValueError(f"a sketch holds figures from 0, not {figure!r}")
    return math.ceil(math.log(figure) * BUCKETS_PER_LOG) if figure else ZERO_BUCKET


def figure_of(bucket: int) -> float:
    """The figure a bucket stands for: within `RELATIVE_ERROR` of all that are counted there."""
    return 0.0 if bucket == ZERO_BUCKET else 2 * _GAMMA**bucket / (_GAMMA + 1)


def merged(sketches: Iterable[Mapping[int, int]]) -> dict[int, int]:
    """One sketch of what several counted; buckets to counts."""
    total: dict[int, int] = {}
    for sketch in sketches:
        for bucket, count in sketch.items():
            total[bucket] = total.get(bucket, 0) + count
    return total


def quantile(sketch: Mapping[int, int], share: float) -> float | None:
    """The figure below which this share of the figures lies; None of no figures.

    Args:
        sketch: Buckets to counts.
        share: From 0 to 1; 0.95 asks for the 95th percentile.

    >>> quantile({}, 0.5) is None
    True
    >>> abs(quantile({bucket_of(f): 1 for f in (10.0, 20.0, 30.0)}, 0.5) / 20.0 - 1) <= RELATIVE_ERROR
    True
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share is from 0 to 1, not {share!r}")
    total = sum(sketch.values())
    return ranked(sketch, int(share * (total - 1))) if total else None


def ranked(sketch: Mapping[int, int], rank: int) -> float:
    """The figure that comes at this place when all are sorted; the least is at 0.

    Raises:
        ValueError: There are not so many figures.
    """
    seen = 0
    for bucket in sorted(sketch):
        seen += sketch[bucket]
        if seen > rank:
            return figure_of(bucket)
    raise ValueError(f"a sketch of {seen} figures has none at place {rank}")


def share_above(sketch: Mapping[int, int], figure: float) -> float:
    """The share of figures above one, within the bucket it is in; 0.0 of no figures.

    >>> share_above({bucket_of(10.0): 3, bucket_of(500.0): 1}, 100.0)
    0.25
    """
    total = sum(sketch.values())
    limit = bucket_of(figure)
    return sum(count for bucket, count in sketch.items() if bucket > limit) / total if total else 0.0
