"""Server-sent events out of bytes that arrive cut anywhere."""

from typing import NamedTuple

import orjson

from watchkeeper.gateway.dialects.reply_facts import malformed

MOST_EVENT_BYTES = 16 * 1024 * 1024
"""Far beyond any event a model sends, images included; a server that sends more is not trusted."""
DONE = b"[DONE]"
"""Data of the event that ends an OpenAI stream."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class SseEvent(NamedTuple):
    """One event; a named tuple, as one is made for every token and this is the cheapest immutable."""

    name: str
    """Its `event` field; empty when it has none."""
    data: bytes
    """Its `data` lines, joined by line feeds."""
    raw: bytes
    """The event to send on: as received, with line ends made line feeds, and its empty line."""


class SseReader:
    """Takes bytes as they come and gives whole events, the same however the bytes were cut.

    Line ends may be LF, CRLF or CR. Comments, ids, retry times and events without data are passed
    over, as the standard has it.

    Source:
        WHATWG HTML, "Server-sent events", section 9.2.6 (interpreting an event stream).

    >>> reader = SseReader()
    >>> reader.feed(b"data: a"), [event.data for event in reader.feed(b"b" + bytes([10, 10]))]
    ([], [b'ab'])
    """

    __slots__ = ("_held", "_most_event_bytes", "_searched", "_started")

    def __init__(self, *, most_event_bytes: int = MOST_EVENT_BYTES) -> None:
        self._held = bytearray()
        self._searched = 0
        """Bytes of `_held` already known to hold no empty line."""
        self._started = False
        self._most_event_bytes = most_event_bytes

    def feed(self, data: bytes) -> list[SseEvent]:
        """The events that these bytes complete.

        Raises:
            MalformedReplyError: An event is longer than allowed.
        """
        held = self._held
        if not held and data.endswith(b"\n\n") and b"\r" not in data:
            return self._events(data[:-2].split(b"\n\n"))
        held += data
        if b"\r" in held:
            self._mend_line_ends()
        end = held.rfind(b"\n\n", max(0, self._searched - 1))
        if end < 0:
            self._searched = len(held)
            self._check_length(len(held))
            return []
        whole = bytes(held[:end])
        del held[: end + 2]
        self._searched = len(held)
        self._check_length(len(held))
        return self._events(whole.split(b"\n\n"))

    @property
    def is_between_events(self) -> bool:
        """Whether all bytes so far belong to events that were given, and some were."""
        return self._started and not self._held

    def finish(self) -> list[SseEvent]:
        """The last event, where the bytes ended before its empty line; a torn one is dropped.

        Whether it is torn is told by its data: JSON, or the end mark, is whole.
        """
        held = bytes(self._held).replace(b"\r", b"\n")
        self._held.clear()
        self._searched = 0
        *ended, rest = held.split(b"\n\n")  # a CR that waited may have ended an event after all
        whole = self._events(ended)
        return whole + [event for event in self._events([rest]) if _is_whole(event.data)]

    def _events(self, blocks: list[bytes]) -> list[SseEvent]:
        if not self._started and blocks:
            blocks[0] = blocks[0].removeprefix(_BYTE_ORDER_MARK)
            self._started = True
        events = []
        most = self._most_event_bytes
        for block in blocks:
            if len(block) > most:
                self._check_length(len(block))
            if block.startswith(b"data: ") and b"\n" not in block:
                events.append(SseEvent("", block[6:], block + b"\n\n"))
                continue
            event = _event(block)
            if event is not None:
                events.append(event)
        return events

    def _mend_line_ends(self) -> None:
        """Make every line end a line feed; a last CR waits, for a line feed may follow."""
        held = self._held
        waiting = held.endswith(b"\r")
        if waiting:
            del held[-1:]
        if b"\r" in held:
            held[:] = held.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            self._searched = 0
        if waiting:
            held += b"\r"

    def _check_length(self, length: int) -> None:
        if length > self._most_event_bytes:
            raise malformed(f"an event of its stream is longer than {self._most_event_bytes} bytes")


def _event(block: bytes) -> SseEvent | None:
    name = b""
    data: list[bytes] = []
    for line in block.split(b"\n"):
        field, _, value = line.partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" "))
        elif field == b"event":
            name = value.removeprefix(b" ")
    if not data:
        return None
    return SseEvent(name.decode("utf-8", "replace"), b"\n".join(data), block.strip(b"\n") + b"\n\n")


def _is_whole(data: bytes) -> bool:
    if data.strip() == DONE:
        return True
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError:
        return False
    return True
