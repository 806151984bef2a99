"""Where among many texts a rule of redaction could touch one: `redaction_need`, asked of a whole request.

A request of a hundred spans is a quarter of a megabyte, and each search of it by pattern costs half of what
reading it does. Here each pattern starts from one rare byte, all places of which are found at memory speed;
the bytes around them are looked at together, and a pattern is tried only where those fit.
"""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from watchkeeper.telemetry.redaction_need import ADDRESS, DASHED, HIDDEN, UNDERSCORED

MOST_TRIED = 4096
"""Places of one stretch; where there are more, the message is better gone through."""
_STRETCH = 1 << 18
"""Bytes looked at together: they stay in the processor's memory, and places take eight bytes each."""
_NUMBER = re.compile(
    rb"[0-9]{4}(?:[0-9]{6}|[0-9]{2}[-+][0-9]{4}|[ +-][0-9]{4}(?:[ +-][0-9]{4}|[0-9]{2}[ +-][0-9]{5}))"
)
"""As `redaction_need` has it, of digits themselves."""
_CAPITALS = re.compile(rb"A(?:Iza|KIA|SIA)")

_DASH = ord("-")
Bytes = NDArray[np.uint8]
Places = NDArray[np.intp]


def _pairs(*held: str) -> NDArray[np.bool_]:
    """Which two bytes are among these."""
    found = np.zeros(1 << 16, dtype=np.bool_)
    for pair in held:
        found[ord(pair[0]) << 8 | ord(pair[1])] = True
    return found


_AFTER_A = np.isin(np.arange(256), [ord(letter) for letter in "IKS"])
_BEFORE_DASH = _pairs("sk", "wk", "at", "ai", "lx", *(f"x{letter}" for letter in "abeoprs"))
_BEFORE_UNDERSCORE = _pairs("ve", "st", "at", "hf", "sk", "r8", *(f"h{letter}" for letter in "pours"))


def places_of_need(data: bytes) -> list[int] | None:
    """Where a rule could touch the bytes: a place within each such thing. That there is none is certain.

    Args:
        data: Texts one after another, with anything in between: a message as it is sent.

    Returns:
        The places; None where so much looks like it that all of it should be gone through.

    >>> places_of_need(b"one sk-proj ... write to anna.ek@example.se")
    [32]
    """
    whole: Bytes = np.frombuffer(data, np.uint8)
    places: list[int] = []
    for begins in range(0, len(data), _STRETCH):
        stretch = whole[begins : begins + _STRETCH]
        for pattern, found in _likely(whole, stretch, begins):
            if len(found) > MOST_TRIED:
                return None
            tried = found.tolist()
            places += tried if pattern is None else [at for at in tried if pattern.match(data, at)]
    return places


def _likely(whole: Bytes, stretch: Bytes, begins: int) -> Iterator[tuple[re.Pattern[bytes] | None, Places]]:
    """Places in a stretch where a pattern may match, with the pattern to try; None where it is certain."""
    # To find places costs more than to compare: those of four bytes are found together, then told apart.
    marks = (stretch == _DASH) | (stretch == ord("_")) | (stretch == ord("@")) | (stretch == ord("A"))
    places = np.flatnonzero(marks) + begins
    held, after = whole[places], _at(whole, places, 1)
    before = (_at(whole, places, -2).astype(np.uint16) << 8) | _at(whole, places, -1)
    fits = _BEFORE_DASH[before] | ((after == _DASH) & (_at(whole, places, 5) == ord("B")))
    yield DASHED, places[(held == _DASH) & fits]
    yield UNDERSCORED, places[(held == ord("_")) & _BEFORE_UNDERSCORE[before]]
    yield ADDRESS, places[held == ord("@")]
    yield _CAPITALS, places[(held == ord("A")) & _AFTER_A[after]]
    beyond = whole[begins : begins + _STRETCH + 5]
    yield None, np.flatnonzero((beyond[2:] == ord("J")) & (beyond[1:-1] == ord("y"))) + begins
    yield HIDDEN, np.flatnonzero((beyond[1:] == ord("u")) & (beyond[:-1] == ord("\\"))) + begins
    small = beyond | 32
    bearers = np.flatnonzero((small[:-5] == ord("b")) & (small[5:] == ord("r"))) + begins
    for offset, letter in enumerate("eare", start=1):
        bearers = bearers[(_at(whole, bearers, offset) | 32) == ord(letter)]
    yield None, bearers
    yield _NUMBER, _numbers(whole, whole[begins : begins + _STRETCH + 3], begins)


def _numbers(whole: Bytes, stretch: Bytes, begins: int) -> Places:
    """Where four digits are followed as those of a number are: three of the next five are digits, too."""
    two = (is_digit := _is_digit(stretch))[1:] & is_digit[:-1]
    places = np.flatnonzero(two[2:] & two[:-2]) + begins
    for offset in (5, 7, 8):
        places = places[_is_digit(_at(whole, places, offset))]
    return places


def _is_digit(held: Bytes) -> NDArray[np.bool_]:
    return (held - ord("0")) < 10


def _at(whole: Bytes, places: Places, offset: int) -> Bytes:
    """The bytes that far from each place; beyond the ends, the last there is."""
    return whole.take(places + offset, mode="clip")
