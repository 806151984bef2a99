"""Units of figures and levels: what may be compared, and by which factor (15 % of 0.15, 25 s of 25,000 ms).

A unit nobody knows is compared only with itself. A figure without a unit is taken to be in that of the rule.
"""

import re

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.rules.watched import CallFigure

_TIME = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
_SHARE = {"1": 1.0, "share": 1.0, "%": 0.01, "percent": 0.01}
_BYTES = {
    "By": 1.0,
    "B": 1.0,
    "kB": 1e3,
    "KB": 1e3,
    "MB": 1e6,
    "GB": 1e9,
    "TB": 1e12,
    "KiB": 2.0**10,
    "MiB": 2.0**20,
    "GiB": 2.0**30,
    "TiB": 2.0**40,
}
_MONEY = {"USD": 1.0, "usd": 1.0, "$": 1.0}
_COUNT = {"calls": 1.0, "requests": 1.0}
_KINDS = {"time": _TIME, "a share": _SHARE, "bytes": _BYTES, "money": _MONEY, "a count of calls": _COUNT}
_SCALES = {unit: (kind, scale) for kind, scales in _KINDS.items() for unit, scale in scales.items()}

_LEVEL = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S*)\s*")

CALL_UNITS: dict[CallFigure, str] = {
    "requests": "calls",
    "failed": "calls",
    "error_rate": "share",
    "success_rate": "share",
    "degraded_rate": "share",
    "cached_rate": "share",
    "average_ms": "ms",
    "p50_ms": "ms",
    "p95_ms": "ms",
    "p99_ms": "ms",
    "cost_usd": "USD",
}
"""The unit of every figure of calls."""


class UnlikeUnitsError(InvalidInputError):
    """Two things are compared that have nothing in common."""


def factor(from_unit: str, to_unit: str) -> float:
    """By what a figure in one unit is multiplied to be in another; without a unit on one side by 1.

    Raises:
        UnlikeUnitsError: They do not measure the same.

    >>> factor("ms", "s"), factor("share", "%"), factor("", "s")
    (0.001, 100.0, 1.0)
    """
    if from_unit == to_unit or not from_unit or not to_unit:
        return 1.0
    here, there = _SCALES.get(from_unit), _SCALES.get(to_unit)
    if here is None or there is None or here[0] != there[0]:
        raise UnlikeUnitsError(
            f"{_said(from_unit)} is compared with {_said(to_unit)}",
            action="write the level in a unit of what is watched",
        )
    # A division, so that a share is a hundred per cent and not 99.99999.
    return here[1] / there[1]


def level_of_text(text: str) -> tuple[float, str]:
    """A level as `15 %`, `25 s` or `0.6`: its number and its unit, which may be empty.

    Raises:
        InvalidInputError: It is none.

    >>> level_of_text("15 %"), level_of_text("1800")
    ((15.0, '%'), (1800.0, ''))
    """
    found = _LEVEL.fullmatch(text)
    if found is None:
        raise InvalidInputError(
            f"{text!r:.40} is no level", action="write a number, or one with a unit: 25 s"
        )
    return float(found[1]), found[2]


def _said(unit: str) -> str:
    kind = _SCALES.get(unit)
    return f"{unit!r}, which nobody knows," if kind is None else f"{unit!r} ({kind[0]})"
