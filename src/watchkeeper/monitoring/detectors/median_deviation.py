"""How far a point is from the median, in robust deviations (HE-28): spikes among the past do not count.

Source:
    B. Iglewicz, D. C. Hoaglin (1993), "How to Detect and Handle Outliers", ASQC: the modified z-score,
    0.6745 x (x - median) / MAD; where the MAD is 0, the mean absolute deviation takes its place
    (x - median) / (1.2533 x mean).
"""

from math import fsum
from statistics import median

from watchkeeper.monitoring.detectors.by_deviation import is_flat, off_flat

_MAD_OF_NORMAL = 0.6745
_MEAN_DEVIATION_OF_NORMAL = 1.2533


def robust_deviations(value: float, known: list[float]) -> float:
    """How many robust standard deviations a value is from the median of what is known; one value at least.

    >>> robust_deviations(8.0, [5.0] * 30)
    inf
    >>> robust_deviations(5.0, [5.0] * 30)
    0.0
    """
    middle = median(known)
    off = abs(value - middle)
    deviations = [abs(each - middle) for each in known]
    spread = median(deviations) / _MAD_OF_NORMAL
    if spread == 0:
        spread = _MEAN_DEVIATION_OF_NORMAL * fsum(deviations) / len(deviations)
    return off_flat(off, middle) if is_flat(spread, middle) else off / spread
