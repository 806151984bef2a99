"""`kill -9` of ingest and server at random moments, under load: what was acknowledged is there, once.

The processes are real, on a data folder of their own, and are started again at once. A sender sends on and
on; a request without an answer may or may not count, one with a 200 must.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from time import monotonic, time_ns

import httpx

from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.adapters.ingest_log.segments import segments_in
from watchkeeper.app.discovery import reasons_not_ready
from watchkeeper.app.run_files import INGEST, SERVER, RunFile, living
from watchkeeper.telemetry.span_filter import EVERYTHING, SpanPlace
from watchkeeper.testing.otlp import otlp_span, trace_request

SPANS_A_REQUEST = 5
_READY_WITHIN_S = 120.0
_LOADED_WITHIN_S = 120.0
_PAGE = 5000
Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KillReport:
    """What came out."""

    kills: dict[str, int]
    acknowledged: int
    """Spans whose request was answered 200."""
    stored: int
    missing: int
    """Acknowledged, and not there."""
    doubled: int
    """There more than once."""
    unknown: int
    """There, and never sent."""
    rollups_equal: bool

    @property
    def holds(self) -> bool:
        """Whether nothing is missing, doubled or made up, and the figures are those of the rows."""
        return not (self.missing or self.doubled or self.unknown) and self.rollups_equal


class _Process:
    """One of the two, started again on the same port."""

    def __init__(self, name: str, data_dir: Path, *options: str) -> None:
        self.name = name
        self.kills = 0
        self._data_dir = data_dir
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    def start(self) -> None:
        """Start it; does not wait."""
        words = self._words()
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "watchkeeper.cli", "--data-dir", str(self._data_dir)),
                *(self.name, "--port", str(self._port), *self._options),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=words,
        )
        os.close(words)

    def _words(self) -> int:
        """Where it says what goes wrong."""
        path = self._data_dir.with_name(f"{self.name}.stderr")
        return os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)

    def ready(self) -> RunFile:
        """Wait until it is ready."""
        begins = monotonic()
        while monotonic() - begins < _READY_WITHIN_S:
            found = living(self._data_dir, self.name)
            if found and found.url and self._process and found.pid == self._process.pid:
                self._port = found.port or 0
                if reasons_not_ready(found.url) == ():
                    return found
            if self._process is not None and self._process.poll() is not None:
                said = self._data_dir.with_name(f"{self.name}.stderr").read_text()[-2000:]
                raise RuntimeError(f"{self.name} ended with {self._process.returncode}: {said}")
            Event().wait(0.05)
        raise RuntimeError(f"{self.name} did not become ready")

    def kill(self) -> None:
        """Kill it, and start it again."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self.kills += 1
        self.start()

    def stop(self) -> None:
        """End it in good order."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


@dataclass(slots=True)
class _Sender:
    """Sends on and on, and remembers what was acknowledged."""

    data_dir: Path
    number: int
    sent: set[Key] = field(default_factory=set)
    acknowledged: set[Key] = field(default_factory=set)
    over: Event = field(default_factory=Event)
    lock: Lock = field(default_factory=Lock)

    def run(self) -> None:
        """Until it is over."""
        round_number = 0
        with httpx.Client(timeout=10) as client:
            while not self.over.is_set():
                found = living(self.data_dir, INGEST)
                if found is None or found.url is None:
                    self.over.wait(0.02)
                    continue
                round_number += 1
                self._send(client, found.url, round_number)

    def _send(self, client: httpx.Client, url: str, round_number: int) -> None:
        now_ns = time_ns()
        spans = [otlp_span(place + 1, attributes=_SAID) for place in range(SPANS_A_REQUEST)]
        trace_id = (self.number << 64 | round_number).to_bytes(16, "big")
        for span in spans:
            span.trace_id = trace_id
            span.start_time_unix_nano, span.end_time_unix_nano = now_ns - 1_000_000, now_ns
        keys = {(trace_id.hex(), span.span_id.hex()) for span in spans}
        self.sent |= keys
        body = trace_request(*spans).SerializeToString()
        try:
            reply = client.post(
                f"{url}/v1/traces", content=body, headers={"content-type": "application/x-protobuf"}
            )
        except httpx.HTTPError:
            return  # Killed before it could answer.
        if reply.status_code == httpx.codes.OK:
            with self.lock:
                self.acknowledged |= keys


_SAID = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o-mini",
    "gen_ai.usage.input_tokens": 20,
    "gen_ai.usage.output_tokens": 10,
    "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Hej"}]}]',
}


def telemetry_kills(data_dir: Path, *, kills: int, seed: int, senders: int = 2) -> KillReport:
    """Kill one of the two so often, at moments drawn from the seed, and see what is there in the end."""
    chance = random.Random(seed)
    with ExitStack() as stack:
        processes = {
            SERVER: _Process(SERVER, data_dir),
            INGEST: _Process(INGEST, data_dir, "--otlp-grpc-port", "0"),
        }
        for process in processes.values():
            stack.callback(process.stop)
            process.start()
        for process in processes.values():
            process.ready()
        with _sending(data_dir, senders) as running:
            for _ in range(kills):
                # A server takes seconds to come up, an ingest process a moment; both are hit at any point.
                name = chance.choice([SERVER, INGEST, INGEST])
                Event().wait(chance.uniform(0, 2.5))
                if chance.random() < 0.7:
                    processes[name].ready()
                    Event().wait(chance.uniform(0, 0.5))
                processes[name].kill()
            for process in processes.values():
                process.ready()
        _wait_until_loaded(data_dir)
        for process in processes.values():
            process.stop()
    sent = set().union(*(one.sent for one in running))
    acknowledged = set().union(*(one.acknowledged for one in running))
    return _report(data_dir, sent, acknowledged, {name: one.kills for name, one in processes.items()})


@contextmanager
def _sending(data_dir: Path, count: int) -> Iterator[list[_Sender]]:
    running = [_Sender(data_dir, number + 1) for number in range(count)]
    threads = [Thread(target=one.run, daemon=True) for one in running]
    for thread in threads:
        thread.start()
    try:
        yield running
    finally:
        for one in running:
            one.over.set()
        for thread in threads:
            thread.join(30)


def _wait_until_loaded(data_dir: Path) -> None:
    """Wait until the server has read every segment to its end.

    Its figures are asked, for the store is its own: nothing new is loaded for two seconds.
    """
    begins = monotonic()
    before, same_since = -1.0, begins
    while monotonic() - begins < _LOADED_WITHIN_S:
        loaded = _loaded(data_dir)
        if loaded != before:
            before, same_since = loaded, monotonic()
        elif monotonic() - same_since > 3 and len(segments_in(data_dir / "ingest")) <= 1:
            return
        Event().wait(0.2)
    raise RuntimeError("it is not loaded")


def _loaded(data_dir: Path) -> float:
    found = living(data_dir, SERVER)
    assert found is not None and found.url is not None
    lines = httpx.get(f"{found.url}/metrics", timeout=30).text.splitlines()
    told = [line for line in lines if line.startswith("watchkeeper_ingest_loaded_total{")]
    return sum(float(line.rpartition(" ")[2]) for line in told)


def _report(data_dir: Path, sent: set[Key], acknowledged: set[Key], kills: dict[str, int]) -> KillReport:
    store = DuckDbTelemetry(data_dir / "telemetry" / "telemetry.duckdb")
    try:
        stored: list[Key] = []
        after: SpanPlace | None = None
        while page := store.newest(EVERYTHING, _PAGE, after):
            stored += [(span.trace_id, span.span_id) for span in page]
            after = SpanPlace(
                start_ns=page[-1].start_ns, trace_id=page[-1].trace_id, span_id=page[-1].span_id
            )
        equal = store.verify_rollups().equal
    finally:
        store.close()
    there = set(stored)
    return KillReport(
        kills=kills,
        acknowledged=len(acknowledged),
        stored=len(stored),
        missing=len(acknowledged - there),
        doubled=len(stored) - len(there),
        unknown=len(there - sent),
        rollups_equal=equal,
    )


def main() -> None:
    """Run it and say what came out; exit code 1 where the law does not hold."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wk-kills-") as folder:
        report = telemetry_kills(Path(folder) / "data", kills=args.kills, seed=args.seed)
    print(json.dumps(asdict(report), indent=None if args.json else 2))
    raise SystemExit(0 if report.holds else 1)


if __name__ == "__main__":
    main()
