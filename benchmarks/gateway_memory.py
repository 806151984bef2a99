"""Resident memory of the gateway over a million requests, no two alike: at 50,000 and at the end.

    python -m benchmarks.gateway_memory [--requests 1000000] [--json]

Nine requests of ten are answered in one piece, one is streamed; receipts, budgets and content are on. The
promise: at the end within 10 % of what it was after 50,000.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.circumstances import circumstances
from benchmarks.gateway_overhead import our_gateway
from benchmarks.load_generator import Load, run_load
from benchmarks.processes import descendants, resident_mib
from watchkeeper.testing.faulty_upstream import FaultyUpstream
from watchkeeper.testing.provider.plan import ProviderPlan

FIRST = 50_000
CONNECTIONS = 64


def batch(url: str, count: int, number: int) -> int:
    """Send so many requests, numbered from one; how many failed."""
    failed = 0
    for requests, stream in ((count - count // 10, False), (count // 10, True)):
        load = Load(
            [url],
            connections=CONNECTIONS,
            requests=requests,
            stream=stream,
            warm_up=0,
            varied_from=number + stream * (count - count // 10),
        )
        failed += run_load(load)[url]["failed"]
    return failed


def measure(requests: int) -> dict[str, Any]:
    """The figures."""
    samples: dict[int, dict[str, float]] = {}
    failed = 0
    with (
        tempfile.TemporaryDirectory() as scratch,
        FaultyUpstream(ProviderPlan(keeps_log=False)) as upstream,
        our_gateway(Path(scratch) / "gateway", upstream) as gateway,
    ):
        for done in range(0, requests, FIRST):
            count = min(FIRST, requests - done)
            failed += batch(gateway.url, count, done)
            helpers = sum(map(resident_mib, descendants(gateway.pid)))
            samples[done + count] = {"gateway_mib": resident_mib(gateway.pid), "helpers_mib": helpers}
            print(done + count, samples[done + count], flush=True)
    first, last = samples[min(samples)], samples[max(samples)]
    return {
        "circumstances": circumstances(),
        "requests": requests,
        "failed": failed,
        "mib": samples,
        "growth_percent": round(100 * (last["gateway_mib"] / first["gateway_mib"] - 1), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(asked.requests)
    if asked.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:16}{value}")


if __name__ == "__main__":
    main()
