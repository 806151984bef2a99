"""The server over HTTP: probes, errors, keys, pages, and what it does beside answering."""

import json
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from watchkeeper.app.client import ApiClient
from watchkeeper.app.client_errors import ServerAnsweredError
from watchkeeper.app.engines import OpenEngines
from watchkeeper.app.faces import FaceContext
from watchkeeper.app.run_files import living
from watchkeeper.app.server_connection import Reply
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.settings import Section
from watchkeeper.domain.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    StorageFullError,
    UnavailableError,
)
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.ports import BaselineEngine
from watchkeeper.gateway.receipts import ReceiptWriter
from watchkeeper.monitoring.rules.rule import Rule

if TYPE_CHECKING:
    from conftest import OpenInMemory, StartServer

KEY = "wk-0123456789abcdef"


class BrokenRequests:
    """A workload whose resources fail in every way there is."""

    id = "broken"
    title = "Broken"
    settings_model = Section

    def routers(self) -> list[APIRouter]:
        router = APIRouter(prefix="/broken")

        @router.get("/conflict")
        def conflict() -> None:
            raise ConflictError("taken", action="take another")

        @router.get("/bug")
        def bug() -> None:
            raise ZeroDivisionError("a secret detail")

        @router.get("/number/{value}")
        def number(value: int) -> int:
            return value

        return [router]

    def agents(self) -> dict[str, tuple[str, ...]]:
        return {}

    def name_words(self) -> frozenset[str]:
        return frozenset()

    def rules(self) -> tuple[Rule, ...]:
        return ()

    def figures(self) -> dict[str, Any]:
        return {}

    def baseline_engines(self) -> dict[str, BaselineEngine]:
        return {}


class PlainFace:
    """Pages that say what they are."""

    name = "plain"

    def __init__(self, wait_for: Event | None = None) -> None:
        self.wait_for = wait_for

    def build(self, context: FaceContext) -> FastAPI:
        if self.wait_for is not None:
            assert self.wait_for.wait(10)
        pages = FastAPI()

        @pages.get("/")
        async def home() -> dict[str, object]:
            return {"page": "home", "asked": await context.client.get("/broken/number/7")}

        return pages


class BrokenFace:
    """Pages that cannot be imported."""

    name = "broken"

    def build(self, context: FaceContext) -> FastAPI:
        raise ImportError("no such library")


def test_probes_tell_alive_ready_and_figures(start_server: "StartServer", tmp_path: Path) -> None:
    url = start_server().address
    assert httpx.get(f"{url}/healthz").json() == {"ok": True, "data_dir": str(tmp_path / "data")}
    ready = httpx.get(f"{url}/readyz")
    assert (ready.status_code, ready.json()["reasons"]) == (200, [])
    assert httpx.get(f"{url}/api/v1/none").status_code == 404
    text = httpx.get(f"{url}/metrics").text
    assert 'watchkeeper_http_requests_total{method="GET",route="/api/v1/{path:path}",status="404"} 1' in text
    assert httpx.get(f"{url}/openapi.json").json()["info"]["title"] == "Watchkeeper"


def test_openapi_names_every_body_without_the_module_it_stands_in(start_server: "StartServer") -> None:
    told = httpx.get(f"{start_server().address}/openapi.json").json()
    names = list(told["components"]["schemas"])
    assert told["info"]["title"] == "Watchkeeper" and "StrategyOrderBody" in names
    # FastAPI puts a module's path before a name that two bodies share.
    assert [name for name in names if "__" in name or "." in name] == []


def test_an_engine_that_is_away_at_first_is_tried_again(
    start_server: "StartServer", open_in_memory: "OpenInMemory"
) -> None:
    opened = Event()

    def failing_once(state: ServerState) -> OpenEngines:
        if not opened.is_set():
            opened.set()
            state.readiness.expect("postgres", "starting")
            state.readiness.failed("postgres", "the cluster is away")
            raise UnavailableError("the cluster is away")
        state.readiness.ready("postgres")
        return open_in_memory(state)

    # It tries again by itself and becomes ready.
    url = start_server(open_engines=failing_once).address
    assert httpx.get(f"{url}/readyz").status_code == 200


def test_an_engine_that_can_never_open_stops_the_server(start_server: "StartServer", tmp_path: Path) -> None:
    def impossible(state: ServerState) -> OpenEngines:
        raise StorageFullError("the disk is full")

    with pytest.raises(StorageFullError, match="the disk is full"):
        start_server(open_engines=impossible)
    assert living(tmp_path / "data", "server") is None


def test_errors_come_back_as_they_were_raised(start_server: "StartServer") -> None:
    with ApiClient(start_server(installed=[BrokenRequests()]).address) as client:
        with pytest.raises(ConflictError, match="taken") as told:
            client.get("/broken/conflict")
        assert told.value.action == "take another"
        with pytest.raises(InvalidInputError, match="not valid: value: "):
            client.get("/broken/number/seven")
        with pytest.raises(NotFoundError, match="no resource"):
            client.get("/nothing/here")
        assert client.get("/broken/number/7") == 7


