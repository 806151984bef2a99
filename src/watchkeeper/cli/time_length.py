"""Lengths of time as people write them."""

import re

from watchkeeper.domain.errors import InvalidInputError

_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|d)")
_UNIT_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}


def seconds(length: str | None) -> float | None:
    """A length such as `30m`, in seconds; None for none.

    Raises:
        InvalidInputError: It is no length.

    >>> seconds("2h"), seconds("90s"), seconds(None)
    (7200.0, 90.0, None)
    """
    if length is None:
        return None
    found = _LENGTH.fullmatch(length)
    if found is None:
        raise InvalidInputError(f"{length!r} is no length of time", action="write it as 90s, 30m, 2h or 1d")
    return float(found[1]) * _UNIT_S[found[2]]
