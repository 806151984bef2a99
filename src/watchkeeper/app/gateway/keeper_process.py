"""Starting the process that keeps content, and starting it again should it die."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from watchkeeper.app.gateway.content_pipe import Pipe, PipedContent

_PAUSE_S = 5.0
_END_WITHIN_S = 10.0


class _NoPipe:
    """Stands for the keeper while there is none: what is handed to it is dropped and counted."""

    def write(self, data: bytes, /) -> None:
        """Never called: it is closing."""

    def get_write_buffer_size(self) -> int:
        """Nothing waits."""
        return 0

    def is_closing(self) -> bool:
        """Whether the other end is gone."""
        return True


class ContentKeeper:
    """The keeper of one worker; for one event loop."""

    def __init__(self, folder: Path, *, opted_out: frozenset[str], dropped: Callable[[], None]) -> None:
        self._folder = folder
        self.content = PipedContent(_NoPipe(), opted_out=opted_out, dropped=dropped)
        self.restarts = 0
        self._task: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and watch it."""
        await self._begin()
        self._task = asyncio.create_task(self._watch(), name="content-keeper")

    async def stop(self) -> None:
        """Let it keep what it was handed, and wait for its end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self.content.flush()
        process = self._process
        if process is not None and process.stdin is not None and process.returncode is None:
            process.stdin.close()
            try:
                async with asyncio.timeout(_END_WITHIN_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()

    async def _begin(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "watchkeeper.app.gateway.keeper",
            str(self._folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
        )
        assert self._process.stdin is not None
        pipe: Pipe = self._process.stdin.transport
        self.content.turn_to(pipe)

    async def _watch(self) -> None:
        while True:
            assert self._process is not None
            await self._process.wait()
            self.content.turn_to(_NoPipe())
            self.restarts += 1
            await asyncio.sleep(_PAUSE_S)
            await self._begin()
