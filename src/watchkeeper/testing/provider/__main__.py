"""The process of a scripted provider: `python -m watchkeeper.testing.provider [PLANS]`.

It prints the port it listens on, and ends when its standard input does, so that it never outlives its
starter.
"""

import asyncio
import gc
import sys

import uvloop

from watchkeeper.testing.provider.connection import Connection, Provider, plans_json, plans_of_json
from watchkeeper.testing.provider.plan import ProviderPlan

_BACKLOG = 4096


def main() -> None:
    """Serve until standard input ends."""
    text = sys.argv[1].encode() if len(sys.argv) > 1 else plans_json(ProviderPlan(), {})
    plan, by_model = plans_of_json(text)
    # A collection in the middle of a stream would show as a late chunk; nothing here is cyclic for long.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    uvloop.run(_serve(Provider(plan, by_model)))


async def _serve(provider: Provider) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(provider), "127.0.0.1", 0, backlog=_BACKLOG)
    ended = asyncio.Event()
    await loop.connect_read_pipe(lambda: _UntilItEnds(ended), sys.stdin)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await ended.wait()
    server.close()


class _UntilItEnds(asyncio.Protocol):
    def __init__(self, ended: asyncio.Event) -> None:
        self._ended = ended

    def connection_lost(self, _: Exception | None) -> None:
        """The starter is gone, or wants this process to be."""
        self._ended.set()


if __name__ == "__main__":
    main()
