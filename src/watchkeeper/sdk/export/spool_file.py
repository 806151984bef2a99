"""A file of the spool: batches of a lane, each framed by length and checksum, so that a torn end is known."""

import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

_FRAME = struct.Struct("<II")
FRAME_BYTES = _FRAME.size


def frame_of(payload: bytes) -> bytes:
    """A batch, compressed and framed."""
    packed = zlib.compress(payload, 1)
    return _FRAME.pack(len(packed), zlib.crc32(packed)) + packed


def append(path: Path, frame: bytes, *, fsync: bool) -> None:
    """Add a frame at the end, making the file when it is not there.

    Raises:
        OSError: It could not be written; what was written of it is cut off again where that can be done.
    """
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        before = os.fstat(file).st_size
        try:
            whole = memoryview(frame)
            while whole:
                whole = whole[os.write(file, whole) :]
        except OSError:
            os.ftruncate(file, before)
            raise
        if fsync:
            os.fsync(file)
    finally:
        os.close(file)


def payloads_in(content: bytes) -> Iterator[bytes]:
    """The batches of a file, in order, up to a torn or damaged one."""
    at = 0
    while at + FRAME_BYTES <= len(content):
        size, checksum = _FRAME.unpack_from(content, at)
        packed = content[at + FRAME_BYTES : at + FRAME_BYTES + size]
        if len(packed) != size or zlib.crc32(packed) != checksum:
            return
        yield zlib.decompress(packed)
        at += FRAME_BYTES + size


def whole_bytes(content: bytes) -> int:
    """How much of a file is whole frames."""
    at = 0
    while at + FRAME_BYTES <= len(content):
        size, checksum = _FRAME.unpack_from(content, at)
        packed = content[at + FRAME_BYTES : at + FRAME_BYTES + size]
        if len(packed) != size or zlib.crc32(packed) != checksum:
            break
        at += FRAME_BYTES + size
    return at
