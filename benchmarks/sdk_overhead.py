"""What recording costs an application, beside opentelemetry-sdk in one run, and what points take in memory.

Run: python -m benchmarks.sdk_overhead [--runs 7] [--calls 3000] [--json]

The main figure is processor time a call, of all threads, until what was recorded has been sent:
threads of a process share one interpreter lock, so what the exporting thread takes the application
waits for. Wall time of the calls alone stands beside it; on a busy machine it says little. The two
libraries take turns in one process and send to the same door, in a process of its own.
prometheus_client is measured where it is installed.
"""

import argparse
import gc
import importlib
import json
import os
import statistics
import tempfile
import threading
import time
import tracemalloc
from array import array
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

import watchkeeper
from benchmarks.circumstances import circumstances
from watchkeeper.sdk.metrics.window import Window

TARGETS = {
    "decorated call, log line and export": 50.0,
    "record_metric": 5.0,
    "record_metric, tagged": 5.0,
}
"""Microseconds, from the issue."""
POINTS = 100_000
FLUSHES: list[Callable[[], object]] = []
"""What makes each library send all it has."""


def work(number: int) -> int:
    return number


def door(told: Connection) -> None:
    """A server in a process of its own that takes everything."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.send(server.server_address[1])
    server.serve_forever()


def timed(call: Callable[[], object], calls: int) -> tuple[float, float]:
    """Microseconds a call, of one run: processor time until all is sent, wall time of the calls."""
    _settle()
    used, began = time.process_time_ns(), time.perf_counter_ns()
    for _ in range(calls):
        call()
    wall = time.perf_counter_ns() - began
    _settle()
    return (time.process_time_ns() - used) / calls / 1_000, wall / calls / 1_000


def ours(url: str, folder: str) -> dict[str, Callable[[], object]]:
    watchkeeper.init("bench", data_dir=folder, endpoint=url)
    decorated = watchkeeper.component("work")(work)

    def block() -> None:
        with watchkeeper.component("block", tier="1") as span:
            span.set(results=3)

    def query() -> None:
        with watchkeeper.query("what is a bond", query_type="lookup") as asked:
            asked.results = 3

    watchkeeper.record_metric("held", 1.0)
    from watchkeeper.sdk.current import CURRENT

    assert CURRENT.handle is not None
    FLUSHES.append(CURRENT.handle.flush)
    (held,) = CURRENT.handle.series("held")
    return {
        "decorated call, log line and export": lambda: decorated(1),
        "block with an attribute": block,
        "query in six steps": query,
        "record_metric": lambda: watchkeeper.record_metric("depth", 1.5),
        "record_metric, tagged": lambda: watchkeeper.record_metric("took", 1.5, "histogram", {"region": "n"}),
        "series held, record": lambda: held.record(1.5),
    }


def theirs(url: str) -> tuple[dict[str, Callable[[], object]], Callable[[], object]]:
    provider = TracerProvider()
    FLUSHES.append(provider.force_flush)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{url}/v1/traces")))
    tracer = provider.get_tracer("bench")
    meter = MeterProvider(metric_readers=[InMemoryMetricReader()]).get_meter("bench")
    gauge, histogram = meter.create_gauge("depth"), meter.create_histogram("took")

    def decorated() -> int:
        with tracer.start_as_current_span("work"):
            return work(1)

    def block() -> None:
        with tracer.start_as_current_span("block") as span:
            span.set_attribute("tier", "1")
            span.set_attribute("results", 3)

    return {
        "decorated call, log line and export": decorated,
        "block with an attribute": block,
        "record_metric": lambda: gauge.set(1.5),
        "record_metric, tagged": lambda: histogram.record(1.5, {"region": "n"}),
    }, provider.shutdown


def prometheus() -> dict[str, Callable[[], object]]:
    """prometheus_client's ways, where it is installed."""
    try:
        client: Any = importlib.import_module("prometheus_client")
    except ImportError:
        return {}
    gauge = client.Gauge("depth", "")
    histogram = client.Histogram("took", "", ["region"])
    return {
        "record_metric": lambda: gauge.set(1.5),
        "record_metric, tagged": lambda: histogram.labels("n").observe(1.5),
    }


