"""Bad input over the bare wire: an error in the client's dialect, a receipt, and a gateway that goes on."""

import asyncio
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from watchkeeper.testing.provider.said import foretold
from watchkeeper.testing.wire_client import Ended, WireClient, WireReply, post

if TYPE_CHECKING:
    from conftest import House

OPENAI, ANTHROPIC = "/v1/chat/completions", "/v1/messages"
BOTH = pytest.mark.parametrize("path", [OPENAI, ANTHROPIC])
HI = [{"role": "user", "content": "hi there"}]
GOOD = {"model": "extract", "max_tokens": 50, "messages": HI}


def sent(house: "House", request: bytes) -> WireReply:
    async def one() -> WireReply:
        client = WireClient(house.gateway.url)
        try:
            return await client.ask(request, within_s=20)
        finally:
            client.close()

    return asyncio.run(one())


def error_of(reply: WireReply, path: str) -> Any:
    """The error of a reply, which must be in the dialect of its path."""
    assert reply.ended is Ended.WHOLE
    assert reply.headers["content-type"].startswith("application/json")
    body = reply.json
    if path == ANTHROPIC:
        assert body["type"] == "error"
    assert isinstance(body["error"]["type"], str)
    assert isinstance(body["error"]["message"], str)
    return body["error"]


@pytest.fixture(autouse=True)
def still_serves(house: "House") -> Iterator[None]:
    """Whatever came, the next call is answered."""
    yield
    reply = sent(house, post(house.gateway.url, OPENAI, GOOD))
    assert reply.json["choices"][0]["message"]["content"] == foretold("hi", 20)


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "half an object": b'{"model": "extract", "messages": [',
    "a list": b"[1, 2]",
    "a word": b"hello",
    "NaN": b'{"model": "extract", "messages": [{"role": "user", "content": "hi"}], "temperature": NaN}',
    "invalid UTF-8": b'{"model": "extract", "messages": [{"role": "user", "content": "\xff\xfe"}]}',
    "a lone surrogate": b'{"model": "extract", "messages": [{"role": "user", "content": "\\ud800"}]}',
    "deep nesting": b'{"model": "extract", "messages": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "compressed bytes": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}


@BOTH
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_what_is_no_request_is_refused_with_a_receipt(house: "House", path: str, body: bytes) -> None:
    before = len(house.gateway.receipts)
    reply = sent(house, post(house.gateway.url, path, body))
    assert reply.status == 400
    error = error_of(reply, path)
    assert error["type"] == "invalid_request_error"
    [receipt] = house.receipts_since(before)
    assert (receipt.error_code, receipt.cost_usd, receipt.target) == (error["code"], "0", "none")


WRONG_FIELDS: dict[str, dict[str, Any]] = {
    "no model": {"messages": HI, "max_tokens": 5},
    "a model that is a number": {**GOOD, "model": 7},
    "no messages": {"model": "extract", "max_tokens": 5},
    "messages that are a word": {**GOOD, "messages": "hi"},
    "no message at all": {**GOOD, "messages": []},
    "a message that is a word": {**GOOD, "messages": ["hi"]},
    "a stream that is a word": {**GOOD, "stream": "yes"},
    "tokens that are a word": {**GOOD, "max_tokens": "many"},
    "fewer tokens than none": {**GOOD, "max_tokens": -5},
    "tools that are a word": {**GOOD, "tools": "all"},
}


@BOTH
@pytest.mark.parametrize("body", WRONG_FIELDS.values(), ids=WRONG_FIELDS.keys())
def test_fields_of_the_wrong_type_are_refused_with_a_receipt(
    house: "House", path: str, body: dict[str, Any]
) -> None:
    before = len(house.gateway.receipts)
    reply = sent(house, post(house.gateway.url, path, body))
    assert reply.status is not None
    assert 400 <= reply.status < 500
    error_of(reply, path)
    assert house.receipts_since(before)[0].error is not None


@BOTH
def test_an_unknown_model_is_not_found(house: "House", path: str) -> None:
    before = len(house.gateway.receipts)
    reply = sent(house, post(house.gateway.url, path, {**GOOD, "model": "no-such-model"}))
    assert reply.status == 404
    assert "no-such-model" in error_of(reply, path)["message"]
    assert house.receipts_since(before)[0].error_code == "not_found"


@BOTH
def test_a_body_that_is_too_long_is_refused(house: "House", path: str) -> None:
    before = len(house.gateway.receipts)
    reply = sent(house, post(house.gateway.url, path, b"x" * 100_001))
    assert reply.status == 413
    assert "100000" in error_of(reply, path)["message"]
    assert house.receipts_since(before)[0].error_code == "request_too_large"


