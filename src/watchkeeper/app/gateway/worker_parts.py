"""What a worker works with, opened together, turned together, closed together."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from watchkeeper.app.gateway.gateway_state import GatewayState
from watchkeeper.app.settings import Settings

_LOOK_AGAIN_S = 0.05


@dataclass(slots=True, kw_only=True)
class WorkerParts:
    """The parts of one worker."""

    state: GatewayState
    undo: AsyncExitStack
    turns: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    """What is done at every tick; each is done whether or not another failed."""
    take_settings: Callable[[Settings], Awaitable[None]]
    """Puts other settings in force; calls in flight end under the old ones."""

    async def tick(self) -> None:
        """Do every regular duty once.

        Raises:
            ExceptionGroup: Some failed; the others were done.
        """
        failures = []
        for turn in self.turns:
            try:
                await turn()
            except Exception as failure:  # noqa: BLE001 - a turn ends here; it is raised with the others
                failures.append(failure)
        if failures:
            raise ExceptionGroup("duties of a gateway worker failed", failures)

    async def reload(self, settings: Settings) -> None:
        """Put other settings in force."""
        await self.take_settings(settings)

    async def drained(self, *, within_s: float) -> None:
        """Wait until no call is in flight, for so many seconds at most."""
        try:
            async with asyncio.timeout(within_s):
                while self.state.in_flight:  # noqa: ASYNC110 - once, at the end: calls tell nobody that they end
                    await asyncio.sleep(_LOOK_AGAIN_S)
        except TimeoutError:
            return

    async def close(self) -> None:
        """Close everything, last opened first."""
        await self.undo.aclose()
