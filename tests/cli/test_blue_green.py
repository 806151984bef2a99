"""Blue and green behind one route of a running gateway: moved, refused, and returned by one command."""

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from watchkeeper.app.run_files import GATEWAY
from watchkeeper.testing.scripted_reply import answer
from watchkeeper.testing.upstream import ScriptedUpstream

if TYPE_CHECKING:
    from conftest import Wk

pytestmark = pytest.mark.slow


@pytest.mark.requirement("FA-78", "FA-03")
def test_traffic_moves_to_green_is_refused_to_a_sick_one_and_comes_back_by_one_command(wk: "Wk") -> None:
    with ScriptedUpstream(then=answer("hello")) as upstream:
        target = {"provider": "openai", "base_url": upstream.base_url, "priced_as": "openai"}
        settings = {
            "server": {"port": 0},
            "gateway": {"port": 0},
            "targets": {"blue": {**target, "model": "m-blue"}, "green": {**target, "model": "m-green"}},
            "routes": {
                "explain": {"targets": [{"target": "blue", "weight": 100}, {"target": "green", "weight": 0}]}
            },
        }
        (wk.folder / "watchkeeper.yaml").write_text(json.dumps(settings))
        assert wk.run("up", "--detach").returncode == 0
        try:
            gateway = wk.running(GATEWAY)
            assert gateway is not None and gateway.url is not None
            _story(wk, gateway.url)
        finally:
            wk.run("down")


def _story(wk: "Wk", url: str) -> None:
    assert answered(url, 20) == {"blue": 20}
    shares = wk.json("route", "weights", "explain")["shares"]
    assert [(one["target"], one["percent"], one["healthy"], one["members"]) for one in shares] == [
        ("blue", 100.0, 1, 1),
        ("green", 0.0, 1, 1),
    ]

    moved = wk.run("route", "weights", "explain", "blue=50", "green=50", "--reason", "trying", "--by", "Ida")
    assert moved.returncode == 0, moved.stderr
    assert set(answered(url, 60)) == {"blue", "green"}
    assert "as Ida ordered" in wk.run("route", "weights", "explain").stdout

    back = wk.run("route", "rollback", "explain", "--reason", "readers complain", "--by", "Ida")
    assert back.returncode == 0, back.stderr
    assert answered(url, 20) == {"blue": 20}

    assert wk.run("breaker", "open", "green", "--by", "Ida").returncode == 0
    refused = wk.run("route", "weights", "explain", "green=10", "--by", "Ida")
    assert refused.returncode == 1
    assert "a shift to 'green' on route 'explain' is refused" in refused.stderr
    assert "0 of 1" in wk.run("route", "weights", "explain").stdout

    assert wk.run("breaker", "reset", "green", "--by", "Ida").returncode == 0
    assert wk.run("route", "weights", "explain", "green=100", "blue=0", "--by", "Ida").returncode == 0
    assert wk.run("breaker", "open", "blue", "--by", "Ida").returncode == 0
    sick = wk.run("route", "rollback", "explain", "--by", "Ida")
    assert sick.returncode == 1
    assert "a rollback to 'blue' on route 'explain' is refused" in sick.stderr
    assert wk.run("breaker", "reset", "blue", "--by", "Ida").returncode == 0
    assert wk.run("route", "reset", "explain", "--by", "Ida").returncode == 0
    assert answered(url, 10) == {"blue": 10}


def answered(url: str, calls: int) -> dict[str, int]:
    """Who answered, by the header that tells it; each call is for somebody else."""
    found: Counter[str] = Counter()
    with httpx.Client(timeout=30) as client:
        for number in range(calls):
            body: dict[str, Any] = {"model": "explain", "messages": [{"role": "user", "content": "hi"}]}
            reply = client.post(
                f"{url}/v1/chat/completions", json=body, headers={"x-watchkeeper-subject": f"s{number}"}
            )
            assert reply.status_code == 200, reply.text
            found[reply.headers["x-watchkeeper-target"]] += 1
    return dict(found)
