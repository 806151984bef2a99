"""What the gateway costs a call: added latency, CPU, calls a second, and the delay of streamed chunks.

    python -m benchmarks.gateway_overhead [--runs 3] [--seconds 5] [--peer-venv FOLDER] [--no-peer] [--json]

A scripted provider and the load generator are processes of their own on the same machine. The gateway
writes receipts, holds money against a hard limit and keeps content, and a server beside it turns receipts
into spans. The peer in the same run is `litellm[proxy]` with one worker and nothing recorded; it is installed
into FOLDER (else a temporary one), and left out where that cannot be done.

A stream of 20 chunks 10 ms apart lasts 0.2 s, so 64 connections carry 320 a second at most, whoever serves
them. How many a gateway can serve is seen with more: both are asked at 64, 256, 512 and 1,024 connections,
and each is counted where it does best.
"""

import argparse
import json
import resource
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.circumstances import circumstances
from benchmarks.litellm_peer import installed, litellm_proxy, version
from benchmarks.load_generator import Load, run_load
from benchmarks.overhead_table import table
from benchmarks.processes import cpu_seconds, descendants
from watchkeeper.testing.faulty_upstream import FaultyUpstream
from watchkeeper.testing.gateway_process import GatewayProcess, target
from watchkeeper.testing.provider.plan import ProviderPlan

PLAIN = ProviderPlan(keeps_log=False)
# Unstamped: a stamp's 19 digits look like a card number, and each reply would be searched for one.
STREAMING = ProviderPlan(keeps_log=False, chunks=20, chunk_gap_s=0.01)
MANY_STREAMS = 500
CONNECTIONS = 64
MORE_CONNECTIONS = (256, 512, 1024)
_RAMP_S = 0.2
"""Over which the many connections begin: as long as a stream, so that not all begin at once."""


@dataclass(frozen=True)
class Contender:
    """A gateway under load."""

    name: str
    url: str
    pid: int

    def cpu(self) -> float:
        return cpu_seconds(self.pid)

    def cpu_with_helpers(self) -> float:
        return sum(map(cpu_seconds, [self.pid, *descendants(self.pid)]))


@contextmanager
def our_gateway(folder: Path, upstream: FaultyUpstream) -> Iterator[Contender]:
    """`wk gateway` with receipts, budgets, content and spans on, and `wk server` beside it."""
    settings = {
        "targets": {"a": target(upstream.openai_url, "gpt-4o-mini")},
        "routes": {"extract": {"targets": ["a"]}},
        "budgets": [{"name": "all", "per": "month", "limit_usd": "100000", "hard": True}],
    }
    with GatewayProcess(folder, settings) as gateway:
        command = gateway.command("server", "--port", "0", "--json")
        server = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder)
        assert server.stdout is not None
        server.stdout.readline()
        try:
            # Until money can be held: the gateway links to the state by itself.
            while run_load(Load([gateway.url], requests=20, warm_up=0))[gateway.url]["failed"]:
                pass
            yield Contender("watchkeeper", gateway.url, gateway.pid)
        finally:
            server.terminate()
            server.wait()


def added_latency(contender: Contender, direct: str, seconds: float) -> dict[str, float]:
    """Milliseconds at concurrency 1, in turn with the provider asked directly."""
    found = run_load(Load([direct, contender.url], seconds=seconds))
    straight, through = found[direct]["latency_ms"], found[contender.url]["latency_ms"]
    return {
        "direct_p50_ms": straight["p50"],
        "added_p50_ms": through["p50"] - straight["p50"],
        "added_p99_ms": through["p99"] - straight["p99"],
    }


def throughput(contender: Contender, seconds: float, *, stream: bool) -> dict[str, float]:
    """Requests at 64 connections, by the second and by the CPU-second of the gateway's process."""
    before, helped_before = contender.cpu(), contender.cpu_with_helpers()
    load = Load([contender.url], connections=CONNECTIONS, seconds=seconds, stream=stream, warm_up=0)
    found = run_load(load)[contender.url]
    used, helped = contender.cpu() - before, contender.cpu_with_helpers() - helped_before
    kind = "stream" if stream else "plain"
    return {
        f"{kind}_requests_per_s": found["requests"] / found["seconds"],
        f"{kind}_requests_per_cpu_s": found["requests"] / used,
        f"{kind}_requests_per_cpu_s_with_helpers": found["requests"] / helped,
        f"{kind}_failed": found["failed"],
    }


def more_streams(contender: Contender, seconds: float) -> dict[str, float]:
    """Streams a second at more connections: what a gateway's CPU allows, not how long a stream lasts."""
    figures: dict[str, float] = {}
    for connections in MORE_CONNECTIONS:
        load = Load(
            [contender.url],
            connections=connections,
            seconds=seconds,
            stream=True,
            warm_up=0,
            ramp_s=_RAMP_S,
        )
        found = run_load(load)[contender.url]
        figures[f"stream_requests_per_s_at_{connections}"] = found["requests"] / found["seconds"]
        figures[f"stream_failed_at_{connections}"] = found["failed"]
    return figures


