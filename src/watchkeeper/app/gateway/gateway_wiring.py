"""Joining the gateway's ports and adapters, in the event loop of one worker."""

import asyncio
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from watchkeeper.adapters.postgres.budgets import PostgresBank
from watchkeeper.app.budgets import configured_budgets, gateway_purse
from watchkeeper.app.chat_engines import chat_engines
from watchkeeper.app.gateway.figures import GatewayFigures, SnapshotFolder
from watchkeeper.app.gateway.gateway_keys import RingGate, keys_needed
from watchkeeper.app.gateway.gateway_state import RECEIPTS, GatewayState
from watchkeeper.app.gateway.keeper_process import ContentKeeper
from watchkeeper.app.gateway.money_duty import MoneyDuty
from watchkeeper.app.gateway.operator_duty import Governed
from watchkeeper.app.gateway.operators import operator_duty
from watchkeeper.app.gateway.relay_wiring import Lasting, lasting, relay_under
from watchkeeper.app.gateway.state_link import StateLink
from watchkeeper.app.gateway.worker_parts import WorkerParts
from watchkeeper.app.key_ring import key_ring, keys_of_settings
from watchkeeper.app.process_identity import own_start, process_start
from watchkeeper.app.settings import Settings
from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.gateway.ports import ContentSink
from watchkeeper.gateway.receipts import ReceiptWriter
from watchkeeper.gateway.relay.last_resort import Engines
from watchkeeper.gateway.relay.ledger import Ledger
from watchkeeper.gateway.relay.relay import Relay

WRITER = "gateway"
"""The first part of the names of the gateway's receipt files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSetup:
    """What a worker is opened with."""

    data_dir: Path
    clock: Clock
    ids: IdSource
    links: bool = True
    """Whether to link to the state in PostgreSQL; without, it goes on as while that is away."""
    engines: Callable[[Settings], Engines] = chat_engines
    """Finds the baseline engines that answer over HTTP."""


async def open_parts(settings: Settings, setup: WorkerSetup) -> WorkerParts:
    """Open what a worker works with.

    Raises:
        StorageFullError: Receipts cannot be written.
    """
    undo = AsyncExitStack()
    try:
        return await _opened(settings, setup, undo)
    except BaseException:
        await undo.aclose()
        raise


async def _opened(settings: Settings, setup: WorkerSetup, undo: AsyncExitStack) -> WorkerParts:
    figures = GatewayFigures()
    ledger = await _ledger(settings, setup, figures, undo)
    link = _link(settings, setup, undo)
    purse = gateway_purse(
        PostgresBank(link), settings, setup.data_dir, name=WRITER, clock=setup.clock, ids=setup.ids
    )
    undo.push_async_callback(asyncio.to_thread, purse.close)
    kept = lasting(settings, ledger, purse)
    undo.callback(kept.pools.close)
    ring = key_ring(settings)
    gate = RingGate(ring, setup.clock, needed=keys_needed(settings))
    relay = relay_under(settings, kept, engines=setup.engines(settings))
    state = _state(settings, setup, relay, gate=gate, figures=figures)
    duty = operator_duty(link, setup.data_dir, ring=ring, governed=_governed(kept, state), clock=setup.clock)
    undo.push_async_callback(duty.leave)
    money = MoneyDuty(purse, state)

    async def take_settings(fresh: Settings) -> None:
        engines = await asyncio.to_thread(setup.engines, fresh)  # it may import whole workloads
        state.relay = relay_under(fresh, kept, engines=engines)
        duty.renew()
        ring.use(keys_of_settings(fresh))
        gate.needed = keys_needed(fresh)
        purse.use(configured_budgets(fresh), zone=ZoneInfo(fresh.timezone))
        state.settings = fresh

    async def look_at_disk() -> None:
        if RECEIPTS in state.problems:
            await asyncio.to_thread(state.look_at_disk)

    undo.push_async_callback(state.leave_figures)
    undo.callback(link.begin_to_end)
    return WorkerParts(
        state=state,
        undo=undo,
        turns=[duty.turn, money.turn, state.leave_figures, look_at_disk],
        take_settings=take_settings,
    )


async def _ledger(
    settings: Settings, setup: WorkerSetup, figures: GatewayFigures, undo: AsyncExitStack
) -> Ledger:
    """Where calls are written down.

    Raises:
        StorageFullError: Receipts cannot be written.
    """
    receipts = ReceiptWriter(
        setup.data_dir / "receipts", WRITER, clock=setup.clock, rotate_bytes=settings.receipts.max_file_bytes
    )
    return Ledger(
        receipts=undo.enter_context(receipts),
        content=await _content(settings, setup, figures, undo),
        figures=figures,
        clock=setup.clock,
        ids=setup.ids,
    )


def _state(
    settings: Settings, setup: WorkerSetup, relay: Relay, *, gate: RingGate, figures: GatewayFigures
) -> GatewayState:
    state = GatewayState(
        settings=settings,
        data_dir=setup.data_dir,
        relay=relay,
        keys=gate,
        figures=figures,
        snapshots=SnapshotFolder(setup.data_dir / "run" / "figures", f"{os.getpid()}-{own_start()}"),
        is_alive=_is_alive,
    )
    figures.gauge(
        "watchkeeper_gateway_calls_in_flight", "Calls being answered.", lambda: [({}, state.in_flight)]
    )
    return state


def _governed(kept: Lasting, state: GatewayState) -> Governed:
    """What operators' orders are about."""
    return Governed(
        breakers=kept.breakers,
        answers=kept.answers,
        embeddings=kept.embeddings,
        limiter=kept.limiter,
        shares=kept.shares,
        in_flight=lambda: state.in_flight,
        problems=state.problems,
    )


def _link(settings: Settings, setup: WorkerSetup, undo: AsyncExitStack) -> StateLink:
    url = settings.postgres.url
    link = StateLink(setup.data_dir, url.get_secret_value() if url else None, setup.clock)
    undo.push_async_callback(asyncio.to_thread, link.close)
    if setup.links:
        link.start()
    return link


async def _content(
    settings: Settings, setup: WorkerSetup, figures: GatewayFigures, undo: AsyncExitStack
) -> ContentSink | None:
    if not settings.gateway.keep_content:
        return None
    keeper = ContentKeeper(
        setup.data_dir / "content",
        opted_out=frozenset(settings.content.opt_out),
        dropped=lambda: figures.add("watchkeeper_gateway_dropped_content_total"),
    )
    await keeper.start()
    undo.push_async_callback(keeper.stop)
    return keeper.content


def _is_alive(worker: str) -> bool:
    pid, _, start = worker.partition("-")
    return pid.isdigit() and process_start(int(pid)) == start
