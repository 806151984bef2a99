"""A streamed reply on its way to the client, whichever target its pieces come from."""

from collections.abc import Callable, Sequence
from functools import partial

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.gateway.answer_cache import StreamRecording
from watchkeeper.gateway.dialects import (
    Dialect,
    SseEvent,
    SseReader,
    StreamTranslator,
    stream_error_event,
)
from watchkeeper.gateway.ports import ReplySink
from watchkeeper.gateway.relay.attempted import Attempted
from watchkeeper.gateway.relay.continuation import Seam, id_of

EVENT_STREAM = "text/event-stream; charset=utf-8"
MOST_KEPT_BYTES = 1_000_000
"""Of one stream in the cache."""


class StreamDelivery:
    """The client's side of a stream."""

    def __init__(
        self, sink: ReplySink, dialect: Dialect, *, tells_usage: bool, created_s: int, keeps: bool
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            sink: Where the reply goes.
            dialect: The client's.
            tells_usage: Whether the client asked to be told the usage.
            created_s: When the reply is begun, in seconds since the epoch.
            keeps: Whether what is sent is kept, for the cache.
        """
        self.started = False
        self._recording = StreamRecording(most_bytes=MOST_KEPT_BYTES) if keeps else None
        self._sink = sink
        self.pass_on: Callable[[bytes], bool] = (
            sink.write if self._recording is None else partial(_recorded, self._recording, sink)
        )
        """Passes on whole events as they came; whether the client takes more at once."""
        self._dialect = dialect
        self.tells_usage = tells_usage
        """Whether the client is to see the usage it did not ask for."""
        self._translator: StreamTranslator | None = None
        self._from: Attempted | None = None
        self._created_s = created_s
        self._sent = False
        self._seam: Seam | None = None
        self._first_id: str | None = None

    def take(self, made: Attempted, events: Sequence[SseEvent]) -> bool:
        """Pass on events of an attempt's stream; whether the client takes more at once."""
        if made is not self._from:
            self._turn_to(made)
        if self._translator is not None:
            piece = b"".join([self._translator.take(event) for event in events])
        else:
            piece = events[0].raw if len(events) == 1 else b"".join([event.raw for event in events])
        if self._seam is not None:
            piece = self._seam.sewn(SseReader().feed(piece))
        elif not self._sent and piece:
            self._first_id = id_of(piece)
        return self._send(piece)

    def goes_verbatim(self, made: Attempted) -> bool:
        """Whether events of an attempt go on as they came: it has begun, nothing is translated or sewn."""
        return made is self._from and self._translator is None and self._seam is None

    async def room(self) -> None:
        """Wait until the client takes more, or has hung up."""
        await self._sink.room()

    def shows(self, source: Dialect) -> bool:
        """Whether a usage chunk of a stream goes into what the client sees, or into its translation."""
        return self.tells_usage or source is not self._dialect

    def fail(self, error: WatchkeeperError) -> None:
        """Tell a client whose reply has begun that it will not be whole."""
        self._send(stream_error_event(self._dialect, error))

    def end(self, last_words: bytes) -> None:
        """End the reply with a comment of ours."""
        self._sink.end(last_words)

    def kept_chunks(self) -> tuple[bytes, ...] | None:
        """What was sent, for the cache; None where it is not kept, or is too long to be."""
        return None if self._recording is None else self._recording.chunks()

    def _turn_to(self, made: Attempted) -> None:
        self._from = made
        source = Dialect(made.target.dialect)
        self._translator = (
            None
            if source is self._dialect
            else StreamTranslator(
                source,
                self._dialect,
                asked_model=made.asked_model,
                created_s=self._created_s,
                include_usage=self.tells_usage,
            )
        )
        if self.started:
            self._seam = Seam(self._dialect, self._first_id)
        else:
            self.started = True
            self._sink.start(200, {"content-type": EVENT_STREAM, "x-watchkeeper-receipt": made.receipt_id})

    def _send(self, piece: bytes) -> bool:
        if not piece:
            return True
        self._sent = True
        return self.pass_on(piece)


def _recorded(recording: StreamRecording, sink: ReplySink, piece: bytes) -> bool:
    recording.add(piece)
    return sink.write(piece)
