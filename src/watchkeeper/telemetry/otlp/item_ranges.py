"""Where in a request's bytes each of its items stands: the library tells what was read, and not where."""

from watchkeeper.telemetry.otlp.signals import PATH

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def item_ranges(body: bytes) -> list[tuple[int, int]] | None:
    """Begin and end of each span, metric or record, in the order the library has them.

    Args:
        body: A request that the library has read.

    Returns:
        The ranges; None where the bytes hold what this does not know, such as a group of the old format.
    """
    ranges = [(0, len(body))]
    for number in PATH:
        inner: list[tuple[int, int]] = []
        for begin, end in ranges:
            if not _find(body, begin, end, wanted=number, into=inner):
                return None
        ranges = inner
    return ranges


def _find(body: bytes, at: int, end: int, *, wanted: int, into: list[tuple[int, int]]) -> bool:
    """Find the fields of a number in one message; whether all of it was understood."""
    try:
        while at < end:
            key, at = _varint(body, at)
            wire = key & 7
            if wire == _BYTES:
                length, at = _varint(body, at)
                if key >> 3 == wanted:
                    into.append((at, at + length))
                at += length
            elif wire == _VARINT:
                _, at = _varint(body, at)
            elif wire == _FIXED64:
                at += 8
            elif wire == _FIXED32:
                at += 4
            else:
                return False
    except IndexError:
        return False
    return at == end


def _varint(body: bytes, at: int) -> tuple[int, int]:
    value = body[at]
    at += 1
    if value < 0x80:
        return value, at
    value &= 0x7F
    shift = 7
    while True:
        byte = body[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
