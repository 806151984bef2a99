"""Content on its way from a gateway's worker to the process that keeps it.

Compressing and syncing a prompt costs more than relaying it. So a worker only redacts it, names it by its
hash, and hands it down a pipe; it never waits. What does not fit is dropped and counted (law 7): the
call's receipt then names content that is not there.
"""

import asyncio
import hashlib
import struct
from collections.abc import Callable, Iterator
from queue import Queue
from threading import Thread
from time import sleep
from typing import BinaryIO, Protocol

from watchkeeper.telemetry.content_ports import Piece
from watchkeeper.telemetry.redaction import redacted_content

MOST_WAITING_BYTES = 4 * 1024 * 1024
"""In a worker's memory, on its way to the keeper: a few seconds of a busy gateway."""
_FRAME = struct.Struct(">II")
"""Before each piece: the bytes of its label, and of itself."""
_PARTS_OF_A_PIECE = 3
_MOST_TOGETHER = 256
_BATCH_BYTES = 1024 * 1024
_MOMENT_S = 0.2
"""What the keeper waits for more before it writes: it can be read within half a second."""
_TOGETHER_S = 0.02
"""Pieces go down the pipe together, as every write costs as much as relaying a tenth of a call."""


class Pipe(Protocol):
    """The writing end, as asyncio gives it."""

    def write(self, data: bytes, /) -> None:
        """Send, now or when there is room."""
        ...

    def get_write_buffer_size(self) -> int:
        """Bytes that wait for room."""
        ...

    def is_closing(self) -> bool:
        """Whether the other end is gone."""
        ...


class PipedContent:
    """A `ContentSink` that hands content to the keeper; for one event loop."""

    def __init__(self, pipe: Pipe, *, opted_out: frozenset[str], dropped: Callable[[], None]) -> None:
        """Send down a pipe.

        Args:
            pipe: To the keeper.
            opted_out: Workloads whose content is never kept.
            dropped: Counts a piece that did not fit.
        """
        self._pipe = pipe
        self._opted_out = opted_out
        self._together: list[bytes] = []
        self._together_bytes = 0
        self._dropped = dropped

    def turn_to(self, pipe: Pipe) -> None:
        """Send down another pipe from now on; what waits in the old one stays there."""
        self.flush()
        self._pipe = pipe

    def put(self, workload: str, data: bytes, media_type: str) -> str:
        """The hash the content is kept under, whether or not there was room to keep it."""
        kept = redacted_content(data, media_type)
        sha256 = hashlib.sha256(kept).hexdigest()
        if workload not in self._opted_out:
            self._hand_over(workload, kept, media_type)
        return sha256

    def _hand_over(self, workload: str, kept: bytes, media_type: str) -> None:
        waiting = self._pipe.get_write_buffer_size() + self._together_bytes
        if self._pipe.is_closing() or waiting + len(kept) > MOST_WAITING_BYTES:
            self._dropped()
            return
        label = f"{workload}\n{media_type}".encode()
        self._together += (_FRAME.pack(len(label), len(kept)), label, kept)
        self._together_bytes += len(kept) + len(label) + _FRAME.size
        if len(self._together) == _PARTS_OF_A_PIECE:
            asyncio.get_running_loop().call_later(_TOGETHER_S, self.flush)

    def flush(self) -> None:
        """Send what was put together."""
        if self._together and not self._pipe.is_closing():
            self._pipe.write(b"".join(self._together))
        self._together.clear()
        self._together_bytes = 0


def pieces_of(pipe: BinaryIO) -> Iterator[tuple[str, bytes, str]]:
    """The pieces that come down a pipe: workload, bytes, media type; ends with the pipe.

    A piece that a killed worker had half written is left out.
    """
    while len(head := pipe.read(_FRAME.size)) == _FRAME.size:
        label_bytes, data_bytes = _FRAME.unpack(head)
        label, data = pipe.read(label_bytes), pipe.read(data_bytes)
        if len(label) < label_bytes or len(data) < data_bytes:
            return
        workload, _, media_type = label.decode().rpartition("\n")
        yield workload, data, media_type


def batches_of(pipe: BinaryIO) -> Iterator[list[Piece]]:
    """The pieces that come down a pipe, those of a moment together; ends with the pipe.

    Pieces put together take a fraction of the work and of the room. None waits longer than a moment.
    """
    come: Queue[Piece | None] = Queue(maxsize=_MOST_TOGETHER)
    Thread(target=_read_on, args=(pipe, come), name="pipe", daemon=True).start()
    while (piece := come.get()) is not None:
        pieces, room = [piece], _BATCH_BYTES - len(piece.data)
        if come.empty():
            sleep(_MOMENT_S)
        while room > 0 and not come.empty():
            piece = come.get()
            if piece is None:
                yield pieces
                return
            pieces.append(piece)
            room -= len(piece.data)
        yield pieces


def _read_on(pipe: BinaryIO, come: "Queue[Piece | None]") -> None:
    for workload, data, media_type in pieces_of(pipe):
        come.put(Piece(workload, data, media_type))
    come.put(None)
