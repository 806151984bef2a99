"""Run ids: `RUN_` or `RECOVERY_`, the epoch's seconds, and a counter when two share a second (GF-09)."""

import re
from collections.abc import Container
from datetime import datetime
from typing import Literal

from watchkeeper.domain.errors import InvalidInputError

RUN_ID = re.compile(r"^(RUN|RECOVERY)_\d{10}(_\d+)?$")


def new_run_id(
    now: datetime, *, taken: Container[str] = (), prefix: Literal["RUN", "RECOVERY"] = "RUN"
) -> str:
    """A run id no other run of `taken` has.

    >>> from datetime import UTC
    >>> new_run_id(datetime(2026, 1, 1, tzinfo=UTC), taken={"RUN_1767225600"})
    'RUN_1767225600_2'
    """
    base = f"{prefix}_{int(now.timestamp()):010d}"
    candidate, n = base, 1
    while candidate in taken:
        n += 1
        candidate = f"{base}_{n}"
    return candidate


def parse_run_id(text: str) -> str:
    """The run id, checked.

    Raises:
        InvalidInputError: It has another form.
    """
    if not RUN_ID.match(text):
        raise InvalidInputError(
            f"{text!r} is not a run id", action="use the id printed first by `wk run`, such as RUN_1767225600"
        )
    return text
