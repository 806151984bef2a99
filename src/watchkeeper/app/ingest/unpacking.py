"""Unpacking a body within bounds: a small one may stand for a huge one."""

import zlib

from watchkeeper.app.ingest.refusals import TooLargeError, UnsupportedBodyError
from watchkeeper.domain.errors import InvalidInputError

_GZIP = 31
"""zlib's way of saying: a gzip stream, window of 32 KB."""


def unpacked(body: bytes, encoding: str, *, most_bytes: int) -> bytes:
    """A body as it was before it was packed.

    Args:
        body: As it came.
        encoding: Its `content-encoding`; empty for none.
        most_bytes: The longest that is unpacked.

    Raises:
        TooLargeError: It is longer than that.
        UnsupportedBodyError: It is packed in another way than gzip.
        InvalidInputError: It is no gzip stream, or a cut one.
    """
    if encoding in ("", "identity"):
        return body
    if encoding != "gzip":
        raise UnsupportedBodyError(
            f"content-encoding {encoding!r} is not taken", action="send gzip or nothing"
        )
    whole = bytearray()
    rest = body
    while rest:
        unpacking = zlib.decompressobj(_GZIP)
        try:
            whole += unpacking.decompress(rest, most_bytes - len(whole) + 1)
        except zlib.error as wrong:
            raise InvalidInputError(f"the body is no gzip stream: {wrong}", action="send it again") from None
        if len(whole) > most_bytes:
            raise TooLargeError(
                f"the body unpacks to more than {most_bytes:,} bytes",
                action="send fewer items a request, or raise `ingest.max_body_bytes`",
            )
        if not unpacking.eof:
            raise InvalidInputError("the body's gzip stream is cut off", action="send it again")
        rest = unpacking.unused_data
    return bytes(whole)
