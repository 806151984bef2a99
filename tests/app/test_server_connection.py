"""The way from a command to a server."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.app.client import ApiClient
from watchkeeper.domain.errors import InvalidInputError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from conftest import StartServer


class Echo(BaseHTTPRequestHandler):
    """Says what it was asked, and by which connection."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        told = {
            "target": self.path,
            "body": json.loads(self.rfile.read(int(self.headers["content-length"]))),
            "key": self.headers["x-watchkeeper-key"],
            "from": self.client_address[1],
        }
        content = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def echo() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_names_values_and_keys_arrive_as_they_were_given(echo: str) -> None:
    with ApiClient(f"{echo}/behind/", key="wk-1") as client:
        told = client.post(
            "/runs/Brf Ån%2F2", {"å": [1, None]}, params={"q": "a b&c", "on": True, "no": None}
        )
    assert told["target"] == "/behind/api/v1/runs/Brf%20%C3%85n%2F2?q=a%20b%26c&on=true"
    assert told["body"] == {"å": [1, None]}
    assert told["key"] == "wk-1"


def test_one_connection_serves_several_requests(echo: str) -> None:
    with ApiClient(echo) as client:
        assert len({client.post("/x", {})["from"] for _ in range(3)}) == 1


@pytest.mark.parametrize("url", ["127.0.0.1:8787", "ftp://h", "http://", "http://h:port", ""])
def test_what_is_no_address_of_a_server_is_said_before_anything_is_sent(url: str) -> None:
    with pytest.raises(InvalidInputError, match="no address of a server"):
        ApiClient(url)


def test_a_server_that_came_back_is_asked_again_on_a_new_connection(start_server: "StartServer") -> None:
    handle = start_server()
    with ApiClient(handle.address) as client:
        for _ in range(2):
            with pytest.raises(NotFoundError):
                client.get("/none")
            handle.reload()
        handle.stop()
        with pytest.raises(UnavailableError, match=r"does not answer \(Connection refused\)"):
            client.get("/none")
