"""How many standard deviations a point is from the mean of the last ordinary ones (HE-27).

For series that are about normal. A flat series has no deviation: any other value is then unusual.

Source:
    W. A. Shewhart (1931), "Economic Control of Quality of Manufactured Product".
"""

from math import fsum, sqrt

from watchkeeper.monitoring.detectors.by_deviation import is_flat, off_flat


def standard_deviations(value: float, known: list[float]) -> float:
    """How many standard deviations a value is from the mean of what is known; two values at least.

    >>> standard_deviations(8.0, [5.0] * 30)
    inf
    """
    mean = fsum(known) / len(known)
    spread = sqrt(fsum((each - mean) ** 2 for each in known) / (len(known) - 1))
    off = abs(value - mean)
    return off_flat(off, mean) if is_flat(spread, mean) else off / spread
