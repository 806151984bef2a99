"""Figures of arms as people read them, in commands and on pages alike."""

from collections.abc import Mapping
from typing import Any


def figure_told(figure: Mapping[str, Any], *, none: str) -> str:
    """A mean with its bounds, in the unit of its measure.

    Args:
        figure: An `ArmFigure` as the API tells it.
        none: What stands for no data.

    >>> figure_told({"measure": "latency", "mean": 120.0, "low": 99.5, "high": 140.0}, none="no data")
    '120 ms (99.5 ms to 140 ms)'
    >>> figure_told({"measure": "quality", "mean": None, "low": None, "high": None}, none="no data")
    'no data'
    """
    if figure["mean"] is None:
        return none
    mean, low, high = (_in_unit(figure["measure"], figure[name]) for name in ("mean", "low", "high"))
    return f"{mean} ({low} to {high})"


def _in_unit(measure: str, value: float) -> str:
    if measure == "latency":
        return f"{value:.3g} ms"
    return f"{value:.3g} USD" if measure == "cost" else f"{value:.1%}"
