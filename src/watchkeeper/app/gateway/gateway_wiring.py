"""Joining the gateway's ports and adapters, in the event loop of one worker."""

import asyncio
import os
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.adapters.postgres.budgets import PostgresBank
from watchkeeper.adapters.providers.http_target import HttpTarget
from watchkeeper.app.budgets import configured_budgets, gateway_purse
from watchkeeper.app.configured_guards import configured_guards
from watchkeeper.app.configured_routes import (
    configured_breakers,
    configured_complexity,
    configured_routes,
)
from watchkeeper.app.gateway.figures import GatewayFigures, SnapshotFolder
from watchkeeper.app.gateway.gates import Gates
from watchkeeper.app.gateway.gateway_keys import OpenGate
from watchkeeper.app.gateway.gateway_state import GatewayState
from watchkeeper.app.gateway.keeper_process import ContentKeeper
from watchkeeper.app.gateway.state_link import StateLink
from watchkeeper.app.gateway.worker_parts import WorkerParts
from watchkeeper.app.pricing import price_book, price_provider
from watchkeeper.app.process_identity import own_start, process_start
from watchkeeper.app.settings import Settings
from watchkeeper.costs import PriceTable
from watchkeeper.costs.budgets.purse import LeasedPurse
from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.errors import UnavailableError
from watchkeeper.gateway.answer_cache import AnswerCache
from watchkeeper.gateway.circuit_breaker import CircuitBreakers
from watchkeeper.gateway.dialects import Dialect
from watchkeeper.gateway.embedding_cache import EmbeddingCache
from watchkeeper.gateway.ports import ContentSink
from watchkeeper.gateway.receipts import ReceiptWriter
from watchkeeper.gateway.relay.admission import Admission
from watchkeeper.gateway.relay.answer_reuse import AnswerReuse
from watchkeeper.gateway.relay.answers import Answers
from watchkeeper.gateway.relay.attempting import Attempting
from watchkeeper.gateway.relay.embedding_reuse import EmbeddingReuse
from watchkeeper.gateway.relay.lane import Lane
from watchkeeper.gateway.relay.ledger import Ledger
from watchkeeper.gateway.relay.planning import Planning
from watchkeeper.gateway.relay.relay import Relay
from watchkeeper.gateway.relay.rounds import Rounds

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
    links: bool = True
    """Whether to link to the state in PostgreSQL; without, it goes on as while that is away."""


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
    url = settings.postgres.url
    figures = GatewayFigures()
    content = await _content(settings, setup, figures, undo)
    snapshots = SnapshotFolder(setup.data_dir / "run" / "figures", f"{os.getpid()}-{own_start()}")
    ledger = Ledger(receipts=receipts, content=content, figures=figures, clock=setup.clock, ids=setup.ids)
    link = StateLink(setup.data_dir, url.get_secret_value() if url else None, setup.clock)
    undo.push_async_callback(asyncio.to_thread, link.close)
    if setup.links:
        link.start()
    purse = gateway_purse(
        PostgresBank(link), settings, setup.data_dir, name=WRITER, clock=setup.clock, ids=setup.ids
    )
    undo.push_async_callback(asyncio.to_thread, purse.close)
    lasting = Lasting(
        ledger=ledger,
        purse=purse,
        breakers=CircuitBreakers(configured_breakers(settings), now_s=setup.clock.monotonic()),
        gates=Gates(),
        answers=AnswerCache(most_entries=settings.cache.answers, most_bytes=settings.cache.answer_bytes),
        embeddings=EmbeddingCache(
            ttl_s=settings.cache.embedding_ttl_s,
            most_entries=settings.cache.embeddings,
            most_bytes=settings.cache.embedding_bytes,
        ),
        undo=undo,
    )
    state = GatewayState(
        settings=settings,
        data_dir=setup.data_dir,
        relay=_relay(settings, setup, lasting),
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
        lasting.breakers.reload(configured_breakers(fresh), now_s=setup.clock.monotonic())
        state.relay = _relay(fresh, setup, lasting)
        purse.use(configured_budgets(fresh))
        state.settings = fresh

    async def keep_money_in_step() -> None:
        if not state.settings.budgets:
            return
        try:
            await asyncio.to_thread(purse.sync)
        except UnavailableError as failure:
            state.problems["budgets"] = failure.message
        else:
            state.problems.pop("budgets", None)

    undo.push_async_callback(leave_figures)
    return WorkerParts(
        state=state, undo=undo, turns=[keep_money_in_step, leave_figures], take_settings=take_settings
    )


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """What outlives a change of settings."""

    ledger: Ledger
    breakers: CircuitBreakers
    gates: Gates
    purse: LeasedPurse
    answers: AnswerCache
    embeddings: EmbeddingCache
    undo: AsyncExitStack
    """Closes what was opened."""


def _relay(settings: Settings, setup: WorkerSetup, lasting: Lasting) -> Relay:
    prices = price_book(settings)
    guards = configured_guards(settings)
    planning = Planning(
        routes=configured_routes(settings),
        lanes=_lanes(settings, prices.table, lasting),
        passthrough=_passthrough(settings, lasting.undo),
        passthrough_timeout_s=PASSTHROUGH_TIMEOUT_S,
        embedding_routes=_of_one_model(settings),
        complexity=configured_complexity(settings),
        clock=setup.clock,
        chance=random.random,
    )
    attempting = Attempting(
        pricer=prices,
        purse=lasting.purse,
        ledger=lasting.ledger,
        guards={name: found.output for name, found in guards.items()},
        clock=setup.clock,
        ids=setup.ids,
    )
    return Relay(
        admission=Admission(guards={name: found.input for name, found in guards.items()}),
        planning=planning,
        answers=Answers(
            ledger=lasting.ledger,
            reuse=AnswerReuse(cache=lasting.answers, clock=setup.clock),
            embeddings=EmbeddingReuse(cache=lasting.embeddings, clock=setup.clock)
            if settings.cache.embedding_ttl_s
            else None,
        ),
        rounds=Rounds(planning=planning, attempting=attempting, clock=setup.clock, chance=random.random),
        ledger=lasting.ledger,
    )


def _of_one_model(settings: Settings) -> frozenset[str]:
    """The routes all of whose targets have one model: only their vectors can stand for each other."""
    models = {
        name: {
            settings.targets[each.target].model for each in route.targets if each.target in settings.targets
        }
        for name, route in settings.routes.items()
    }
    return frozenset(name for name, found in models.items() if len(found) == 1)


def _lanes(settings: Settings, table: PriceTable, lasting: Lasting) -> dict[str, Lane]:
    lanes = {}
    for name, one in settings.targets.items():
        target = HttpTarget(
            name,
            dialect=one.provider,
            base_url=one.base_url,
            model=one.model,
            provider=table.provider_of_url(one.base_url) or one.provider,
            api_key=one.api_key.get_secret_value() if one.api_key else None,
        )
        lasting.undo.callback(target.close)
        lanes[name] = Lane(
            target=target,
            timeout_s=one.timeout_s,
            breaker=lasting.breakers[name],
            places=lasting.gates.of(name, one),
            priced_as=price_provider(table, name, one),
        )
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
