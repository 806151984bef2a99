"""Binary event streams of Amazon Bedrock.

Source:
    AWS SDK developer documentation, "Event stream encoding": a message is its total length, its headers'
    length and a CRC of both (4 bytes each, big-endian), the headers, the payload and a CRC of it all.
"""

import zlib
from collections.abc import Iterator

_PRELUDE_BYTES = 12
_CRC_BYTES = 4
_STRING = 7
_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Bytes of each kind of header value but byte arrays (6) and strings (7), which say their length."""


def begins_as_stream(data: bytes) -> bool:
    """Whether the first message's lengths fit their checksum.

    >>> begins_as_stream(b"RIFF, a sound, and no stream")
    False
    """
    return len(data) >= _PRELUDE_BYTES and zlib.crc32(data[:8]) == int.from_bytes(data[8:12], "big")


def messages(data: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
    """The headers (text ones) and payload of each whole message; a torn last one ends the stream.

    Raises:
        ValueError: A checksum does not fit: the bytes are damaged, or are no such stream.
    """
    at = 0
    while at + _PRELUDE_BYTES + _CRC_BYTES <= len(data):
        total = int.from_bytes(data[at : at + 4], "big")
        headers_end = at + _PRELUDE_BYTES + int.from_bytes(data[at + 4 : at + 8], "big")
        _check(data[at : at + 8], data[at + 8 : at + 12])
        if at + total > len(data):
            return
        payload_end = at + total - _CRC_BYTES
        _check(data[at:payload_end], data[payload_end : at + total])
        yield _headers(data[at + _PRELUDE_BYTES : headers_end]), data[headers_end:payload_end]
        at += total


def _check(data: bytes, crc: bytes) -> None:
    if zlib.crc32(data) != int.from_bytes(crc, "big"):
        raise ValueError("a checksum of the event stream does not fit")


def _headers(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(data):
        name_end = at + 1 + data[at]
        name, kind = data[at + 1 : name_end].decode(), data[name_end]
        at = name_end + 1
        if kind not in _SIZES:
            length = int.from_bytes(data[at : at + 2], "big")
            at += 2
        else:
            length = _SIZES[kind]
        if kind == _STRING:
            found[name] = data[at : at + length].decode()
        at += length
    return found
