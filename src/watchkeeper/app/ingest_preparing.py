"""Preparing rows in a process beside the server's, whose interpreter lock pages and store then have alone.

The child reads the log, maps, and puts content away into packs of its own; rows come over a pipe. It is told
when a commit stands before it gives the next one, so it is never more than one commit ahead.
"""

import gc
import pickle
from collections.abc import Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Lock
from typing import Any

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.adapters.ingest_log.reader import LogReader
from watchkeeper.app.end_with_starter import end_with_starter
from watchkeeper.app.ingest.totals_files import totals_in
from watchkeeper.app.ingest_pricing import pricing_of
from watchkeeper.app.pricing import own_prices, price_table
from watchkeeper.app.settings import Settings
from watchkeeper.costs import PriceBook, PriceOverride
from watchkeeper.domain.errors import StorageFullError, UnavailableError, WatchkeeperError
from watchkeeper.telemetry.content_ports import ContentStore
from watchkeeper.telemetry.ingest_preparing import IngestPreparer, Prepared, Preparer
from watchkeeper.telemetry.otlp.mapped import Terms

_ANSWERS_WITHIN_S = 300.0
"""A commit's rows take a second; a child that is silent for so long hangs."""
_ENDS_WITHIN_S = 10.0
"""How long an end waits for a turn that is under way, and then for the child."""
_LOOK_FOR_CIRCLES_AFTER = 50_000
"""Objects made before the collector looks for circles; Python's own measure is 700."""
_END = b""
"""Sent by the child instead of rows: there is no more. Sent to it: it is to end."""
_STORED = b"stored"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparingPlan:
    """What preparing needs of the settings: plain data, which a child can be given."""

    data_dir: Path
    price_table: str
    """As the setting names it."""
    prices: tuple[PriceOverride, ...]
    """The operator's, before those of the table."""
    opted_out: frozenset[str]
    """Workloads whose content is not kept."""
    archive: Path | None
    """Where old content goes; None deletes it."""


def preparing_plan(data_dir: Path, settings: Settings) -> PreparingPlan:
    """What these settings make of it."""
    return PreparingPlan(
        data_dir=data_dir,
        price_table=settings.price_table,
        # A view of a mapping cannot be given to a process; a mapping can.
        prices=tuple(replace(one, prices=dict(one.prices)) for one in own_prices(settings)),
        opted_out=frozenset(settings.content.opt_out),
        archive=settings.content.archive_folder,
    )


def preparer_of(plan: PreparingPlan, content: ContentStore) -> IngestPreparer:
    """Preparing in this process."""
    folder = plan.data_dir / "ingest"
    book = PriceBook(price_table(plan.price_table), plan.prices)
    return IngestPreparer(
        source=LogReader(folder),
        content=content,
        terms=Terms(pricing=pricing_of(book), opted_out=plan.opted_out),
        totals=totals_in(folder),
    )


class ChildPreparer:
    """A `Preparer` in a process of its own, started when something is to be prepared and after each death."""

    def __init__(self, plan: PreparingPlan) -> None:
        self._plan = plan
        self._source = LogReader(plan.data_dir / "ingest")
        self._turn = Lock()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    @property
    def pid(self) -> int | None:
        """Its process; None while there is none."""
        return None if self._process is None else self._process.pid

    def prepared(self, positions: Mapping[str, int]) -> Generator[Prepared, None, None]:
        """See `Preparer.prepared`."""
        if not self._source.has_new(positions):
            return
        with self._turn:
            whole = False
            try:
                pipe = self._living()
                pipe.send_bytes(pickle.dumps(dict(positions)))
                while (one := self._answer(pipe)) is not None:
                    yield one
                    pipe.send_bytes(_STORED)
                whole = True
            except WatchkeeperError:
                # It said itself what went wrong, and waits to be asked again.
                whole = True
                raise
            except (EOFError, OSError, pickle.UnpicklingError) as failure:
                raise UnavailableError(
                    f"the process that prepares telemetry died: {failure!r:.200}",
                    action="nothing is lost; the next turn starts another",
                ) from failure
            finally:
                if not whole:
                    # What it has prepared beyond the last commit is not wanted: another begins anew.
                    self._end()

    def close(self) -> None:
        """End the process; safe to repeat."""
        free = self._turn.acquire(timeout=_ENDS_WITHIN_S)
        try:
            if free and self._pipe is not None and self._process is not None:
                with suppress(OSError):
                    self._pipe.send_bytes(_END)
                self._process.join(_ENDS_WITHIN_S)
            self._end()
        finally:
            if free:
                self._turn.release()

    def _answer(self, pipe: Connection) -> Prepared | None:
        if not pipe.poll(_ANSWERS_WITHIN_S):
            raise EOFError(f"it said nothing for {_ANSWERS_WITHIN_S:g} s")
        said = pipe.recv_bytes()
        if said == _END:
            return None
        told: Prepared | _Failed = pickle.loads(said)
        if isinstance(told, Prepared):
            return told
        kind = StorageFullError if told.is_full else UnavailableError
        raise kind(told.message, action=told.action)

    def _living(self) -> Connection:
        if self._process is not None and self._pipe is not None and self._process.is_alive():
            return self._pipe
        self._end()
        # Spawned, not forked: this process has threads, and a fork would copy their locks.
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_prepare, args=(theirs, self._plan), name="prepare", daemon=True)
        process.start()
        theirs.close()
        self._process, self._pipe = process, ours
        return ours

    def _end(self) -> None:
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join()


class _Failed:
    """What went wrong in the child, in words."""

    def __init__(self, failure: WatchkeeperError) -> None:
        self.is_full = isinstance(failure, StorageFullError)
        self.message = failure.message
        self.action = failure.action


def _prepare(pipe: Connection, plan: PreparingPlan) -> None:
    """The child: prepares as it is asked, until its starter is done."""
    end_with_starter()
    # Thousands of rows stand in memory at a time, none of them in a circle: looking at them all over again
    # costs a tenth of what preparing does.
    gc.freeze()
    gc.set_threshold(_LOOK_FOR_CIRCLES_AFTER)
    content = ContentPacks(
        plan.data_dir / "content", clock=SystemClock(), opted_out=plan.opted_out, archive=plan.archive
    )
    preparer = preparer_of(plan, content)
    # A starter that died ends this process, too; one that let go of it has closed the pipe.
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while (asked := pipe.recv_bytes()) != _END:
            _answer(pipe, preparer, pickle.loads(asked))
    content.close()


def _answer(pipe: Connection, preparer: Preparer, positions: dict[str, Any]) -> None:
    waits = False
    try:
        for one in preparer.prepared(positions):
            said = pickle.dumps(one, protocol=pickle.HIGHEST_PROTOCOL)
            if waits:
                pipe.recv_bytes()
            pipe.send_bytes(said)
            waits = True
        said = _END
    except WatchkeeperError as failure:
        said = pickle.dumps(_Failed(failure))
    if waits:
        pipe.recv_bytes()
    pipe.send_bytes(said)
