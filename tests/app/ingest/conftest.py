"""A real ingest process on a data folder of its own, and what loading makes of what it took."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from watchkeeper.adapters.ingest_log.reader import LogReader
from watchkeeper.app.ingest.totals_files import totals_in
from watchkeeper.telemetry.ingest_loading import IngestLoader
from watchkeeper.telemetry.ingest_preparing import IngestPreparer
from watchkeeper.telemetry.otlp.mapped import Terms
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.content import InMemoryContent
from watchkeeper.testing.telemetry import InMemoryTelemetry

PROTOBUF = {"content-type": "application/x-protobuf"}


class Ingest:
    """An ingest process."""

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        self.data_dir = folder / "data"
        config = folder / "watchkeeper.yaml"
        config.write_text(json.dumps(settings))
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "watchkeeper.cli", "--config", str(config)),
                *(
                    "--data-dir",
                    str(self.data_dir),
                    "ingest",
                    "--port",
                    "0",
                    "--otlp-grpc-port",
                    "0",
                    "--json",
                ),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "it did not start"
        told = json.loads(line)
        self.url: str = told["url"]
        self.grpc_port: int = told["grpc_port"]
        self.store = InMemoryTelemetry()
        self.content = InMemoryContent(clock=MovedClock(datetime(2026, 1, 1, tzinfo=UTC)))

    def post(self, path: str, body: bytes, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(f"{self.url}{path}", content=body, headers={**PROTOBUF, **named}, timeout=30)

    def loaded(self) -> InMemoryTelemetry:
        """What is in the store once everything acknowledged is loaded."""
        folder = self.data_dir / "ingest"
        source = LogReader(folder)
        preparer = IngestPreparer(
            source=source, content=self.content, terms=Terms(), totals=totals_in(folder)
        )
        IngestLoader(preparer, self.store, delete=source.delete).run_once()
        return self.store

    def stop(self) -> int:
        self.process.terminate()
        code = self.process.wait(30)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code


@pytest.fixture
def start_ingest(tmp_path: Path) -> Iterator[Callable[..., Ingest]]:
    """Starts an ingest process with settings."""
    with ExitStack() as stack:

        def start(**settings: Any) -> Ingest:
            made = Ingest(tmp_path, settings)
            stack.callback(made.stop)
            return made

        yield start


@pytest.fixture
def ingest(start_ingest: Callable[..., Ingest]) -> Ingest:
    """An ingest process with the settings' defaults."""
    return start_ingest()
