"""Joining the gateway's ports and adapters, in the event loop of one worker."""

import asyncio
import os
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.adapters.providers.http_target import HttpTarget
from watchkeeper.app.configured_routes import (
    configured_breakers,
    configured_complexity,
    configured_routes,
)
from watchkeeper.app.gateway.figures import GatewayFigures, SnapshotFolder
from watchkeeper.app.gateway.gateway_keys import OpenGate
from watchkeeper.app.gateway.gateway_state import GatewayState
from watchkeeper.app.gateway.keeper_process import ContentKeeper
from watchkeeper.app.gateway.worker_parts import WorkerParts
from watchkeeper.app.process_identity import own_start, process_start
from watchkeeper.app.settings import Settings
from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.money import Cost
from watchkeeper.gateway.circuit_breaker import CircuitBreakers
from watchkeeper.gateway.dialects import Dialect
from watchkeeper.gateway.no_budgets import NoBudgets
from watchkeeper.gateway.ports import ContentSink
from watchkeeper.gateway.receipts import ReceiptWriter
from watchkeeper.gateway.relay.admission import Admission
from watchkeeper.gateway.relay.answers import Answers
from watchkeeper.gateway.relay.attempting import Attempting
from watchkeeper.gateway.relay.lane import Lane
from watchkeeper.gateway.relay.ledger import Ledger
from watchkeeper.gateway.relay.planning import Planning
from watchkeeper.gateway.relay.relay import Relay
from watchkeeper.gateway.relay.rounds import Rounds


class NoPrices:
    """Knows no price."""

    def cost(self, provider: str, model: str, usage: object, *, flavor: str, at: object) -> Cost:
        """Unknown."""
        return Cost(usd=None, reason="no prices")

    def bound(self, provider: str, model: str, *, input_tokens: int, output_tokens: int, at: object) -> None:
        """Unknown."""


WRITER = "gateway"
"""The first part of the names of the gateway's receipt files."""
PASSTHROUGH_TIMEOUT_S = 600.0
"""What the providers' own clients wait by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSetup:
    """What a worker is opened with."""

    data_dir: Path
    clock: Clock
    ids: IdSource


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
    receipts = undo.enter_context(
        ReceiptWriter(
            setup.data_dir / "receipts",
            WRITER,
            clock=setup.clock,
            rotate_bytes=settings.receipts.max_file_bytes,
        )
    )
    content = await _content(settings, setup, undo)
    figures = GatewayFigures()
    snapshots = SnapshotFolder(setup.data_dir / "run" / "figures", f"{os.getpid()}-{own_start()}")
    ledger = Ledger(receipts=receipts, content=content, figures=figures, clock=setup.clock, ids=setup.ids)
    breakers = CircuitBreakers(configured_breakers(settings), now_s=setup.clock.monotonic())
    state = GatewayState(
        settings=settings,
        data_dir=setup.data_dir,
        relay=_relay(settings, setup, ledger, breakers, undo=undo),
        keys=OpenGate(),
        figures=figures,
        snapshots=snapshots,
        is_alive=_is_alive,
    )
    figures.gauge(
        "watchkeeper_gateway_calls_in_flight", "Calls being answered.", lambda: [({}, state.in_flight)]
    )

    async def leave_figures() -> None:
        await asyncio.to_thread(snapshots.write, figures.snapshot())

    async def take_settings(fresh: Settings) -> None:
        breakers.reload(configured_breakers(fresh), now_s=setup.clock.monotonic())
        state.relay = _relay(fresh, setup, ledger, breakers, undo=undo)
        state.settings = fresh

    undo.push_async_callback(leave_figures)
    return WorkerParts(state=state, undo=undo, turns=[leave_figures], take_settings=take_settings)


async def _content(settings: Settings, setup: WorkerSetup, undo: AsyncExitStack) -> ContentSink | None:
    if not settings.gateway.keep_content:
        return None
    keeper = ContentKeeper(setup.data_dir / "content", opted_out=frozenset(settings.content.opt_out))
    await keeper.start()
    undo.push_async_callback(keeper.stop)
    return keeper.content


def _relay(
    settings: Settings, setup: WorkerSetup, ledger: Ledger, breakers: CircuitBreakers, *, undo: AsyncExitStack
) -> Relay:
    planning = Planning(
        routes=configured_routes(settings),
        lanes=_lanes(settings, breakers, undo),
        passthrough=_passthrough(settings, undo),
        passthrough_timeout_s=PASSTHROUGH_TIMEOUT_S,
        complexity=configured_complexity(settings),
        clock=setup.clock,
        chance=random.random,
    )
    attempting = Attempting(
        pricer=NoPrices(), purse=NoBudgets(), ledger=ledger, clock=setup.clock, ids=setup.ids
    )
    return Relay(
        admission=Admission(),
        planning=planning,
        answers=Answers(ledger=ledger),
        rounds=Rounds(planning=planning, attempting=attempting, clock=setup.clock, chance=random.random),
        ledger=ledger,
    )


def _lanes(settings: Settings, breakers: CircuitBreakers, undo: AsyncExitStack) -> dict[str, Lane]:
    lanes = {}
    for name, one in settings.targets.items():
        target = HttpTarget(
            name,
            dialect=one.provider,
            base_url=one.base_url,
            model=one.model,
            provider=one.priced_as or one.provider,
            api_key=one.api_key.get_secret_value() if one.api_key else None,
        )
        undo.callback(target.close)
        lanes[name] = Lane(target=target, timeout_s=one.timeout_s, breaker=breakers[name])
    return lanes


def _passthrough(settings: Settings, undo: AsyncExitStack) -> dict[Dialect, Lane]:
    section = settings.passthrough
    if not (not settings.routes if section.enabled is None else section.enabled):
        return {}
    lanes = {}
    for dialect, address in ((Dialect.OPENAI, section.openai), (Dialect.ANTHROPIC, section.anthropic)):
        target = HttpTarget(
            f"passthrough-{dialect}",
            dialect=dialect,
            base_url=address.base_url,
            model="",
            provider=dialect,
        )
        undo.callback(target.close)
        lanes[dialect] = Lane(target=target, timeout_s=PASSTHROUGH_TIMEOUT_S, passes_credentials=True)
    return lanes


def _is_alive(worker: str) -> bool:
    pid, _, start = worker.partition("-")
    return pid.isdigit() and process_start(int(pid)) == start
