"""What a field of a body may be: anything else is unknown in a reply, and refused in a request."""

import re
from collections.abc import Mapping
from typing import Any

from watchkeeper.domain.errors import InvalidFieldError

_LABEL = re.compile(r"[\w.:/@+ -]{1,200}")
"""What a model's name or a finish reason may look like; anything else is not repeated in receipts."""
_MOST_TOKENS = 2**53
"""Beyond what every JSON reader counts exactly, and beyond any model: not a count of tokens."""


def count(found: object) -> int | None:
    """A whole number that is not negative; None for anything else, for it is not known then.

    >>> count(12), count(-1), count(1.5), count(True), count("3")
    (12, None, None, None, None)
    """
    return found if type(found) is int and 0 <= found <= _MOST_TOKENS else None


def label(found: object) -> str | None:
    """A short name as it is; None for anything that is not one."""
    return found if type(found) is str and _LABEL.fullmatch(found) else None


def word(found: object) -> str:
    """A string as it is; empty for anything else, so that it can be looked up."""
    return found if isinstance(found, str) else ""


def inner(found: object, name: str) -> object:
    """A field of an object that may not be one."""
    return found.get(name) if isinstance(found, dict) else None


def objects(found: object) -> list[dict[str, Any]]:
    """The objects of an array that may not be one."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def wrong_type(field: str, wanted: str, found: object) -> InvalidFieldError:
    """The error for a field of the wrong type; it names the type found and never repeats the value."""
    return InvalidFieldError(
        f"`{field}` must be {wanted}, not {json_type(found)}", field=field, action=f"correct `{field}`"
    )


def cannot_carry(field: str, why: str, *, to: str) -> InvalidFieldError:
    """The error for a part of a request that a target's dialect has no words for."""
    return InvalidFieldError(
        f"`{field}` cannot be carried to a target of the {to} dialect: {why}",
        field=field,
        action=f"leave `{field}` out, or name a target that speaks the dialect of the request",
    )


def json_type(found: object) -> str:
    """What JSON calls a value's type.

    >>> json_type(None), json_type([]), json_type(1)
    ('null', 'an array', 'a number')
    """
    if found is None:
        return "null"
    for kind, name in _NAMES:
        if isinstance(found, kind):
            return name
    return type(found).__name__


_NAMES: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (int, "a number"),
    (float, "a number"),
    (str, "a string"),
    (list, "an array"),
    (dict, "an object"),
)


def an_object(found: object, field: str) -> dict[str, Any]:
    """A field that must be an object.

    Raises:
        InvalidFieldError: It is not.
    """
    if not isinstance(found, dict):
        raise wrong_type(field, "an object", found)
    return found


def an_array(found: object, field: str) -> list[Any]:
    """A field that must be an array.

    Raises:
        InvalidFieldError: It is not.
    """
    if not isinstance(found, list):
        raise wrong_type(field, "an array", found)
    return found


def a_string(found: object, field: str) -> str:
    """A field that must be a string.

    Raises:
        InvalidFieldError: It is not.
    """
    if not isinstance(found, str):
        raise wrong_type(field, "a string", found)
    return found


def optional_flag(body: Mapping[str, Any], field: str) -> bool | None:
    """A boolean field that may be absent or null.

    Raises:
        InvalidFieldError: It is something else.
    """
    found = body.get(field)
    if found is not None and not isinstance(found, bool):
        raise wrong_type(field, "a boolean", found)
    return found


def optional_positive(body: Mapping[str, Any], field: str) -> int | None:
    """A whole number of at least 1, that may be absent or null.

    Raises:
        InvalidFieldError: It is something else.
    """
    found = body.get(field)
    if found is None:
        return None
    if type(found) is not int or not 1 <= found <= _MOST_TOKENS:
        what = "a whole number of at least 1"
        if type(found) is int or type(found) is float:
            raise InvalidFieldError(
                f"`{field}` must be {what}, not {found}", field=field, action=f"correct `{field}`"
            )
        raise wrong_type(field, what, found)
    return found


def optional_number(body: Mapping[str, Any], field: str) -> float | None:
    """A number that may be absent or null.

    Raises:
        InvalidFieldError: It is something else.
    """
    found = body.get(field)
    if found is not None and (isinstance(found, bool) or not isinstance(found, int | float)):
        raise wrong_type(field, "a number", found)
    return found
