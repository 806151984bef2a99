"""Lengths of time of options."""

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.time_length import HOW_TO_WRITE, length_s


def seconds(length: str | None) -> float | None:
    """A length such as `30m`, in seconds; None for none.

    Raises:
        InvalidInputError: It is no length.

    >>> seconds("2h"), seconds(None)
    (7200.0, None)
    """
    found = None if length is None else length_s(length)
    if length is not None and found is None:
        raise InvalidInputError(f"{length!r:.80} is no length of time", action=HOW_TO_WRITE)
    return found
