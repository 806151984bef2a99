"""What HTTP and gRPC have in common: a request in, on disk, answered."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from watchkeeper.app.ingest.figures import IngestFigures
from watchkeeper.app.ingest.refusals import BusyError, TooLargeError
from watchkeeper.app.ingest.unpacking import unpacked
from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import StorageFullError
from watchkeeper.telemetry.ingest_log.ports import LogSink
from watchkeeper.telemetry.ingest_log.record_format import LogEntry, RecordKind
from watchkeeper.telemetry.logged_rows import redacted_rows
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.otlp.requests import answer, take_request
from watchkeeper.telemetry.otlp.signals import Signal

_KINDS = {"traces": RecordKind.TRACES, "metrics": RecordKind.METRICS, "logs": RecordKind.LOGS}
_MOMENT_S = 1
"""How long a sender waits while memory is full: it empties with the next sync."""
_WHILE_S = 10
"""How long a sender waits while the disk's share is full: it empties as the server loads."""


class Door:
    """Takes requests for one log; for one event loop."""

    def __init__(
        self,
        log: LogSink,
        figures: IngestFigures,
        clock: Clock,
        *,
        max_body_bytes: int,
        max_in_flight_bytes: int,
        max_log_bytes: int,
    ) -> None:
        self.max_body_bytes = max_body_bytes
        self.in_flight_bytes = 0
        self.log_bytes = 0
        """What the log takes up: counted by `look_at_log`, and on from there."""
        self.problem: str | None = None
        """Why nothing can be made to last; None while it can."""
        self.stopping = False
        self._log = log
        self._figures = figures
        self._clock = clock
        self._max_in_flight_bytes = max_in_flight_bytes
        self._max_log_bytes = max_log_bytes

    @contextmanager
    def room(self, size: int) -> Iterator[None]:
        """Room in memory for this many bytes, for as long as the block takes.

        Raises:
            TooLargeError: No request may be so long.
            BusyError: There is no room now.
        """
        if size > self.max_body_bytes:
            raise TooLargeError(
                f"the body is longer than {self.max_body_bytes:,} bytes",
                action="send fewer items a request, or raise `ingest.max_body_bytes`",
            )
        if self.stopping:
            raise BusyError("the ingest process is stopping", retry_after_s=_MOMENT_S)
        if self.in_flight_bytes + size > self._max_in_flight_bytes:
            raise BusyError(
                f"{self.in_flight_bytes:,} bytes are being written already", retry_after_s=_MOMENT_S
            )
        if self.log_bytes > self._max_log_bytes:
            raise BusyError(
                f"{self.log_bytes:,} bytes wait to be loaded, and `ingest.max_log_bytes` is "
                f"{self._max_log_bytes:,}",
                retry_after_s=_WHILE_S,
                action="see that the server runs and loads; send it again later",
            )
        self.in_flight_bytes += size
        try:
            yield
        finally:
            self.in_flight_bytes -= size

    async def take(
        self, signal: Signal, body: bytes, *, encoding: str, is_json: bool, workload: str | None
    ) -> Any:
        """Take a request and make it last; its answer, as the protocol's message.

        Raises:
            WatchkeeperError: It was not taken; the class tells whether to send it again.
        """
        plain = unpacked(body, encoding, most_bytes=self.max_body_bytes)
        with self.room(len(plain) if encoding else 0):
            now_ns = ns_of(self._clock.now())
            taken = take_request(signal, plain, is_json=is_json, now_ns=now_ns, workload=workload)
            if taken.payload:
                await self._keep(LogEntry(_KINDS[signal.name], now_ns, taken.payload))
        self._figures.took(signal.name, taken)
        return answer(signal, taken)

    async def take_rows(self, body: bytes) -> None:
        """Take rows of the JSON API, which the server has checked.

        Raises:
            WatchkeeperError: They were not taken.
        """
        kept = redacted_rows(body)
        await self._keep(LogEntry(RecordKind.ROWS, ns_of(self._clock.now()), kept))
        self._figures.took_rows()

    async def _keep(self, entry: LogEntry) -> None:
        try:
            await asyncio.wrap_future(self._log.append(entry))
        except StorageFullError as full:
            # To a sender a full disk is a reason to wait and send again, which status 507 would not say.
            self.problem = full.message
            raise BusyError(full.message, retry_after_s=_WHILE_S, action=full.action) from full
        self.problem = None
        self.log_bytes += len(entry.payload)

    def look_at_log(self) -> None:
        """Count what the log takes up; loading makes it shorter, without a word to this process."""
        self.log_bytes = self._log.size_bytes()