def test_a_mistake_of_ours_is_told_by_its_id_and_explained_in_the_log(
    start_server: "StartServer", tmp_path: Path
) -> None:
    url = start_server(installed=[BrokenRequests()]).address
    reply = httpx.get(f"{url}/api/v1/broken/bug", headers={"x-request-id": "mine-1"})
    assert reply.status_code == 500
    assert reply.json()["error"]["request_id"] == "mine-1"
    assert "a secret detail" not in reply.text
    log = (tmp_path / "data" / "logs" / "server.jsonl").read_text(encoding="utf-8")
    failed = [row for line in log.splitlines() if (row := json.loads(line))["event"] == "request failed"]
    assert failed[0]["request_id"] == "mine-1"
    assert "a secret detail" in failed[0]["exception"]


def test_every_reply_carries_a_request_id(start_server: "StartServer") -> None:
    url = start_server(installed=[BrokenRequests()]).address
    ids = [httpx.get(f"{url}/api/v1/broken/number/1").headers["x-request-id"] for _ in range(2)]
    assert len({*ids}) == 2
    given = httpx.get(f"{url}/api/v1/broken/number/1", headers={"x-request-id": "mine"})
    assert given.headers["x-request-id"] == "mine"


def test_with_keys_set_only_a_key_opens(start_server: "StartServer") -> None:
    url = start_server(keys=[KEY], installed=[BrokenRequests()]).address
    path = f"{url}/api/v1/broken/number/1"
    refused = [
        httpx.get(path),
        httpx.get(path, headers={"authorization": "Bearer wk-wrong-wrong-wrong"}),
        httpx.get(path, headers={"x-watchkeeper-key": ""}),
        httpx.get(path, headers={"cookie": "watchkeeper=0"}),
        httpx.get(f"{url}/metrics"),
        httpx.get(f"{url}/openapi.json"),
    ]
    assert [reply.status_code for reply in refused] == [401] * len(refused)
    assert refused[0].json()["error"]["code"] == "key_needed"
    let_in = [
        httpx.get(path, headers={"authorization": f"Bearer {KEY}"}),
        httpx.get(path, headers={"x-watchkeeper-key": KEY}),
        httpx.get(path, auth=("anybody", KEY)),
        httpx.get(f"{url}/healthz"),
        httpx.get(f"{url}/readyz"),
    ]
    assert [reply.status_code for reply in let_in] == [200] * len(let_in)


def test_a_browser_that_gave_its_key_once_is_known_by_a_cookie(start_server: "StartServer") -> None:
    url = start_server(keys=[KEY], faces=[PlainFace()], installed=[BrokenRequests()]).address
    _until_page(url, auth=("me", KEY))
    with httpx.Client(base_url=url) as browser:
        asked = browser.get("/")
        assert (asked.status_code, asked.headers["www-authenticate"]) == (401, 'Basic realm="watchkeeper"')
        entered = browser.get("/", auth=("me", KEY))
        assert entered.status_code == 200
        assert "HttpOnly" in entered.headers["set-cookie"]
        assert KEY not in entered.headers["set-cookie"]
        assert browser.get("/").status_code == 200


def test_a_client_without_the_key_is_told_what_to_send(start_server: "StartServer") -> None:
    url = start_server(keys=[KEY]).address
    with ApiClient(url) as client, pytest.raises(Exception, match="asks for a key") as told:
        client.get("/none")
    assert told.value.body()["code"] == "key_needed"


def test_a_page_elsewhere_cannot_ask_through_a_visitors_browser(start_server: "StartServer") -> None:
    url = start_server(installed=[BrokenRequests()]).address
    reply = httpx.get(f"{url}/api/v1/broken/number/1", headers={"host": "evil.example:80"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "foreign_host")
    port = url.rpartition(":")[2]
    assert httpx.get(f"http://localhost:{port}/api/v1/broken/number/1").status_code == 200


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://[evil", "http://127.0.0.1.evil.example"]
)
def test_a_page_elsewhere_cannot_ask_by_this_machines_own_name(
    start_server: "StartServer", origin: str
) -> None:
    url = start_server(installed=[BrokenRequests()]).address
    reply = httpx.get(f"{url}/api/v1/broken/number/1", headers={"origin": origin})
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, "foreign_host")
    own = httpx.get(f"{url}/api/v1/broken/number/1", headers={"origin": url})
    assert own.status_code == 200


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "[::1]:80"])
def test_this_machine_has_several_names(start_server: "StartServer", host: str) -> None:
    url = start_server(installed=[BrokenRequests()]).address
    assert httpx.get(f"{url}/api/v1/broken/number/1", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"cookie": "of/another(program)=1; watchkeeper=wrong"},
        {"authorization": "Basic kéy".encode()},
        {"authorization": "Basic a"},
        {"x-watchkeeper-key": "kéy".encode()},
    ],
)
def test_what_is_no_key_is_refused_and_is_no_failure(
    start_server: "StartServer", headers: dict[str, str]
) -> None:
    reply = httpx.get(f"{start_server(keys=[KEY]).address}/api/v1/none", headers=headers)
    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "key_needed")


