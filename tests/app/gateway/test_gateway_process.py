"""`wk gateway` as a real process: announced, drained, read anew, one sum over its workers, killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import yaml
from psycopg.conninfo import conninfo_to_dict

from watchkeeper.app.run_files import GATEWAY, living
from watchkeeper.domain.receipt import receipt_of_line
from watchkeeper.testing.scripted_reply import answer
from watchkeeper.testing.upstream import ScriptedUpstream

WAIT_S = 60.0
HI = {"model": "extract", "max_tokens": 5, "messages": [{"role": "user", "content": "hi"}]}


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
        return httpx.post(f"{self.url}/v1/chat/completions", json={**HI, **fields}, timeout=WAIT_S)

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
def gateway(tmp_path: Path, postgres_url: str) -> Iterator[Process]:
    parts = conninfo_to_dict(postgres_url)
    state = f"postgresql://{parts['user']}@/{parts['dbname']}?{urlencode({'host': parts['host']})}"
    made = Process(tmp_path, {"postgres": {"url": state}})
    yield made
    if made.process is not None and made.process.poll() is None:
        made.stop()


def routed(upstream: ScriptedUpstream) -> dict[str, Any]:
    target = {"provider": "openai", "base_url": upstream.base_url, "model": "gpt-4o-mini"}
    return {"targets": {"small": target}, "routes": {"extract": {"targets": ["small"]}}}


@pytest.mark.slow
def test_a_gateway_that_is_stopped_answers_what_it_has_begun(gateway: Process) -> None:
    with ScriptedUpstream(then=answer("late", delay_s=1.0)) as upstream:
        gateway.settings |= routed(upstream)
        gateway.start()
        with ThreadPoolExecutor(1) as pool:
            reply = pool.submit(gateway.chat)
            gateway.until(lambda: upstream.requests)
            assert gateway.stop() == ""
        assert reply.result().json()["choices"][0]["message"]["content"] == "late"
    assert [receipt.error for receipt in gateway.receipts] == [None]
    assert living(gateway.data_dir, GATEWAY) is None


@pytest.mark.slow
def test_settings_are_read_anew_without_dropping_a_call(gateway: Process) -> None:
    with (
        ScriptedUpstream(then=answer("old", delay_s=1.0)) as old,
        ScriptedUpstream(then=answer("new")) as new,
    ):
        gateway.settings |= routed(old)
        gateway.start("--workers", "2")
        assert gateway.process is not None
        with ThreadPoolExecutor(1) as pool:
            begun = pool.submit(gateway.chat)
            gateway.until(lambda: old.requests)
            gateway.settings |= routed(new)
            gateway.write()
            gateway.process.send_signal(signal.SIGHUP)
            gateway.until(lambda: gateway.chat().json()["choices"][0]["message"]["content"] == "new")
            assert begun.result().json()["choices"][0]["message"]["content"] == "old"


@pytest.mark.slow
def test_settings_that_are_wrong_leave_the_old_ones_in_force(gateway: Process) -> None:
    with ScriptedUpstream(then=answer("still here")) as upstream:
        gateway.settings |= routed(upstream)
        gateway.start()
        assert gateway.process is not None
        gateway.settings |= {"routes": {"extract": {"targets": ["nobody"]}}}
        gateway.write()
        gateway.process.send_signal(signal.SIGHUP)
        log = gateway.data_dir / "logs" / "gateway.jsonl"
        gateway.until(lambda: log.exists() and "could not be read anew" in log.read_text())
        assert gateway.chat().status_code == 200


@pytest.mark.slow
def test_several_workers_answer_for_their_figures_as_one(gateway: Process) -> None:
    with ScriptedUpstream(then=answer("ok")) as upstream:
        gateway.settings |= routed(upstream)
        gateway.start("--workers", "3")
        for _ in range(30):
            assert gateway.chat().status_code == 200

        def counted() -> int:
            rows = httpx.get(f"{gateway.url}/metrics").text.splitlines()
            name = "gen_ai_client_operation_duration_seconds_count"
            return sum(int(row.rpartition(" ")[2]) for row in rows if row.startswith(name))

        gateway.until(lambda: counted() == 30)
        assert len(gateway.receipts) == 30


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_no_receipt_is_lost(gateway: Process) -> None:
    with ScriptedUpstream(then=answer("ok")) as upstream:
        gateway.settings |= routed(upstream)
        gateway.start("--workers", "2")
        assert gateway.process is not None
        answered = 0
        for number in range(60):
            if number == 20:
                children = Path(f"/proc/{gateway.process.pid}/task/{gateway.process.pid}/children")
                os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
            try:
                answered += gateway.chat().status_code == 200
            except httpx.TransportError:
                continue
        assert answered >= 55
        gateway.stop()
        assert len([one for one in gateway.receipts if one.error is None]) >= answered
        done = subprocess.run(
            [
                *(sys.executable, "-m", "watchkeeper.cli", "--data-dir", str(gateway.data_dir)),
                *("receipts", "verify"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "changed" not in done.stdout + done.stderr
        assert "removed" not in done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(("on_hang_up", "code"), [("finish", None), ("cancel", "broken_off")])
def test_a_client_that_hangs_up_leaves_a_receipt(gateway: Process, on_hang_up: str, code: str | None) -> None:
    with ScriptedUpstream(then=answer("too late", delay_s=2.0)) as upstream:
        gateway.settings |= routed(upstream)
        gateway.settings["routes"]["extract"]["on_hang_up"] = on_hang_up
        gateway.start()
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{gateway.url}/v1/chat/completions", json=HI, timeout=1.0)
        [receipt] = gateway.until(lambda: gateway.receipts)
        assert receipt.error_code == code
        assert len(upstream.requests) == 1


@pytest.mark.slow
def test_with_no_configuration_a_client_reaches_its_provider_with_its_own_key(gateway: Process) -> None:
    with ScriptedUpstream(then=answer("passed through", model="gpt-4o-mini")) as upstream:
        gateway.settings |= {"passthrough": {"openai": {"base_url": upstream.base_url}}}
        gateway.start()
        headers = {"authorization": "Bearer sk-mine-0123456789abcdef"}
        body = {**HI, "model": "gpt-4o-mini"}
        reply = httpx.post(f"{gateway.url}/v1/chat/completions", json=body, headers=headers)
        assert reply.json()["choices"][0]["message"]["content"] == "passed through"
        assert upstream.requests[0].headers["authorization"] == headers["authorization"]
        assert upstream.requests[0].json == body
        gateway.stop()
        [receipt] = gateway.receipts
        assert (receipt.target, receipt.provider, receipt.cost_usd) == (
            "passthrough-openai",
            "openai",
            "0.0000045",
        )
        kept = [path.read_bytes() for path in gateway.data_dir.rglob("*") if path.is_file()]
        assert not any(b"sk-mine" in found for found in kept)
