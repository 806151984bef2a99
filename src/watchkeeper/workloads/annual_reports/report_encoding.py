"""An opened report as compressed bytes and back, exactly as it was."""

import hashlib
import json
import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import zstandard

from watchkeeper.domain.page import Page, PagedDocument, PageSource, Word
from watchkeeper.workloads.annual_reports.reading import Section

ENCODING_VERSION = "1"
"""Raised whenever the bytes change their meaning; part of the cache's key."""

_MAGIC = b"WKSC"
_DIGEST_BYTES = 16
_LEVEL = 3
"""zstd's default: the higher levels take several times as long for a few percent."""
_MOST_BYTES = 1 << 30
"""A larger entry than 1 GiB cannot be one of ours."""


class BrokenEntryError(ValueError):
    """Bytes that are no report encoded here, or were damaged since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedReport:
    """What opening a report costs most to find out: its repaired pages and its sections."""

    document: PagedDocument
    sections: tuple[Section, ...]


def encode(report: CachedReport, *, made_at_s: float) -> bytes:
    """The report as bytes.

    Args:
        report: What to keep; places are kept to the last bit.
        made_at_s: Seconds since the epoch, given back by `decode`.
    """
    document = report.document
    head = {
        "made_at_s": made_at_s,
        "name": document.name,
        "sha256": document.sha256,
        "pages": [[p.number, p.width, p.height, p.source.value, p.text] for p in document.pages],
        "words": [[word.text for word in page.words] for page in document.pages],
        "sections": [[s.kind, s.title, s.first_page, s.last_page, s.confidence] for s in report.sections],
    }
    # Lone surrogates from a broken layer would not encode as UTF-8: JSON's escapes carry them.
    text = json.dumps(head, separators=(",", ":")).encode("ascii")
    places = array("d", _places(document))
    if sys.byteorder == "big":
        places.byteswap()
    packed = zstandard.ZstdCompressor(level=_LEVEL).compress(
        struct.pack("<Q", len(text)) + text + places.tobytes()
    )
    return _MAGIC + hashlib.blake2b(packed, digest_size=_DIGEST_BYTES).digest() + packed


def decode(data: bytes) -> tuple[CachedReport, float]:
    """The report and when it was made, in seconds since the epoch.

    Raises:
        BrokenEntryError: The bytes are torn, damaged or something else.
    """
    digest, packed = data[len(_MAGIC) : len(_MAGIC) + _DIGEST_BYTES], data[len(_MAGIC) + _DIGEST_BYTES :]
    whole = data.startswith(_MAGIC) and digest == hashlib.blake2b(packed, digest_size=_DIGEST_BYTES).digest()
    if not whole:
        raise BrokenEntryError("the entry is torn or was not written by this cache")
    try:
        raw = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_MOST_BYTES)
        length = struct.unpack_from("<Q", raw)[0]
        head = json.loads(raw[8 : 8 + length])
        places = array("d")
        places.frombytes(raw[8 + length :])
        if sys.byteorder == "big":
            places.byteswap()
        return _report(head, places), float(head["made_at_s"])
    except (zstandard.ZstdError, struct.error, ValueError, KeyError, TypeError, IndexError) as problem:
        raise BrokenEntryError(f"the entry cannot be read: {problem}") from problem


def _places(document: PagedDocument) -> Iterator[float]:
    for page in document.pages:
        for word in page.words:
            yield word.x0
            yield word.top
            yield word.x1
            yield word.bottom


def _report(head: dict[str, list[list[object]]], places: "array[float]") -> CachedReport:
    pages: list[Page] = []
    at = 0
    for (number, width, height, source, text), texts in zip(head["pages"], head["words"], strict=True):
        corners = places[at : at + 4 * len(texts)]
        at += 4 * len(texts)
        words = tuple(map(Word, texts, corners[::4], corners[1::4], corners[2::4], corners[3::4]))  # type: ignore[arg-type]  # the digest vouches for what was written
        pages.append(Page(number, width, height, words, text, PageSource(source)))  # type: ignore[arg-type]  # likewise
    fields = ("kind", "title", "first_page", "last_page", "confidence")
    sections = tuple(Section(**dict(zip(fields, row, strict=True))) for row in head["sections"])  # type: ignore[arg-type]  # likewise
    document = PagedDocument(str(head["name"]), str(head["sha256"]), tuple(pages))
    return CachedReport(document=document, sections=sections)
