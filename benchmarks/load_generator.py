"""A load generator in a process of its own: uvloop, raw HTTP, closed loop; prints JSON.

    python -m benchmarks.load_generator '{"urls": ["http://127.0.0.1:8788"], "connections": 64, "seconds": 5}'

Several URLs are asked in turn by every connection, so that a slow moment slows all alike. In a stream
whose chunks are stamped (`ProviderPlan.stamps`), the delay of every chunk since its sending is measured.
"""

import asyncio
import gc
import json
import re
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any

import uvloop

from watchkeeper.testing.wire_client import Ended, WireClient, post

_STAMP = re.compile(rb'"content":"(\d{10,}) "')
_PLACE = b"NUMBER_OF_"
"""As long as what takes its place, so that a request's length stays what its head says."""
WORDS = "Tell me in a few words what a gateway between clients and providers of models is good for."


@dataclass(frozen=True)
class Load:
    """What to ask, how often."""

    urls: list[str]
    model: str = "extract"
    connections: int = 1
    seconds: float = 5.0
    requests: int | None = None
    """In all, in place of seconds."""
    stream: bool = False
    key: str = "sk-load"
    warm_up: int = 50
    """Requests a URL before anything is counted."""
    varied_from: int | None = None
    """Given, every request has a word of its own, numbered from here: no two are alike."""
    ramp_s: float = 0.0
    """Over which the connections begin."""


@dataclass
class Outcome:
    """Of one URL."""

    requests: int = 0
    failed: int = 0
    seconds: float = 0.0
    latency_ms: dict[str, float] = field(default_factory=dict)
    chunk_delay_ms: dict[str, float] = field(default_factory=dict)
    chunks: int = 0
    chunks_over_2_ms: int = 0


class Counted:
    """What one URL's replies were like."""

    def __init__(self, url: str, load: Load) -> None:
        self.url = url
        self.outcome = Outcome()
        self.latencies: list[float] = []
        self.delays_ns: list[int] = []
        self._number = load.varied_from
        words = WORDS if load.varied_from is None else f"{_PLACE.decode()} {WORDS}"
        body = {"model": load.model, "messages": [{"role": "user", "content": words}], "max_tokens": 64}
        headers = {"Authorization": f"Bearer {load.key}"}
        self._request = post(url, "/v1/chat/completions", {**body, "stream": load.stream}, headers)

    def request(self) -> bytes:
        """The next one."""
        if self._number is None:
            return self._request
        self._number += 1
        return self._request.replace(_PLACE, b"%010d" % self._number)

    def piece(self, body: bytes) -> None:
        now_ns = time.monotonic_ns()
        self.delays_ns += [now_ns - int(stamp) for stamp in _STAMP.findall(body)]

    def told(self, seconds: float) -> dict[str, Any]:
        outcome = self.outcome
        outcome.seconds = seconds
        outcome.latency_ms = percentiles([1000 * latency for latency in self.latencies])
        delays_ms = [delay / 1e6 for delay in self.delays_ns]
        outcome.chunks = len(delays_ms)
        outcome.chunks_over_2_ms = sum(delay > 2 for delay in delays_ms)
        outcome.chunk_delay_ms = percentiles(delays_ms)
        return asdict(outcome)


def percentiles(figures: list[float]) -> dict[str, float]:
    """Median, 90th, 99th and highest; empty for none."""
    if not figures:
        return {}
    row = sorted(figures)
    last = len(row) - 1
    named = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
    return {name: row[round(share * last)] for name, share in named.items()}


async def generate(load: Load) -> dict[str, Any]:
    """Ask; what came of it, by URL."""
    counted = [Counted(url, load) for url in load.urls]
    for one in counted:
        client = WireClient(one.url)
        for _ in range(load.warm_up):
            await client.ask(one.request())
        client.close()
    began = time.perf_counter()
    left = load.requests

    async def connection(number: int) -> None:
        nonlocal left
        await asyncio.sleep(load.ramp_s * number / load.connections)
        clients = [(one, WireClient(one.url, on_piece=one.piece if load.stream else None)) for one in counted]
        while (left is None and time.perf_counter() - began < load.seconds) or (
            left is not None and left > 0
        ):
            for one, client in clients:
                if left is not None:
                    left -= 1
                reply = await client.ask(one.request())
                if reply.ended is Ended.WHOLE and reply.status == 200:
                    one.outcome.requests += 1
                    one.latencies.append(reply.seconds)
                else:
                    one.outcome.failed += 1
        for _, client in clients:
            client.close()

    await asyncio.gather(*(connection(number) for number in range(load.connections)))
    seconds = time.perf_counter() - began
    return {one.url: one.told(seconds) for one in counted}


def run_load(load: Load) -> dict[str, Any]:
    """Generate the load from a process of its own; what came of it, by URL."""
    command = [sys.executable, "-m", "benchmarks.load_generator", json.dumps(asdict(load))]
    done = subprocess.run(command, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> None:
    load = Load(**json.loads(sys.argv[1]))
    gc.freeze()
    gc.disable()  # it ends soon, and a collection would show as a late chunk
    print(json.dumps(uvloop.run(generate(load))))


if __name__ == "__main__":
    main()