def statistic_ms() -> dict[str, float]:
    """Milliseconds for one statistic of 360,000 points after a new one, and for 100 series of 1,000."""
    from watchkeeper.sdk.metrics.registry import Registry
    from watchkeeper.sdk.problems import Problems
    from watchkeeper.sdk.readings import Readings

    now = [0]
    readings = Readings(lambda: now[0], lambda: now[0], str, str)
    registry = Registry(readings, Problems(), retention_s=3_600)
    series = registry.series("busy", "histogram")
    assert series is not None
    for n in range(360_000):
        now[0] = n * 10_000_000
        series.record(float(n % 1_009) + 0.5)
    for at in range(100):
        for n in range(1_000):
            registry.record("quiet", n * 1.1, "gauge", {"at": str(at)}, unit="")
    series.statistics()
    rounds = []
    for n in range(200):
        now[0] += 10_000_000
        series.record(float(n))
        began = time.perf_counter()
        series.statistics()
        rounds.append((time.perf_counter() - began) * 1_000)
    began = time.perf_counter()
    for one in registry.matching("quiet"):
        one.statistics()
    hundred = (time.perf_counter() - began) * 1_000
    return {"one statistic of 360,000 points": statistics.median(rounds), "100 statistics": hundred}


def point_bytes(series: int) -> float:
    """Kilobytes of 100,000 points over an hour in so many series, statistics worked out."""
    values = array("d", [n**0.5 for n in range(POINTS)])
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    windows = [Window(retention_ms=3_600_000) for _ in range(series)]
    for n, value in enumerate(values):
        windows[n % series].add(n * 36, value)
    for window in windows:
        window.quantiles((0.5, 0.95, 0.99))
    used = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return used / 1_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--calls", type=int, default=3_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    listening, telling = get_context("spawn").Pipe(duplex=False)
    server = get_context("spawn").Process(target=door, args=(telling,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{listening.recv()}"
    with tempfile.TemporaryDirectory() as folder:
        peer, end_peer = theirs(url)
        kinds = {
            "watchkeeper": ours(url, folder),
            "opentelemetry-sdk": peer,
            "prometheus_client": prometheus(),
        }
        told: dict[str, dict[str, list[tuple[float, float]]]] = {}
        for _ in range(asked.runs):
            bare = timed(lambda: work(1), asked.calls)
            for whose, ways in kinds.items():
                for name, call in ways.items():
                    calls = max(50, asked.calls // 10) if name.startswith("query") else asked.calls
                    cpu, wall = timed(call, calls)
                    told.setdefault(name, {}).setdefault(whose, []).append((cpu - bare[0], wall - bare[1]))
        watchkeeper.shutdown(within_s=20)
        end_peer()
    server.terminate()
    report(told, asked.json, load=os.getloadavg()[0])


def _settle() -> None:
    """Let every exporting thread finish, so that a round pays for its own."""
    for flush in FLUSHES:
        flush()


def report(told: dict[str, dict[str, list[tuple[float, float]]]], as_json: bool, *, load: float) -> None:
    rows = {
        name: {
            whose: {
                "cpu_us": [statistics.median(cpu), min(cpu), max(cpu)],
                "wall_us": [statistics.median(wall), min(wall), max(wall)],
            }
            for whose, runs in by.items()
            for cpu, wall in [tuple(zip(*runs, strict=True))]
        }
        for name, by in told.items()
    }
    times = statistic_ms()
    memory = {count: point_bytes(count) for count in (1, 20, 100)}
    if as_json:
        print(json.dumps({"us": rows, "ms": times, "kB": memory, "load": load, "on": circumstances()}))
        return
    print(f"{circumstances()}, load {load:.1f}, {threading.active_count()} threads")
    print("microseconds added a call, processor time of all threads: median (lowest to highest), wall median")
    for name, by in rows.items():
        print(f"  {name}" + (f" (target {TARGETS[name]:.0f})" if name in TARGETS else ""))
        mine = by["watchkeeper"]["cpu_us"][0]
        for whose, figures in by.items():
            middle, low, high = figures["cpu_us"]
            ratio = "" if whose == "watchkeeper" else f", ours is {mine / middle:.2f} of it"
            spread = f"{middle:.2f} ({low:.2f} to {high:.2f})"
            print(f"    {whose}: {spread}, wall {figures['wall_us'][0]:.2f}{ratio}")
    for name, ms in times.items():
        print(f"  {name}: {ms:.3f} ms (target {'100' if name.startswith('100') else '1'})")
    for count, kilobytes in memory.items():
        print(f"  {POINTS:,} points in {count} series: {kilobytes:.0f} kB (target 1,200)")


if __name__ == "__main__":
    main()
