"""How well the recommender ranks with and without its parts, how fast it answers, and what recording costs.

Run: `python -m benchmarks.recommender`. Prints one JSON document; latencies are of one thread, with receipts
and records on. Processor time is what to trust on a machine shared with others.
"""

import json
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path
from typing import Any

import httpx

from benchmarks.circumstances import circumstances
from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.settings import Settings
from watchkeeper.testing.fault_switch import FaultSwitch
from watchkeeper.workloads.recommender.corpus.generation import generate
from watchkeeper.workloads.recommender.evaluation import evaluate
from watchkeeper.workloads.recommender.opening import opened
from watchkeeper.workloads.recommender.recommender import Recommender
from watchkeeper.workloads.recommender.serving import serving_in_thread

SEEDS = (1, 2, 31_337, 987_654_321)
PARTS = ("graph", "entity", "embedding")
QUERIES = 2_000
CLIENTS = 8


def quality(seed: int) -> dict[str, float | None]:
    """NDCG@10 of a seed's corpus, by what is away."""
    corpus, found = generate(seed), {}
    for away in [away for n in range(3) for away in combinations(PARTS, n)]:
        switch = FaultSwitch()
        for name in away:
            switch.kill(name)
        recommender = Recommender(
            corpus.documents,
            clock=SystemClock(),
            limit_s=5.0,
            around=lambda ranker, switch=switch: switch.component(ranker, "rank"),
        )
        measured = evaluate(recommender.order, corpus)
        found["without " + " and ".join(away) if away else "all parts"] = measured.ndcg_at_10
        recommender.close()
    return found


def speed() -> dict[str, Any]:
    """Latency and processor time of queries with receipts and records on."""
    with tempfile.TemporaryDirectory() as folder, opened(Settings(), Path(folder)) as parts:
        texts = [query.text for query in parts.corpus.queries]
        took = []
        began_cpu, began = time.process_time(), time.perf_counter()
        for number in range(QUERIES):
            at = time.perf_counter()
            parts.recommender.recommend(texts[number % len(texts)])
            took.append((time.perf_counter() - at) * 1000)
        seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
        took.sort()
        return {
            "queries": QUERIES,
            "p50_ms": took[len(took) // 2],
            "p95_ms": took[int(len(took) * 0.95)],
            "queries_a_second": QUERIES / seconds,
            "cpu_ms_a_query": cpu / QUERIES * 1000,
            "record_metric_us": _microseconds(
                lambda: parts.handle.record_metric("bench", 1.0, "histogram"), 10_000
            ),
            "statistic_ms": _microseconds(lambda: parts.handle.statistics("query_latency"), 100) / 1000,
            "alert_us": _microseconds(lambda: parts.handle.alert("warning", "bench", 1, 0), 1_000),
        }


def over_http() -> dict[str, float]:
    """Queries from eight clients at once, in the process that answers: what it takes with all its records."""
    texts = [query.text for query in generate(1).queries]

    def asks(url: str) -> list[float]:
        took = []
        with httpx.Client(base_url=url, timeout=30) as client:
            for text in texts:
                at = time.perf_counter()
                reply = client.post("/recommend", json={"query": text})
                took.append((time.perf_counter() - at) * 1000)
                assert reply.status_code == 200
        return took

    with (
        tempfile.TemporaryDirectory() as folder,
        serving_in_thread(Settings(), Path(folder)) as url,
        ThreadPoolExecutor(CLIENTS) as pool,
    ):
        began = time.perf_counter()
        took = sorted(each for some in pool.map(asks, [url] * CLIENTS) for each in some)
        seconds = time.perf_counter() - began
    return {
        "clients": CLIENTS,
        "queries": len(took),
        "p50_ms": took[len(took) // 2],
        "p95_ms": took[int(len(took) * 0.95)],
        "queries_a_second": len(took) / seconds,
    }


def _microseconds(work: Any, times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times * 1e6


if __name__ == "__main__":
    print(
        json.dumps(
            {
                "ndcg_at_10": {str(seed): quality(seed) for seed in SEEDS},
                "speed": speed(),
                "over_http": over_http(),
                "circumstances": circumstances(),
            },
            indent=2,
            default=str,
        )
    )
