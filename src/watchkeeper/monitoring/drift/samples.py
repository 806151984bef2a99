"""Two samples of one column, sorted once for all measures that need it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Figures = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Samples:
    """What came before and what comes now, each rising; finite, and neither empty."""

    reference: Figures
    current: Figures


def samples(reference: Figures, current: Figures) -> Samples:
    """Two samples, sorted."""
    return Samples(np.sort(reference), np.sort(current))
