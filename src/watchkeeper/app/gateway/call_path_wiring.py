"""The relay of a process that serves no HTTP, such as one that reads documents: the same, in a thread."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from watchkeeper.adapters.postgres.budgets import PostgresBank
from watchkeeper.app.budgets import gateway_purse
from watchkeeper.app.gateway.relay_wiring import lasting, relay_under
from watchkeeper.app.gateway.state_link import StateLink
from watchkeeper.app.settings import Settings
from watchkeeper.costs.budgets.purse import LeasedPurse
from watchkeeper.domain.errors import StorageFullError, UnavailableError
from watchkeeper.gateway.relay.ledger import Ledger
from watchkeeper.gateway.relay.relay import Relay
from watchkeeper.gateway.relay_thread import RelayThread

_LINKED_WITHIN_S = 30.0
"""How long the first call waits for the state in PostgreSQL, where budgets are kept there."""
_SYNC_EVERY_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayPlace:
    """Where a relay of this process stands."""

    data_dir: Path
    name: str
    """What its budget journal is called."""
    ledger: Ledger


def relay_thread(settings: Settings, place: RelayPlace) -> RelayThread:
    """The way to all routes and targets; nothing is opened before the first call."""
    names = (*settings.routes, *settings.targets)
    return RelayThread(partial(_opened, settings, place), names=names)


@asynccontextmanager
async def _opened(settings: Settings, place: RelayPlace) -> AsyncIterator[Relay]:
    async with AsyncExitStack() as undo:
        purse = await _purse(settings, place, undo)
        kept = lasting(settings, place.ledger, purse)
        undo.callback(kept.pools.close)
        yield relay_under(settings, kept)


async def _purse(settings: Settings, place: RelayPlace, undo: AsyncExitStack) -> LeasedPurse:
    """The purse, in step with the bank; without budgets nobody is asked for money."""
    url, ledger = settings.postgres.url, place.ledger
    link = StateLink(place.data_dir, url.get_secret_value() if url else None, ledger.clock)
    undo.push_async_callback(asyncio.to_thread, link.close)
    purse = gateway_purse(
        PostgresBank(link), settings, place.data_dir, name=place.name, clock=ledger.clock, ids=ledger.ids
    )
    undo.push_async_callback(asyncio.to_thread, purse.close)
    if settings.budgets:
        link.start()
        # A bank that stays away refuses what has a hard limit, and nothing else: the call says so.
        await asyncio.to_thread(link.wait, within_s=_LINKED_WITHIN_S)
        in_step = asyncio.create_task(_keep_in_step(purse), name="budgets")
        undo.push_async_callback(_ended, in_step)
        undo.callback(link.begin_to_end)
    return purse


async def _keep_in_step(purse: LeasedPurse) -> None:
    while True:
        with suppress(UnavailableError, StorageFullError):  # told to whoever needs money meanwhile
            await asyncio.to_thread(purse.sync)
        await asyncio.sleep(_SYNC_EVERY_S)


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
