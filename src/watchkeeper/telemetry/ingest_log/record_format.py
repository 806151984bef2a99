"""How a record stands in a segment of the ingest log: a head with its own checksum, then the payload."""

import struct
import zlib
from dataclasses import dataclass, field
from enum import IntEnum

MAGIC = b"WKi1"
HEAD = struct.Struct("<4sB3xQII")
"""Magic, kind, when it was received (ns), payload bytes, checksum of all these and the payload."""
MOST_PAYLOAD_BYTES = 256 * 1024 * 1024
"""A length beyond it is damage."""
_BARE = struct.Struct("<4sB3xQI")


class RecordKind(IntEnum):
    """What a payload is."""

    TRACES = 1
    """`ExportTraceServiceRequest`."""
    METRICS = 2
    LOGS = 3
    ROWS = 4
    """Rows of the JSON API, as JSON."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One record: one request."""

    kind: RecordKind
    received_ns: int
    payload: bytes = field(repr=False)
    offset: int = field(default=0, compare=False)
    """Where it begins in its segment, once it was read."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of a segment that is no record."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a stretch of bytes holds."""

    entries: list[LogEntry]
    damage: list[Damage]
    end: int
    """Bytes used, from the stretch's start; what follows is not whole yet."""


def head_of(entry: LogEntry) -> bytes:
    """What stands before the payload."""
    bare = _BARE.pack(MAGIC, entry.kind, entry.received_ns, len(entry.payload))
    return bare + zlib.crc32(entry.payload, zlib.crc32(bare)).to_bytes(4, "little")


def parse(data: bytes, *, offset: int = 0, finished: bool = False) -> Parsed:
    """The records in a stretch.

    Args:
        data: Bytes of a segment from where a record begins.
        offset: Where that is in the segment.
        finished: Whether nothing will follow: an unfinished record at the end is then damage.
    """
    entries: list[LogEntry] = []
    damage: list[Damage] = []
    at = 0
    while at < len(data):
        found = _entry_at(data, at, offset)
        if isinstance(found, LogEntry):
            entries.append(found)
            at += HEAD.size + len(found.payload)
            continue
        # Damage, or not whole yet; a whole record behind it tells which.
        following = _next_whole(data, at + 1)
        if following is not None:
            damage.append(Damage(offset + at, found))
            at = following
        elif finished:
            damage.append(Damage(offset + at, found))
            at = len(data)
        else:
            break
    return Parsed(entries, damage, at)


def whole_bytes(data: bytes) -> int:
    """How much of a segment is worth keeping: all to the end of its last whole record."""
    parsed = parse(data)
    return parsed.end


def _entry_at(data: bytes, at: int, offset: int = 0) -> LogEntry | str:
    """The record there, or why there is none."""
    if len(data) - at < HEAD.size:
        return "its head is cut off"
    magic, kind, received_ns, length, checksum = HEAD.unpack_from(data, at)
    if magic != MAGIC or length > MOST_PAYLOAD_BYTES:
        return "it does not begin as a record does"
    begins = at + HEAD.size
    payload = data[begins : begins + length]
    if len(payload) < length:
        return "it is cut off"
    if zlib.crc32(payload, zlib.crc32(data[at : at + _BARE.size])) != checksum:
        return "its checksum does not fit"
    try:
        return LogEntry(RecordKind(kind), received_ns, payload, offset + at)
    except ValueError:
        return f"kind {kind} is not known to this version"


def _next_whole(data: bytes, at: int) -> int | None:
    """Where the next whole record begins; None where there is none."""
    while (at := data.find(MAGIC, at)) >= 0:
        if isinstance(_entry_at(data, at), LogEntry):
            return at
        at += 1
    return None