@BOTH
def test_a_body_that_is_too_long_in_pieces_is_refused(house: "House", path: str) -> None:
    pieces = b"".join(b"2710\r\n" + b"x" * 10_000 + b"\r\n" for _ in range(11)) + b"0\r\n\r\n"
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    reply = sent(house, head + pieces)
    assert reply.status == 413
    error_of(reply, path)


@BOTH
def test_a_body_that_comes_too_slowly_is_given_up(house: "House", path: str) -> None:
    before = len(house.gateway.receipts)
    whole = post(house.gateway.url, path, GOOD)
    reply = sent(house, whole[:-10])  # its last bytes never come
    assert reply.status == 408
    assert error_of(reply, path)["code"] == "request_too_slow"
    assert house.receipts_since(before)[0].error_code == "request_too_slow"


def test_a_client_that_leaves_in_the_middle_of_its_body_harms_nobody(house: "House") -> None:
    parts = urlsplit(house.gateway.url)
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(post(house.gateway.url, OPENAI, GOOD)[:-10])


LABELS = {"too long": b"a" * 201, "invalid UTF-8": b"a\xff\xfeb"}


@BOTH
@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS.keys())
@pytest.mark.parametrize("name", ["x-watchkeeper-workload", "x-watchkeeper-item", "x-watchkeeper-agent"])
def test_a_label_that_holds_what_no_name_may_is_refused(
    house: "House", path: str, name: str, label: bytes
) -> None:
    before = len(house.gateway.receipts)
    whole = post(house.gateway.url, path, GOOD, {name: "LABEL"}).replace(b"LABEL", label)
    reply = sent(house, whole)
    assert reply.status == 400
    assert name in error_of(reply, path)["message"]
    assert house.receipts_since(before)[0].error_code == "invalid_input"


@pytest.mark.parametrize("character", [b"\x01", b"\x00", b"\n", b"\r"])
def test_a_header_with_a_control_character_is_refused_and_splits_nothing(
    house: "House", character: bytes
) -> None:
    before = len(house.upstream.requests())
    whole = post(house.gateway.url, OPENAI, GOOD, {"x-watchkeeper-item": "aLABELx-evil"})
    written = len(house.gateway.receipts)
    reply = sent(house, whole.replace(b"LABEL", character))
    assert reply.status == 400
    assert error_of(reply, OPENAI)["type"] == "invalid_request_error"
    assert house.receipts_since(written)[0].error_code == "invalid_input"
    assert len(house.upstream.requests()) == before


@BOTH
def test_a_name_cannot_smuggle_a_header_back(house: "House", path: str) -> None:
    reply = sent(house, post(house.gateway.url, path, {**GOOD, "model": "extract\r\nx-evil: 1"}))
    assert reply.status == 400
    assert "x-evil" not in reply.headers
    error_of(reply, path)


@pytest.mark.parametrize("head", [b"GARBAGE\r\n\r\n", b"POST /v1/chat/completions HTTP/9.9\r\n\r\n"])
def test_what_is_no_http_ends_the_connection_and_nothing_else(house: "House", head: bytes) -> None:
    reply = sent(house, head)
    assert reply.status in {400, None}


@BOTH
def test_a_length_that_is_no_number_is_refused(house: "House", path: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n".encode()
    assert sent(house, head).status in {400, None}


@BOTH
@pytest.mark.parametrize("route", ["only-long", "only-short", "only-long-theirs", "only-short-theirs"])
def test_a_provider_that_lies_about_its_length_is_told_of_in_a_502(
    house: "House", path: str, route: str
) -> None:
    before = len(house.gateway.receipts)
    reply = sent(house, post(house.gateway.url, path, {**GOOD, "model": route}))
    assert reply.status == 502
    error = error_of(reply, path)
    [receipt] = house.receipts_since(before)
    assert receipt.error_code == error["code"]
    assert receipt.cost_usd is None  # it may have been billed: unknown, and not 0


@BOTH
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("route", ["only-miscounting", "only-miscounting-theirs"])
def test_usage_that_is_nonsense_costs_an_unknown_amount(
    house: "House", path: str, route: str, stream: bool
) -> None:
    before = len(house.gateway.receipts)
    reply = sent(house, post(house.gateway.url, path, {**GOOD, "model": route, "stream": stream}))
    [receipt] = house.receipts_since(before)
    assert reply.status in {200, 502}
    assert receipt.cost_usd is None
    for tokens in (receipt.input_tokens, receipt.output_tokens):
        assert tokens is None or tokens >= 0


@BOTH
def test_another_method_is_not_allowed(house: "House", path: str) -> None:
    reply = sent(house, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert (reply.status, reply.headers["allow"]) == (405, "POST")
