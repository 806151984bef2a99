"""The gateway's own HTTP server over the bare wire: cut anywhere, eager, old, cautious, broken clients."""

import asyncio
import json
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.testing.scripted_reply import answer
from watchkeeper.testing.upstream import ScriptedUpstream
from watchkeeper.testing.wire_client import Ended, WireClient, post

if TYPE_CHECKING:
    from conftest import GatewayTest, Scene

OPENAI, ANTHROPIC = "/v1/chat/completions", "/v1/messages"
HI = [{"role": "user", "content": "hi"}]
BODY = {"model": "small", "max_tokens": 9, "messages": HI}


async def talk(scene: "Scene", *pieces: bytes, pause_s: float = 0.0) -> bytes:
    """Say these pieces over one connection, and listen until the gateway ends it or is silent for long."""
    url = scene.client.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause_s)
    heard = b""
    try:
        async with asyncio.timeout(2.0):
            while piece := await reader.read(65536):
                heard += piece
    except TimeoutError:
        pass
    writer.close()
    return heard


def request(body: Any = BODY, path: str = OPENAI, *, close: bool = True, **headers: str) -> bytes:
    ending = {"connection": "close"} if close else {}
    return post("http://gateway", path, body, {**ending, **headers})


def served(gateway: "GatewayTest", *texts: str) -> Callable[[Callable[["Scene"], Any]], None]:
    """Run a story against a gateway whose provider says these texts in turn."""

    def run(story: Callable[["Scene"], Any]) -> None:
        with ScriptedUpstream([answer(text) for text in texts]) as upstream:
            gateway.target("small", upstream)
            gateway.run(story)

    return run