def chunk_delays(name: str, url: str, *, streams: int, gap_s: float) -> dict[str, float]:
    """Milliseconds from each chunk's sending to its arrival, with so many streams at once."""
    seconds = 3 * 20 * gap_s
    load = Load([url], connections=streams, seconds=seconds, stream=True, ramp_s=20 * gap_s, warm_up=0)
    found = run_load(load)[url]
    delay = found["chunk_delay_ms"]
    late = found["chunks_over_2_ms"] / found["chunks"] if found["chunks"] else float("nan")
    return {
        f"{name}_chunk_p50_ms": delay.get("p50", float("nan")),
        f"{name}_chunk_p99_ms": delay.get("p99", float("nan")),
        f"{name}_chunk_max_ms": delay.get("max", float("nan")),
        f"{name}_chunks_over_2_ms_percent": 100 * late,
        f"{name}_streams_failed": found["failed"],
    }


def measure_one(
    contender: Contender, upstream: FaultyUpstream, *, seconds: float, gap_s: float
) -> dict[str, float]:
    """Everything of one contender, once."""
    figures: dict[str, float] = {}
    upstream.use(PLAIN)
    figures |= added_latency(contender, upstream.url, seconds)
    figures |= throughput(contender, seconds, stream=False)
    upstream.use(STREAMING)
    figures |= throughput(contender, seconds, stream=True)
    figures |= more_streams(contender, seconds)
    upstream.use(ProviderPlan(keeps_log=False, chunks=20, chunk_gap_s=gap_s, stamps=True))
    figures |= chunk_delays("direct", upstream.url, streams=MANY_STREAMS, gap_s=gap_s)
    figures |= chunk_delays("through", contender.url, streams=MANY_STREAMS, gap_s=gap_s)
    figures["added_chunks_over_2_ms_percent"] = (
        figures["through_chunks_over_2_ms_percent"] - figures["direct_chunks_over_2_ms_percent"]
    )
    return figures


def measure(*, runs: int, seconds: float, gap_s: float, peer_venv: Path | None) -> dict[str, Any]:
    """The figures of all contenders, each a median with its lowest and highest."""
    rows: dict[str, list[dict[str, float]]] = {}
    with ExitStack() as undo:
        folder = Path(undo.enter_context(tempfile.TemporaryDirectory()))
        upstream = undo.enter_context(FaultyUpstream(PLAIN))
        contenders = [undo.enter_context(our_gateway(folder / "gateway", upstream))]
        litellm = None if peer_venv is None else installed(peer_venv)
        if litellm is not None:
            url, pid = undo.enter_context(litellm_proxy(litellm, folder, upstream.openai_url))
            contenders.append(Contender("litellm", url, pid))
        for _ in range(runs):  # in turn within each run, so that a slow minute slows all alike
            for contender in contenders:
                row = measure_one(contender, upstream, seconds=seconds, gap_s=gap_s)
                rows.setdefault(contender.name, []).append(row)
    found: dict[str, Any] = {"circumstances": circumstances(), "runs": runs, "chunk_gap_s": gap_s}
    if litellm is not None:
        found["peer"] = f"litellm[proxy] {version(litellm)}, one worker"
    for name, taken in rows.items():
        found[name] = {key: spread([row[key] for row in taken]) for key in taken[0]}
    for name in rows:
        found[name]["stream_requests_per_s_at_best"], found[name]["best_connections"] = best(found[name])
    if "litellm" in rows:
        kinds = ("plain_requests_per_s", "stream_requests_per_s", "stream_requests_per_s_at_best")
        found["ratio_to_litellm"] = {
            kind: round(found["watchkeeper"][kind]["median"] / found["litellm"][kind]["median"], 2)
            for kind in (*kinds, "plain_requests_per_cpu_s", "stream_requests_per_cpu_s")
        }
    return found


def best(figures: dict[str, Any]) -> tuple[dict[str, float], int]:
    """The most streams a second, and at how many connections they were."""
    by_connections = {many: figures[f"stream_requests_per_s_at_{many}"] for many in MORE_CONNECTIONS}
    by_connections[CONNECTIONS] = figures["stream_requests_per_s"]
    most = max(by_connections, key=lambda many: by_connections[many]["median"])
    return by_connections[most], most


def spread(figures: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(figures), 3),
        "lowest": round(min(figures), 3),
        "highest": round(max(figures), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each load")
    parser.add_argument(
        "--gap", type=float, default=0.2, help="between the chunks of 500 streams, in seconds"
    )
    parser.add_argument("--peer-venv", type=Path, help="where litellm[proxy] is, or is to be, installed")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    # Two thousand descriptors are needed, by each gateway too: what a shell gives is inherited.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with tempfile.TemporaryDirectory() as scratch:
        venv = None if asked.no_peer else asked.peer_venv or Path(scratch) / "litellm"
        found = measure(runs=asked.runs, seconds=asked.seconds, gap_s=asked.gap, peer_venv=venv)
    print(json.dumps(found, indent=2) if asked.json else table(found))


if __name__ == "__main__":
    main()
