"""When two values are the same: numbers within a tolerance, text by what it names."""

import math
import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal, InvalidOperation

TOLERANCE = 0.01
"""Relative difference below which two numbers are the same: 1 %, strictly (GF-54, decision X8)."""

_GROUPED_NUMBER = re.compile(r"^[-−–]?\d{1,3}(?:[ \u00a0\u202f.,]\d{3})+$|^[-−–]?\d+(?:[.,]\d+)?$")
_NOT_TEXT = re.compile(r"[^\w]+", re.UNICODE)


def as_number(value: object) -> float | None:
    """The finite number a value stands for, also when it is printed with grouped digits; None for the rest.

    Text is none, and neither is what no float holds (an infinity, an integer of 400 digits): nothing is
    within a share of it.

    >>> as_number("301 339 818") == as_number("301,339,818") == 301339818.0
    True
    >>> as_number("769606-2533") is None
    True
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float | Decimal):
        return _finite(value)
    text = str(value).strip()
    if not _GROUPED_NUMBER.match(text):
        return None
    text = text.replace("−", "-").replace("–", "-")
    grouped = re.fullmatch(r"-?\d{1,3}(?:[ \u00a0\u202f.,]\d{3})+", text) is not None
    plain = re.sub(r"[ \u00a0\u202f.,]", "", text) if grouped else text.replace(",", ".")
    try:
        return _finite(Decimal(plain))
    except InvalidOperation:
        return None


def _finite(value: int | float | Decimal) -> float | None:
    try:
        number = float(value)
    except (OverflowError, ValueError):  # an integer of too many digits; a signalling NaN
        return None
    return number if math.isfinite(number) else None


def within(got: float, expected: float, *, tolerance: float = TOLERANCE) -> bool:
    """Whether the relative difference is strictly below the tolerance.

    >>> within(100.99, 100.0), within(101.0, 100.0), within(0, 0)
    (True, False, True)
    """
    # The products of decimal literals keep 1.00 % exactly on the line; binary floats do not.
    difference = abs(Decimal(str(got)) - Decimal(str(expected)))
    if expected == 0:
        return difference == 0
    return difference < Decimal(str(tolerance)) * abs(Decimal(str(expected)))


def normal_name(text: str, *, ignored: Collection[str] = ()) -> str:
    """A name without case, punctuation and the words that name nothing (legal forms).

    >>> normal_name("Brf Solbacken", ignored={"brf"}) == normal_name("SOLBACKEN")
    True
    """
    folded = unicodedata.normalize("NFC", text).casefold()
    words = [word for word in _NOT_TEXT.split(folded) if word]
    kept = [word for word in words if word not in ignored]
    return " ".join(kept or words)


def same_value(one: object, other: object, *, ignored: Collection[str] = ()) -> bool:
    """Whether two answers say the same; None is the same as nothing but None."""
    if one is None or other is None:
        return one is None and other is None
    if type(one) is type(other) and isinstance(one, str | int) and one == other:
        return True  # most answers are, and telling so costs nothing
    a, b = as_number(one), as_number(other)
    if a is not None and b is not None:
        return within(a, b) and within(b, a)
    if (a is None) != (b is None):
        return False
    if isinstance(one, str) and isinstance(other, str):
        return normal_name(one, ignored=ignored) == normal_name(other, ignored=ignored)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(
            same_value(x, y, ignored=ignored) for x, y in zip(one, other, strict=True)
        )
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            same_value(one[key], other[key], ignored=ignored) for key in one
        )
    return one == other
