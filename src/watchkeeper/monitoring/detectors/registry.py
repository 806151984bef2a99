"""Every detector by name; a new one is found, documented and tested by being here."""

from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from types import MappingProxyType

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.detectors.by_deviation import ByDeviation
from watchkeeper.monitoring.detectors.detector import Detector
from watchkeeper.monitoring.detectors.median_deviation import robust_deviations
from watchkeeper.monitoring.detectors.nearest_past import NearestPast
from watchkeeper.monitoring.detectors.page_hinkley import PageHinkley
from watchkeeper.monitoring.detectors.seasonal import Seasonal
from watchkeeper.monitoring.detectors.z_score import standard_deviations

DEFAULT = "nearest-past"

DETECTORS: Mapping[str, Callable[[tzinfo], Detector]] = MappingProxyType(
    {
        DEFAULT: lambda _: NearestPast(),
        "median-deviation": lambda _: ByDeviation(robust_deviations),
        "page-hinkley": lambda _: PageHinkley(),
        "seasonal": lambda timezone: Seasonal(timezone=timezone),
        "z-score": lambda _: ByDeviation(standard_deviations),
    }
)
"""Each makes a detector for one series; days and hours are those of the timezone given."""


def detector(name: str = DEFAULT, *, timezone: tzinfo = UTC) -> Detector:
    """A new detector, for one series.

    Raises:
        InvalidInputError: There is none of that name.
    """
    try:
        return DETECTORS[name](timezone)
    except KeyError:
        raise InvalidInputError(
            f"there is no detector {name!r}", action=f"use one of {', '.join(DETECTORS)}"
        ) from None