def test_pages_may_come_later_than_the_api(start_server: "StartServer") -> None:
    built = Event()
    url = start_server(faces=[PlainFace(built)], installed=[BrokenRequests()]).address
    early = httpx.get(url)
    assert early.status_code == 503
    assert "not there yet" in early.text
    assert httpx.get(f"{url}/api/v1/broken/number/1").status_code == 200
    built.set()
    assert _until_page(url).json() == {"page": "home", "asked": 7}


def test_pages_that_cannot_be_imported_leave_the_api_standing(start_server: "StartServer") -> None:
    url = start_server(faces=[BrokenFace()], installed=[BrokenRequests()]).address
    assert httpx.get(f"{url}/api/v1/broken/number/1").status_code == 200
    ready = httpx.get(f"{url}/readyz")
    assert ready.status_code == 200
    assert httpx.get(url).status_code == 503


def _until_page(url: str, auth: tuple[str, str] | None = None) -> httpx.Response:
    for _ in range(500):
        reply = httpx.get(url, auth=auth)
        if reply.status_code != 503:
            return reply
        Event().wait(0.01)
    raise AssertionError("the page did not come")


def _receipt(state: ServerState) -> Receipt:
    return Receipt(
        receipt_id="r-1",
        ts=state.clock.now().isoformat(timespec="microseconds"),
        trace_id=state.ids.trace_id(),
        span_id=state.ids.span_id(),
        workload="test",
        target="layout",
        provider="baseline",
        model="layout",
        latency_ms=1.5,
    )


def test_receipts_are_shipped_and_their_heads_kept(
    start_server: "StartServer", open_in_memory: "OpenInMemory", tmp_path: Path
) -> None:
    seen: list[ServerState] = []

    def noting(state: ServerState) -> OpenEngines:
        seen.append(state)
        return open_in_memory(state)

    handle = start_server(open_engines=noting)
    (state,) = seen
    services = state.ready_services()
    folder = tmp_path / "data" / "receipts"
    writer = ReceiptWriter(folder, "test", clock=state.clock)
    written = writer.append(_receipt(state))
    writer.close()
    for _ in range(500):
        if services.telemetry.count() and services.heads.all():
            break
        Event().wait(0.01)
    assert services.telemetry.trace(written.trace_id)[0].span_id == written.span_id
    assert [(head.writer, head.count) for head in services.heads.all()] == [(writer.name, 1)]
    assert 'outcome="stored"} 1' in httpx.get(f"{handle.address}/metrics").text


def test_reload_comes_back_on_the_same_address(start_server: "StartServer") -> None:
    handle = start_server()
    before = handle.address
    handle.reload()
    assert handle.address == before
    assert httpx.get(f"{before}/readyz").status_code == 200


def test_a_stopped_server_leaves_nothing_behind(start_server: "StartServer", tmp_path: Path) -> None:
    handle = start_server()
    assert living(tmp_path / "data", "server") is not None
    handle.stop()
    handle.stop()
    assert living(tmp_path / "data", "server") is None
    with ApiClient(handle.address) as client, pytest.raises(UnavailableError, match="does not answer"):
        client.get("/none")


def test_a_folder_has_one_server(start_server: "StartServer") -> None:
    first = start_server()
    with pytest.raises(ConflictError, match=first.address):
        start_server()


class Answering:
    """A connection on which the same is answered to everything."""

    def __init__(self, status: int, content: bytes) -> None:
        self._reply = Reply(status, content)

    def exchange(self, *_: object, **__: object) -> Reply:
        return self._reply

    def close(self) -> None:
        """Nothing is open."""


def test_an_error_of_an_unknown_class_keeps_its_code() -> None:
    told = b'{"error": {"code": "teapot", "message": "short", "action": "stout"}}'
    with ApiClient("http://h", connection=Answering(418, told)) as client:
        with pytest.raises(ServerAnsweredError) as raised:
            client.get("/x")
        assert raised.value.body()["code"] == "teapot"


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"error": "text"}'])
def test_an_error_that_says_nothing_is_still_an_error(content: bytes) -> None:
    with (
        ApiClient("http://h", connection=Answering(502, content)) as client,
        pytest.raises(ServerAnsweredError, match="502"),
    ):
        client.get("/x")
