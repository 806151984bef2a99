"""A look at bytes as they are kept: most of what does not match a query is told without reading it as text.

Reading a piece as a search sees it (JSON undone, accents composed, case folded) costs ten times as much.
"""

import re
from itertools import chain

from watchkeeper.telemetry.text_query import TextQuery

_FOLDING_TO_ASCII = tuple(
    chr(code).encode()
    for code in chain(
        (0xDF, 0x130, 0x149, 0x17F, 0x1F0),
        range(0x1E96, 0x1E9B),
        (0x1E9E, 0x212A),
        range(0xFB00, 0xFB07),
    )
)
"""All letters beyond ASCII that fold to one of it, such as ß and the Kelvin sign; a test compares."""
_ESCAPED = re.compile(rb"\\[^u]")
_ASCII_RUN = re.compile(r"[a-z0-9]+", re.ASCII)


class RawMatch:
    """What the bytes of a piece that matches a query must have in them."""

    def __init__(self, query: TextQuery) -> None:
        self._patterns = [re.compile(pattern) for phrase in query.phrases for pattern in _patterns(phrase)]

    def may_match(self, data: bytes) -> bool:
        """Whether a piece among these bytes could match; False is certain, True is not."""
        if not data.isascii() and any(letter in data for letter in _FOLDING_TO_ASCII):
            return True
        low = data.lower()
        if b"\\" in low:
            if b"\\u" in low:
                return True
            # In JSON an escape is no word; in other text a backslash is itself.
            low = low + b"\n" + _ESCAPED.sub(b"  ", low)
        return all(pattern.search(low) for pattern in self._patterns)


def _patterns(phrase: tuple[str, ...]) -> list[bytes]:
    """What is looked for of a phrase; of letters beyond ASCII, only what stands between them."""
    if all(word.isascii() for word in phrase):
        return [b"[^a-z0-9]+".join(word.encode() for word in phrase)]
    runs = (max(_ASCII_RUN.findall(word), key=len, default="") for word in phrase)
    return [run.encode() for run in runs if run]
