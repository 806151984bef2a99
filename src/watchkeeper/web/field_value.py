"""Values of an address as a form's fields take them: a browser complains of others in its console."""

import re

_FITTING = {
    "month": re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII),
    "number": re.compile(r"-?\d+(\.\d+)?", re.ASCII),
    "datetime-local": re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?", re.ASCII),
}


def fitting(kind: str, value: str) -> str:
    """The value, or nothing where a field of that kind cannot show it; what asks the API tells what is wrong.

    >>> fitting("month", "2026-11"), fitting("month", "soon"), fitting("text", "soon")
    ('2026-11', '', 'soon')
    """
    pattern = _FITTING.get(kind)
    return value if pattern is None or pattern.fullmatch(value) else ""


def whole_number(value: str) -> int:
    """A place in a list as an address says it; what is none is the beginning.

    >>> whole_number("25"), whole_number(""), whole_number("-3"), whole_number("soon")
    (25, 0, 0, 0)
    """
    return int(value) if _PLACE.fullmatch(value) else 0


_PLACE = re.compile(r"\d{1,9}", re.ASCII)
