"""`wk gateway` as a real process: announced, drained, read anew, one sum over its workers, killed."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from watchkeeper.app.run_files import GATEWAY, living
from watchkeeper.testing.scripted_reply import answer
from watchkeeper.testing.upstream import ScriptedUpstream

if TYPE_CHECKING:
    from conftest import Process

WAIT_S = 60.0
HI = {"model": "extract", "max_tokens": 5, "messages": [{"role": "user", "content": "hi"}]}


def routed(upstream: ScriptedUpstream) -> dict[str, Any]:
    target = {"provider": "openai", "base_url": upstream.base_url, "model": "gpt-4o-mini"}
    return {"targets": {"small": target}, "routes": {"extract": {"targets": ["small"]}}}


@pytest.mark.slow
def test_a_gateway_that_is_stopped_answers_what_it_has_begun(process: "Process") -> None:
    with ScriptedUpstream(then=answer("late", delay_s=1.0)) as upstream:
        process.settings |= routed(upstream)
        process.start()
        with ThreadPoolExecutor(1) as pool:
            reply = pool.submit(process.chat)
            process.until(lambda: upstream.requests)
            assert process.stop() == ""
        assert reply.result().json()["choices"][0]["message"]["content"] == "late"
    assert [receipt.error for receipt in process.receipts] == [None]
    assert living(process.data_dir, GATEWAY) is None


@pytest.mark.slow
def test_settings_are_read_anew_without_dropping_a_call(process: "Process") -> None:
    with (
        ScriptedUpstream(then=answer("old", delay_s=1.0)) as old,
        ScriptedUpstream(then=answer("new")) as new,
    ):
        process.settings |= routed(old)
        process.start("--workers", "2")
        assert process.process is not None
        with ThreadPoolExecutor(1) as pool:
            begun = pool.submit(process.chat)
            process.until(lambda: old.requests)
            process.settings |= routed(new)
            process.write()
            process.process.send_signal(signal.SIGHUP)
            process.until(lambda: process.chat().json()["choices"][0]["message"]["content"] == "new")
            assert begun.result().json()["choices"][0]["message"]["content"] == "old"


@pytest.mark.slow
def test_settings_that_are_wrong_leave_the_old_ones_in_force(process: "Process") -> None:
    with ScriptedUpstream(then=answer("still here")) as upstream:
        process.settings |= routed(upstream)
        process.start()
        assert process.process is not None
        process.settings |= {"routes": {"extract": {"targets": ["nobody"]}}}
        process.write()
        process.process.send_signal(signal.SIGHUP)
        log = process.data_dir / "logs" / "gateway.jsonl"
        process.until(lambda: log.exists() and "could not be read anew" in log.read_text())
        assert process.chat().status_code == 200


@pytest.mark.slow
def test_several_workers_answer_for_their_figures_as_one(process: "Process") -> None:
    with ScriptedUpstream(then=answer("ok")) as upstream:
        process.settings |= routed(upstream)
        process.start("--workers", "3")
        for _ in range(30):
            assert process.chat().status_code == 200

        def counted() -> int:
            rows = httpx.get(f"{process.url}/metrics").text.splitlines()
            name = "gen_ai_client_operation_duration_seconds_count"
            return sum(int(row.rpartition(" ")[2]) for row in rows if row.startswith(name))

        process.until(lambda: counted() == 30)
        assert len(process.receipts) == 30


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_no_receipt_is_lost(process: "Process") -> None:
    with ScriptedUpstream(then=answer("ok")) as upstream:
        process.settings |= routed(upstream)
        process.start("--workers", "2")
        assert process.process is not None
        answered = 0
        for number in range(60):
            if number == 20:
                children = Path(f"/proc/{process.process.pid}/task/{process.process.pid}/children")
                os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
            try:
                answered += process.chat().status_code == 200
            except httpx.TransportError:
                continue
        assert answered >= 55
        process.stop()
        assert len([one for one in process.receipts if one.error is None]) >= answered
        done = subprocess.run(
            [
                *(sys.executable, "-m", "watchkeeper.cli", "--data-dir", str(process.data_dir)),
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
def test_a_client_that_hangs_up_leaves_a_receipt(
    process: "Process", on_hang_up: str, code: str | None
) -> None:
    with ScriptedUpstream(then=answer("too late", delay_s=2.0)) as upstream:
        process.settings |= routed(upstream)
        process.settings["routes"]["extract"]["on_hang_up"] = on_hang_up
        process.start()
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{process.url}/v1/chat/completions", json=HI, timeout=1.0)
        [receipt] = process.until(lambda: process.receipts)
        assert receipt.error_code == code
        assert len(upstream.requests) == 1


@pytest.mark.slow
def test_with_no_configuration_a_client_reaches_its_provider_with_its_key(process: "Process") -> None:
    with ScriptedUpstream(then=answer("passed through", model="gpt-4o-mini")) as upstream:
        process.settings |= {"passthrough": {"openai": {"base_url": upstream.base_url}}}
        process.start()
        headers = {"authorization": "Bearer sk-mine-0123456789abcdef"}
        body = {**HI, "model": "gpt-4o-mini"}
        reply = httpx.post(f"{process.url}/v1/chat/completions", json=body, headers=headers)
        assert reply.json()["choices"][0]["message"]["content"] == "passed through"
        assert upstream.requests[0].headers["authorization"] == headers["authorization"]
        assert upstream.requests[0].json == body
        process.stop()
        [receipt] = process.receipts
        assert (receipt.target, receipt.provider, receipt.cost_usd) == (
            "passthrough-openai",
            "openai",
            "0.0000045",
        )
        kept = [path.read_bytes() for path in process.data_dir.rglob("*") if path.is_file()]
        assert not any(b"sk-mine" in found for found in kept)
