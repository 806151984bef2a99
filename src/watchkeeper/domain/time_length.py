"""Lengths of time as people write them: a number and the first letter of its unit."""

import re

UNITS_S = {"s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
HOW_TO_WRITE = "write it as 90s, 30m, 2h, 1d or 2w"
_LENGTH = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([smhdw])", re.ASCII)


def length_s(text: str) -> float | None:
    """A length such as `30m` or `1.5h`, in seconds; None where the text is none.

    >>> length_s("2h"), length_s("90s"), length_s("1.5d"), length_s("2 hours"), length_s("-1h")
    (7200.0, 90.0, 129600.0, None, None)
    """
    found = _LENGTH.fullmatch(text)
    return None if found is None else float(found[1]) * UNITS_S[found[2]]
