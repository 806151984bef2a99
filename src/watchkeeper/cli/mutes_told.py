"""Silences and maintenance windows for people, and lengths of time as people write them."""

import re
from typing import Any

from watchkeeper.cli.printing import print_line, print_table
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


def mutes_table(found: list[dict[str, Any]], *, none: str) -> None:
    """Print a list of them."""
    if not found:
        print_line(none)
        return
    print_table(
        ["state", "what", "from", "until", "by", "reason", "id"],
        [
            [
                one["state"] + (f", ended by {one['ended_by']}" if one["ended_by"] else ""),
                " ".join(f"{name}={pattern}" for name, pattern in one["match"].items()),
                one["begins_at"],
                one["until"],
                one["by"],
                one["reason"],
                one["id"],
            ]
            for one in found
        ],
    )
