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
