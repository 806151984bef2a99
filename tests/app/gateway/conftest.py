"""A gateway worker's application in the test's own process, in front of scripted providers."""

import asyncio
import json
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg
import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.app.gateway.application import GatewayApplication
from watchkeeper.app.gateway.gateway_server import GatewayServer
from watchkeeper.app.gateway.gateway_state import GatewayState
from watchkeeper.app.gateway.gateway_wiring import WorkerSetup, open_parts
from watchkeeper.app.settings import Settings
from watchkeeper.domain.receipt import Receipt, receipt_of_line
from watchkeeper.gateway.ports import ChatEngine
from watchkeeper.testing.upstream import ScriptedUpstream

HI = {"messages": [{"role": "user", "content": "hi"}]}
WAIT_S = 60.0


@dataclass
class Streamed:
    """A streamed reply: its lines that hold data or a comment."""

    lines: list[str]

    @property
    def rows(self) -> list[Any]:
        """The JSON of the events, without the end mark."""
        rows = [line.removeprefix("data: ") for line in self.lines if line.startswith("data: ")]
        return [json.loads(row) for row in rows if row != "[DONE]"]

    @property
    def text(self) -> str:
        """What a client puts together from the chunks."""
        choices = [choice for row in self.rows for choice in row.get("choices", [])]
        return "".join(choice["delta"].get("content") or "" for choice in choices)

    @property
    def last_words(self) -> Any:
        """The comment of ours that ends it."""
        assert self.lines[-1].startswith(": watchkeeper ")
        return json.loads(self.lines[-1].removeprefix(": watchkeeper "))


@dataclass
class Scene:
    """A gateway and what it left behind."""

    data_dir: Path
    client: httpx.AsyncClient
    state: GatewayState
    tick: Callable[[], Awaitable[None]]
    """One turn of the worker's regular duties."""

    async def chat(self, model: str, **fields: Any) -> httpx.Response:
        return await self.client.post("/v1/chat/completions", json={"model": model, **HI, **fields})

    async def stream(self, model: str, **fields: Any) -> "Streamed":
        reply = await self.chat(model, stream=True, **fields)
        assert reply.status_code == 200, reply.text
        return Streamed([line for line in reply.text.split("\n") if line])

    @property
    def receipts(self) -> list[Receipt]:
        lines = [
            line
            for path in sorted((self.data_dir / "receipts").glob("*.ndjson"))
            for line in path.read_bytes().splitlines()
        ]
        return [receipt_of_line(line) for line in lines]


@dataclass
class GatewayTest:
    """Runs a story against a gateway with these settings."""

    data_dir: Path
    settings: dict[str, Any] = field(default_factory=dict)
    engines: dict[str, list[ChatEngine]] = field(default_factory=dict)
    """The engines of each workload that answer chats."""

    def target(self, name: str, upstream: ScriptedUpstream, **fields: Any) -> None:
        row = {"provider": "openai", "base_url": upstream.base_url, "model": "gpt-4o-mini", **fields}
        self.settings.setdefault("targets", {})[name] = row

    def route(self, name: str, *targets: str, **fields: Any) -> None:
        row = {"targets": list(targets), "retry_wait_s": 0.01, **fields}
        self.settings.setdefault("routes", {})[name] = row

    def run(self, story: Callable[[Scene], Any]) -> None:
        asyncio.run(self._run(story))

    async def _run(self, story: Callable[[Scene], Any]) -> None:
        async with self.scene() as scene:
            await story(scene)

    @asynccontextmanager
    async def scene(self) -> AsyncIterator[Scene]:
        section: Mapping[str, Any] = {"keep_content": False, **self.settings.get("gateway", {})}
        settings = Settings.model_validate({**self.settings, "gateway": section})
        setup = WorkerSetup(
            data_dir=self.data_dir,
            clock=SystemClock(),
            ids=SystemIds(),
            links=False,
            engines=lambda _: self.engines,
        )
        async with AsyncExitStack() as stack:
            parts = await open_parts(settings, setup)
            stack.push_async_callback(parts.close)
            server = GatewayServer(GatewayApplication(parts.state))
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            await server.listen(listener)
            stack.push_async_callback(server.drain, within_s=WAIT_S)
            client = await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=30))
            yield Scene(self.data_dir, client, parts.state, parts.tick)


@pytest.fixture
def gateway(tmp_path: Path) -> GatewayTest:
    return GatewayTest(tmp_path / "data")


@dataclass
class Process:
    """A gateway of its own."""

    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    process: "subprocess.Popen[str] | None" = None
    url: str = ""

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    def write(self) -> Path:
        path = self.folder / "watchkeeper.yaml"
        path.write_text(yaml.safe_dump(self.settings), encoding="utf-8")
        return path

    def start(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "watchkeeper.cli", "--config", str(self.write())),
                *("--data-dir", str(self.data_dir), "gateway", "--port", "0", "--json", *arguments),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        self.url = json.loads(line)["url"]
        self.until(lambda: self._ready())

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def until(self, is_so: Any) -> Any:
        deadline = monotonic() + WAIT_S
        while not (found := is_so()):
            assert monotonic() < deadline, "it did not come in time"
            Event().wait(0.05)
        return found

    def chat(self, **fields: Any) -> httpx.Response:
        return httpx.post(
            f"{self.url}/v1/chat/completions",
            json={"model": "extract", "max_tokens": 5, **HI, **fields},
            timeout=WAIT_S,
        )

    def stop(self) -> str:
        """End it in good order; what it said on its error stream."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        _, said = self.process.communicate(timeout=WAIT_S)
        return said

    @property
    def receipts(self) -> list[Any]:
        paths = sorted((self.data_dir / "receipts").glob("*.ndjson"))
        return [receipt_of_line(line) for path in paths for line in path.read_bytes().splitlines()]


@pytest.fixture
def process(tmp_path: Path, postgres_url: str) -> Iterator[Process]:
    # A database of its own: orders stand, and other tests give some to targets of the same name.
    name = f"gateway_{secrets.token_hex(8)}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(SQL("create database {}").format(Identifier(name)))
    parts = conninfo_to_dict(postgres_url)
    state = f"postgresql://{parts['user']}@/{name}?{urlencode({'host': parts['host']})}"
    made = Process(tmp_path, {"postgres": {"url": state}})
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop()
