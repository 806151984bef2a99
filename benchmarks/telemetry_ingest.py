"""How many spans a second are acknowledged, and how many are loaded, with sender and all on this machine.

1.5 KB of prompt and 0.8 KB of reply a span, a hundred spans a request, redaction on. Three parts:

- full speed: as fast as answers come, which is every one after its fsync;
- steady: 8,000 spans a second; how long answers take, whether what waits to be loaded grows, and how long
  until a span can be asked for;
- room: bytes a span in the store and in the content store.

Run: python -m benchmarks.telemetry_ingest [--seconds 60] [--steady-seconds 60] [--rate 8000] [--json]
     [--peer NAME=URL …]   another collector's OTLP/HTTP address, sent to in the same run; such as
         phoenix=http://127.0.0.1:6006                                         (`phoenix serve`)
         mlflow=http://127.0.0.1:5000/v1/traces#x-mlflow-experiment-id=0       (`mlflow server`)
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from benchmarks.circumstances import circumstances
from benchmarks.processes import cpu_seconds, descendants, resident_mib

READY_WITHIN_S = 120.0
VISIBLE_WITHIN_S = 60.0


@contextmanager
def everything(data_dir: Path) -> Iterator[dict[str, Any]]:
    """`wk up` on an empty folder; what it says of itself."""
    config = data_dir.parent / "watchkeeper.yaml"
    config.write_text("ingest: {max_log_bytes: 8000000000}\n")
    command = [sys.executable, "-m", "watchkeeper.cli", "--config", str(config), "--data-dir", str(data_dir)]
    up = subprocess.Popen([*command, "up", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True)
    try:
        assert up.stdout is not None
        yield json.loads(up.stdout.readline())
    finally:
        up.terminate()
        up.wait(60)


def figure(url: str, name: str, **labels: str) -> float:
    """The sum of a process's figure over all labels that are not given."""
    total = 0.0
    for line in httpx.get(f"{url}/metrics", timeout=30).text.splitlines():
        head, _, value = line.rpartition(" ")
        if head.partition("{")[0] == name and all(f'{k}="{v}"' in head for k, v in labels.items()):
            total += float(value)
    return total


def loaded(up: dict[str, Any]) -> float:
    return figure(up["url"], "watchkeeper_ingest_loaded_total", kind="spans")


def send(url: str, seconds: float, rate: float | None = None) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.otlp_sender", url, str(seconds)]
    done = subprocess.run(
        command + ([] if rate is None else [str(rate)]), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


class Watch:
    """Notes, every second, what waits to be loaded, and how long a marked span takes to be seen."""

    def __init__(self, up: dict[str, Any], already: float) -> None:
        self._up = up
        self._already = already
        self._over = Event()
        self.backlog: list[float] = []
        self.visible_s: list[float] = []
        self._threads = [Thread(target=self._look), Thread(target=self._mark)]

    def __enter__(self) -> "Watch":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _look(self) -> None:
        while not self._over.wait(1):
            taken = figure(self._up["otlp_url"], "watchkeeper_ingest_items_total", signal="traces")
            self.backlog.append(taken - loaded(self._up))

    def _mark(self) -> None:
        number = 0
        while not self._over.wait(2):
            number += 1
            trace_id = (0xBEEF << 64 | time.time_ns()).to_bytes(16, "big")
            request = ExportTraceServiceRequest()
            now_ns = time.time_ns()
            request.resource_spans.add().scope_spans.add().spans.add(
                trace_id=trace_id,
                span_id=number.to_bytes(8, "big"),
                name="marked",
                start_time_unix_nano=now_ns,
                end_time_unix_nano=now_ns,
            )
            httpx.post(
                f"{self._up['otlp_url']}/v1/traces",
                content=request.SerializeToString(),
                headers={"content-type": "application/x-protobuf"},
                timeout=30,
            ).raise_for_status()
            acknowledged_s = time.perf_counter()
            while time.perf_counter() - acknowledged_s < VISIBLE_WITHIN_S:
                found = httpx.get(f"{self._up['url']}/api/v1/traces/{trace_id.hex()}", timeout=30)
                if found.status_code == 200 and "marked" in found.text:
                    self.visible_s.append(time.perf_counter() - acknowledged_s)
                    break
                time.sleep(0.05)


def drained(up: dict[str, Any], wanted: float) -> float:
    """Wait until all is loaded; how long that took, in seconds."""
    begins = time.perf_counter()
    while loaded(up) < wanted:
        time.sleep(0.5)
        if time.perf_counter() - begins > 1800:
            raise SystemExit("it is not loaded after half an hour")
    return time.perf_counter() - begins


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def used(up: dict[str, Any], name: str) -> float:
    pid = next(one["pid"] for one in up["processes"] if one["name"] == name)
    return cpu_seconds(pid) + sum(cpu_seconds(child) for child in descendants(pid))


def measure(args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="wk-ingest-") as folder:
        data_dir = Path(folder) / "data"
        with everything(data_dir) as up:
            result: dict[str, Any] = {"machine": circumstances()}
            send(up["otlp_url"], 2)
            warm = figure(up["otlp_url"], "watchkeeper_ingest_items_total", signal="traces")
            drained(up, warm)
            cpu = {name: used(up, name) for name in ("ingest", "server")}
            if args.steady_seconds:
                with Watch(up, warm) as watch:
                    steady = send(up["otlp_url"], args.steady_seconds, args.rate)
                half = len(watch.backlog) // 2
                result["steady"] = {
                    **steady,
                    "backlog_first_half_mean": sum(watch.backlog[:half]) / max(1, half),
                    "backlog_second_half_mean": sum(watch.backlog[half:]) / max(1, len(watch.backlog) - half),
                    "backlog_most": max(watch.backlog, default=0),
                    "visible_median_s": sorted(watch.visible_s)[len(watch.visible_s) // 2]
                    if watch.visible_s
                    else None,
                    "visible_most_s": max(watch.visible_s, default=None),
                    "cpu_s": {name: used(up, name) - before for name, before in cpu.items()},
                }
                taken = figure(up["otlp_url"], "watchkeeper_ingest_items_total", signal="traces")
                result["steady"]["drained_after_s"] = drained(up, taken)
                spans = loaded(up)
                result["bytes_a_span"] = {
                    "store": size(data_dir / "telemetry") / spans,
                    "content": size(data_dir / "content") / spans,
                }
            if args.seconds:
                cpu = {name: used(up, name) for name in ("ingest", "server")}
                result["full_speed"] = send(up["otlp_url"], args.seconds)
                result["full_speed"]["cpu_s"] = {
                    name: used(up, name) - before for name, before in cpu.items()
                }
                taken = figure(up["otlp_url"], "watchkeeper_ingest_items_total", signal="traces")
                result["full_speed"]["drained_after_s"] = drained(up, taken)
            pids = {one["name"]: one["pid"] for one in up["processes"]}
            result["resident_mib"] = {name: round(resident_mib(pids[name])) for name in ("ingest", "server")}
    for peer in args.peer:
        name, _, url = peer.partition("=")
        theirs = send(url, min(20.0, args.seconds or 20.0))
        result[f"peer {name}"] = theirs
        ours = result.get("full_speed", {}).get("spans_a_second")
        if ours and theirs["spans_a_second"]:
            theirs["ours_by_theirs"] = ours / theirs["spans_a_second"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--steady-seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=8000)
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=URL")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = measure(args)
    print(json.dumps(result) if args.json else json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
