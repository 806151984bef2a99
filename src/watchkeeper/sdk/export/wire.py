"""Protobuf's wire form, written by hand where it is written often.

Building a message object for each attribute takes the exporting thread 40 µs a span, which the application's
threads wait for (one interpreter lock); the bytes themselves take 6. Tests decode them with the real classes.
"""

import struct
from collections.abc import Sequence

_SHORT = [bytes((length,)) for length in range(128)]
_FIXED = struct.Struct("<Q")
_DOUBLE = struct.Struct("<d")
_WORD = 1 << 64
_INT64 = 1 << 63


def varint(value: int) -> bytes:
    """A whole number; a negative one as 64 bits in two's complement.

    >>> varint(1).hex(), varint(300).hex(), len(varint(-1))
    ('01', 'ac02', 10)
    """
    if 0 <= value < 128:
        return _SHORT[value]
    value %= _WORD
    written = bytearray()
    while value > 127:
        written.append(value & 127 | 128)
        value >>= 7
    written.append(value)
    return bytes(written)


def field(number: int, content: bytes) -> bytes:
    """A field of bytes, text or a message, below number 16."""
    return _SHORT[number << 3 | 2] + varint(len(content)) + content


def number_field(number: int, value: int) -> bytes:
    """A field of a whole number, below number 16."""
    return _SHORT[number << 3] + varint(value)


def fixed_field(number: int, value: int) -> bytes:
    """A field of 64 bits, below number 16."""
    return _SHORT[number << 3 | 1] + _FIXED.pack(value)


def text(value: str) -> bytes:
    """UTF-8; what it cannot carry is replaced."""
    return value.encode("utf-8", "replace")


def key_value(key: str, value: object) -> bytes:
    """An OTLP `KeyValue`, without its own tag and length."""
    return field(1, text(key)) + field(2, any_value(value))


def any_value(value: object) -> bytes:
    """An OTLP `AnyValue`."""
    if isinstance(value, str):
        return field(1, text(value))
    if isinstance(value, bool):
        return b"\x10\x01" if value else b"\x10\x00"
    if isinstance(value, int):
        return number_field(3, value) if -_INT64 <= value < _INT64 else field(1, text(str(value)))
    if isinstance(value, float):
        return b"\x21" + _DOUBLE.pack(value)
    if isinstance(value, Sequence):
        return field(5, b"".join(field(1, any_value(item)) for item in value))
    return field(1, text(str(value)))
