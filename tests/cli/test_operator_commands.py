"""`wk keys`, `wk breaker` and `wk cache` on a running gateway, and what they say where none runs."""

import json
import os
import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import httpx
import jsonschema
import pytest

from watchkeeper.app.run_files import GATEWAY
from watchkeeper.cli.commands.keys import expiry
from watchkeeper.cli.schemas import schema_of
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.testing.scripted_reply import answer
from watchkeeper.testing.upstream import ScriptedUpstream

if TYPE_CHECKING:
    from conftest import Wk

pytestmark = pytest.mark.slow


@pytest.fixture
def upstream() -> Iterator[ScriptedUpstream]:
    with ScriptedUpstream(then=answer("hello")) as scripted:
        yield scripted


def configure(wk: "Wk", upstream: ScriptedUpstream, **gateway: object) -> None:
    target = {"provider": "openai", "base_url": upstream.base_url, "model": "gpt-4o-mini"}
    settings = {
        "server": {"port": 0},
        "gateway": {"port": 0, "keep_content": False, **gateway},
        "targets": {"large": target, "small": target},
        "routes": {"extract": {"targets": ["large", "small"], "cache_ttl_s": 600}},
    }
    # JSON is YAML.
    (wk.folder / "watchkeeper.yaml").write_text(json.dumps(settings))


def up(wk: "Wk") -> str:
    done = wk.run("up", "--detach")
    assert done.returncode == 0, done.stderr
    gateway = wk.running(GATEWAY)
    assert gateway is not None and gateway.url is not None
    return gateway.url


def ask(url: str, key: str | None = None) -> httpx.Response:
    headers = {} if key is None else {"authorization": f"Bearer {key}"}
    body = {"model": "extract", "messages": [{"role": "user", "content": "hi"}], "temperature": 0}
    return httpx.post(f"{url}/v1/chat/completions", json=body, headers=headers, timeout=30)


def valid(wk: "Wk", *command: str, code: int = 0) -> Any:
    done = wk.run(*command, "--json")
    assert done.returncode == code, done.stderr
    value = json.loads(done.stdout)
    jsonschema.validate(value, schema_of(" ".join(command[:2])))
    return value


def states(wk: "Wk") -> dict[str, str | None]:
    return {one["target"]: one["state"] for one in valid(wk, "breaker", "list")["breakers"]}


def silent(wk: "Wk") -> set[bool]:
    return {one["silent"] for one in valid(wk, "breaker", "list")["workers"]}


def test_an_operator_holds_a_target_back_at_every_worker_and_lets_it_go(
    wk: "Wk", upstream: ScriptedUpstream
) -> None:
    configure(wk, upstream, workers=2)
    url = up(wk)
    wk.until(lambda: states(wk) == {"large": "closed", "small": "closed"})
    wk.until(lambda: len(valid(wk, "breaker", "list")["workers"]) == 2)

    opened = valid(wk, "breaker", "open", "large", "--by", "Kim", "--reason", "slow answers")

    assert (len(opened["acknowledged"]), opened["waiting"]) == (2, [])
    assert [word["problem"] for word in opened["acknowledged"]] == [None, None]
    assert ask(url).headers["x-watchkeeper-target"] == "small"
    told = wk.run("breaker", "list").stdout
    assert "Kim: slow answers" in told
    assert "2 gateway workers run" in told
    explained = wk.json("route", "explain", "extract")
    assert explained["breakers_known"]
    assert [step["target"] for step in explained["steps"]] == ["small"]
    valid(wk, "cache", "empty", "--route", "extract")
    closed = wk.run("breaker", "reset", "large")
    assert (closed.returncode, "obeyed by 2 of 2 workers" in closed.stdout) == (0, True)
    wk.until(lambda: states(wk) == {"large": "closed", "small": "closed"})
    assert ask(url).headers["x-watchkeeper-target"] == "large"
    unknown = wk.run("breaker", "open", "larg")
    assert (unknown.returncode, "name one of: large, small" in unknown.stderr) == (1, True)


def test_an_order_that_nobody_hears_says_so_and_stands_for_whoever_starts_later(
    wk: "Wk", upstream: ScriptedUpstream
) -> None:
    configure(wk, upstream)
    opened = wk.run("breaker", "open", "large")
    assert opened.returncode == 0
    assert opened.stdout == (
        "order 1, breaker open large: no gateway worker runs; it stands, and one that starts later obeys it\n"
    )
    emptied = wk.run("cache", "empty")
    assert emptied.stdout == "order 2, cache empty: no gateway worker runs; there is nothing to do\n"
    assert states(wk) == {"large": None, "small": None}

    url = up(wk)
    wk.until(lambda: states(wk)["large"] == "open")
    gateway = wk.running(GATEWAY)
    assert gateway is not None
    os.kill(gateway.pid, signal.SIGKILL)

    wk.until(lambda: (found := wk.running(GATEWAY)) and found.pid != gateway.pid and found.url == url)
    wk.until(lambda: silent(wk) == {True, False})
    workers = valid(wk, "breaker", "list")["workers"]
    assert [one["pid"] for one in workers if one["silent"]] == [gateway.pid]
    assert states(wk)["large"] == "open"
    assert ask(url).headers["x-watchkeeper-target"] == "small"


@pytest.mark.requirement("FA-50")
def test_emptied_caches_ask_the_target_again(wk: "Wk", upstream: ScriptedUpstream) -> None:
    configure(wk, upstream)
    url = up(wk)
    assert [ask(url).headers["x-watchkeeper-cached"] for _ in range(2)] == ["false", "true"]

    emptied = valid(wk, "cache", "empty", "--workload", "default", "--reason", "new prompt")

    assert [word["told"] for word in emptied["acknowledged"]] == ["1 answers and 0 embeddings put out"]
    assert ask(url).headers["x-watchkeeper-cached"] == "false"
    assert len(upstream.requests) == 2


def test_a_key_opens_the_gateway_until_it_is_revoked(wk: "Wk", upstream: ScriptedUpstream) -> None:
    configure(wk, upstream, keys="required")
    url = up(wk)
    assert ask(url).status_code == 401

    made = valid(wk, "keys", "create", "ci", "--expires", "90d", "--by", "Kim")

    wk.until(lambda: ask(url, made["key"]).status_code == 200)
    [row] = valid(wk, "keys", "list")
    assert (row["key_id"], row["state"], row["created_by"]) == (made["key_id"], "active", "Kim")
    assert made["key"] not in wk.run("keys", "list").stdout
    valid(wk, "keys", "revoke", made["key_id"], "--reason", "lost")
    wk.until(lambda: ask(url, made["key"]).status_code == 401)
    assert made["key"] not in "".join(
        path.read_text(errors="replace")
        for folder in ("receipts", "logs", "gateway", "run")
        for path in (wk.data_dir / folder).rglob("*")
        if path.is_file()
    )


def test_a_keys_end_is_a_span_or_an_instant_with_its_zone() -> None:
    assert expiry("12h") == {"expires_in_s": 43_200}
    assert expiry("2026-12-31T01:00:00+01:00") == {"expires_at": "2026-12-31T00:00:00+00:00"}
    for text in ("", "soon", "0d", "-1d", "90", "2026-12-31", "2026-12-31T00:00:00"):
        with pytest.raises(InvalidInputError, match="neither a span nor an instant"):
            expiry(text)