def test_a_request_may_come_byte_by_byte(gateway: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        whole = request()
        heard = await talk(scene, *(whole[at : at + 1] for at in range(len(whole))))
        assert heard.startswith(b"HTTP/1.1 200 OK\r\n")
        assert json.loads(heard.partition(b"\r\n\r\n")[2])["choices"][0]["message"]["content"] == "one"

    served(gateway, "one")(story)


def test_an_eager_client_is_answered_in_the_order_it_asked(gateway: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        first, second, third = request(close=False), request({**BODY, "stream": True}, close=False), request()
        heard = await talk(scene, first + second + third)
        places = [heard.index(text) for text in (b'"first"', b"text/event-stream", b'"third"')]
        assert places == sorted(places)
        assert heard.count(b"HTTP/1.1 200 OK\r\n") == 3

    served(gateway, "first", "second", "third")(story)


def test_a_cautious_client_is_told_to_send_its_body(gateway: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        head, _, body = request(expect="100-continue").partition(b"\r\n\r\n")
        heard = await talk(scene, head + b"\r\n\r\n", body, pause_s=0.1)
        assert heard.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")

    served(gateway, "one")(story)


def test_a_client_that_knows_no_chunks_gets_a_stream_that_ends_with_its_connection(
    gateway: "GatewayTest",
) -> None:
    async def story(scene: "Scene") -> None:
        old = request({**BODY, "stream": True}).replace(b"HTTP/1.1", b"HTTP/1.0")
        head, _, body = (await talk(scene, old)).partition(b"\r\n\r\n")
        assert b"transfer-encoding" not in head
        assert b"connection: close" in head
        assert body.startswith(b"data: {")
        assert body.rstrip().rpartition(b"\n")[2].startswith(b": watchkeeper ")

    served(gateway, "one")(story)


def test_a_reply_in_chunks_is_framed_as_http_has_it(gateway: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        client = WireClient(str(scene.client.base_url))
        reply = await client.ask(request({**BODY, "stream": True}, close=False))
        again = await client.ask(request())
        client.close()
        assert (reply.ended, again.ended) == (Ended.WHOLE, Ended.WHOLE)
        assert reply.last_words is not None

    served(gateway, "one", "two")(story)


def test_only_the_head_of_a_reply_goes_to_who_asks_for_no_more(gateway: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        heard = await talk(scene, b"HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        head, _, body = heard.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK")
        assert b"content-length: 0" not in head
        assert body == b""

    gateway.run(story)


@pytest.mark.parametrize("path", [OPENAI, ANTHROPIC])
@pytest.mark.parametrize("character", [b"\x01", b"\x00", b"\x7f"])
def test_a_control_character_in_a_header_is_refused_in_the_clients_words_with_a_receipt(
    gateway: "GatewayTest", path: str, character: bytes
) -> None:
    async def story(scene: "Scene") -> None:
        head, _, body = (
            await talk(scene, request(path=path, **{"x-item": f"a{character.decode()}b"}))
        ).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 Bad Request")
        assert b"connection: close" in head
        told = json.loads(body)
        assert told["error"]["type"] == "invalid_request_error"
        assert (told.get("type") == "error") == (path == ANTHROPIC)
        [receipt] = scene.receipts
        assert (receipt.error_code, receipt.cost_usd, receipt.target) == ("invalid_input", "0", "none")
        assert f"x-watchkeeper-receipt: {receipt.receipt_id}".encode() in head

    gateway.run(story)


@pytest.mark.parametrize("cut", [0, 40, 250, 320])
def test_an_offer_of_another_protocol_is_declined_and_its_request_answered(
    gateway: "GatewayTest", cut: int
) -> None:
    async def story(scene: "Scene") -> None:
        # As Java's client sends it, before any other request on its connection.
        offer = {"connection": "Upgrade, HTTP2-Settings", "upgrade": "h2c", "http2-settings": "AAEAAEAA"}
        first = request(close=False, **offer)
        heard = await talk(scene, first[:cut], first[cut:], request(), pause_s=0.02)
        assert heard.count(b"HTTP/1.1 200 OK") == 2
        assert b"one" in heard
        assert b"two" in heard

    served(gateway, "one", "two")(story)


def test_a_tunnel_is_refused(gateway: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        heard = await talk(scene, b"CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere\r\n\r\n", request())
        assert heard.startswith(b"HTTP/1.1 404 ")
        assert heard.count(b"HTTP/1.1") == 1

    served(gateway, "nothing of this")(story)


def test_what_follows_a_whole_request_and_is_no_http_does_not_spoil_its_answer(
    gateway: "GatewayTest",
) -> None:
    async def story(scene: "Scene") -> None:
        heard = await talk(scene, request(close=False) + b"\x00\x01 no HTTP\r\n\r\n")
        assert heard.count(b"HTTP/1.1 ") == 1
        assert heard.startswith(b"HTTP/1.1 200 OK\r\n")

    served(gateway, "one")(story)


def test_a_body_framed_wrongly_is_refused_with_a_receipt(gateway: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        head = f"POST {OPENAI} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        heard = await talk(scene, head + b"5\r\nhello\r\nzz\r\n")
        assert heard.startswith(b"HTTP/1.1 400 Bad Request")
        assert [receipt.error_code for receipt in scene.receipts] == ["invalid_input"]

    gateway.run(story)


def test_a_whole_address_is_taken_for_its_path(gateway: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        asked = request(path="http://gateway/v1/chat/completions?api-version=1")
        assert (await talk(scene, asked)).startswith(b"HTTP/1.1 200 OK\r\n")

    served(gateway, "one")(story)


def test_a_refusal_before_the_body_has_come_leaves_the_connection_in_order(gateway: "GatewayTest") -> None:
    async def story(scene: "Scene") -> None:
        head, _, body = request(close=False, **{"x-watchkeeper-item": "x" * 201}).partition(b"\r\n\r\n")
        heard = await talk(scene, head + b"\r\n\r\n", body + request(), pause_s=0.1)
        assert heard.startswith(b"HTTP/1.1 400 Bad Request")
        assert heard.count(b"HTTP/1.1 200 OK\r\n") == 1

    served(gateway, "one")(story)


def test_a_client_that_reads_slowly_gets_all_of_a_long_stream(gateway: "GatewayTest") -> None:
    def event(delta: dict[str, str], ending: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": ending}
        chunk = {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice]}
        return f"data: {json.dumps(chunk)}\n\n".encode()

    events = event({"content": "x" * 1000}) * 8000 + event({}, "stop") + b"data: [DONE]\n\n"

    async def story(scene: "Scene") -> None:
        loop, url = asyncio.get_running_loop(), scene.client.base_url
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
            client.setblocking(False)
            await loop.sock_connect(client, (url.host, url.port))
            await loop.sock_sendall(client, request({**BODY, "stream": True}))
            await asyncio.sleep(0.5)
            heard = b""
            while piece := await loop.sock_recv(client, 1_000_000):
                heard += piece
        assert heard.count(b"x" * 1000) == 8000
        assert heard.endswith(b"0\r\n\r\n")
        assert [receipt.error for receipt in scene.receipts] == [None]

    with ScriptedUpstream([answer("", body=events)]) as upstream:
        gateway.target("small", upstream)
        gateway.run(story)
