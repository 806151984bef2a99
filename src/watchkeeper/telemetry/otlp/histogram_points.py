"""Histograms as buckets with upper bounds: explicit ones as they are, exponential ones written out."""

from collections.abc import Sequence
from itertools import pairwise

from opentelemetry.proto.metrics.v1.metrics_pb2 import ExponentialHistogramDataPoint, HistogramDataPoint

from watchkeeper.domain.metric_point import Buckets
from watchkeeper.telemetry.otlp.cumulative import Totals

MOST_BUCKETS = 1024
_COUNT, _SUM = "count", "sum"


def totals_of_explicit(point: HistogramDataPoint) -> Totals | None:
    """What a histogram counted, by its upper bounds; None where its parts do not fit together."""
    bounds, counts = point.explicit_bounds, point.bucket_counts
    if len(counts) > MOST_BUCKETS or (len(counts) and len(counts) != len(bounds) + 1):
        return None
    if any(later <= earlier for earlier, later in pairwise(bounds)):
        return None
    totals: Totals = {_COUNT: float(point.count)}
    if point.HasField("sum"):
        totals[_SUM] = point.sum
    for bound, count in zip([*bounds, float("inf")], counts, strict=False):
        totals[repr(float(bound))] = float(count)
    return totals


def totals_of_exponential(point: ExponentialHistogramDataPoint) -> Totals | None:
    """What an exponential histogram counted, by upper bounds; None where there are too many buckets.

    Bucket `i` of scale `s` holds what is above base**i and up to base**(i+1), base = 2**(2**-s).
    """
    if len(point.positive.bucket_counts) + len(point.negative.bucket_counts) > MOST_BUCKETS:
        return None
    if not -10 <= point.scale <= 20:
        return None
    totals: Totals = {_COUNT: float(point.count)}
    if point.HasField("sum"):
        totals[_SUM] = point.sum
    width = 2.0**-point.scale
    try:
        negatives = [
            (-(2.0 ** ((point.negative.offset + at) * width)), count)
            for at, count in enumerate(point.negative.bucket_counts)
        ]
        positives = [
            (2.0 ** ((point.positive.offset + at + 1) * width), count)
            for at, count in enumerate(point.positive.bucket_counts)
        ]
    except OverflowError:
        return None
    for bound, count in (*negatives, (point.zero_threshold, point.zero_count), *positives):
        if count:
            totals[repr(bound)] = totals.get(repr(bound), 0.0) + count
    totals.setdefault(repr(float("inf")), 0.0)
    return totals


def buckets_of(totals: Totals, *, least: float | None, most: float | None) -> Buckets:
    """Buckets of what was counted or added."""
    bounds: Sequence[float] = sorted(float(name) for name in totals if name not in (_COUNT, _SUM))
    finite = [bound for bound in bounds if bound != float("inf")]
    counts = [int(totals[repr(bound)]) for bound in bounds]
    return Buckets(
        count=int(totals[_COUNT]),
        sum=totals.get(_SUM),
        min=least,
        max=most,
        bounds=tuple(finite),
        counts=tuple(counts),
    )
