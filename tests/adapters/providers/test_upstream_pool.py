"""Connections to a provider: reused while they are good, and every way they break is told as what it is."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from watchkeeper.adapters.providers.upstream_failure import BrokenExchangeError
from watchkeeper.adapters.providers.upstream_pool import NotSentError, UpstreamPool
from watchkeeper.domain.errors import SettingsError
from watchkeeper.testing.upstream import refusing_base_url

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[UpstreamPool]:
    running: set[asyncio.Task[None]] = set()

    async def to_its_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await handler(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the pool has closed the connection
        finally:
            writer.close()

    server = await asyncio.start_server(to_its_end, "127.0.0.1", 0)
    pool = UpstreamPool(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    try:
        yield pool
    finally:
        pool.close()
        server.close()
        await asyncio.gather(*running)
        await asyncio.sleep(0)


def answering(*replies: bytes, then_closes: bool = False) -> Handler:
    """Answers each request on a connection with the next of these bytes."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in replies:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")
            )
            await reader.readexactly(length)
            writer.write(reply)
            await writer.drain()
        if then_closes:
            writer.close()
        else:
            await reader.read()

    return handle


def ok(body: bytes, *headers: bytes) -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def post(pool: UpstreamPool, body: bytes = b"{}") -> bytes:
    answer = await pool.request("POST", "/chat/completions", {}, body)
    return await answer.whole(1_000_000)


def test_a_connection_carries_one_exchange_after_another() -> None:
    async def story() -> None:
        async with served(answering(ok(b"one"), ok(b"two"), ok(b"three"))) as pool:
            assert [await post(pool) for _ in range(3)] == [b"one", b"two", b"three"]
            assert pool.opened == 1

    asyncio.run(story())


def test_exchanges_at_once_have_connections_of_their_own() -> None:
    async def story() -> None:
        async with served(answering(ok(b"x"), ok(b"x"))) as pool:
            await asyncio.gather(*(post(pool) for _ in range(4)))
            assert pool.opened == 4
            await asyncio.gather(*(post(pool) for _ in range(4)))
            assert pool.opened == 4

    asyncio.run(story())


@pytest.mark.parametrize(
    ("reply", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", b"abcde"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + ok(b"after"), b"after"),
        (ok(gzip.compress(b"packed", mtime=0), b"Content-Encoding: gzip"), b"packed"),
        (ok(b""), b""),
    ],
    ids=["in chunks", "after an interim answer", "packed", "empty"],
)
def test_a_body_arrives_whole_however_it_is_sent(reply: bytes, body: bytes) -> None:
    async def story() -> None:
        async with served(answering(reply)) as pool:
            assert await post(pool) == body

    asyncio.run(story())


def test_a_body_without_a_length_ends_with_its_connection() -> None:
    async def story() -> None:
        async with served(answering(b"HTTP/1.1 200 OK\r\n\r\nall of it", then_closes=True)) as pool:
            assert await post(pool) == b"all of it"

    asyncio.run(story())


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", "broke off"),
        (b"", "broke off"),
        (b"SSH-2.0-OpenSSH\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 40_000 + b"\r\n", "too long"),
        (ok(b"not gzip at all", b"Content-Encoding: gzip"), "damaged"),
        (ok(gzip.compress(b"0" * 100_000_000, 1, mtime=0), b"Content-Encoding: gzip"), "longer than"),
        (ok(b"x" * 1_000_001), "longer than"),
    ],
    ids=[
        "shorter than it said",
        "a chunk cut",
        "nothing",
        "another protocol",
        "an endless head",
        "packed wrongly",
        "a gzip bomb",
        "too long",
    ],
)
def test_an_answer_that_cannot_be_used_is_a_broken_exchange(reply: bytes, why: str) -> None:
    async def story() -> None:
        async with served(answering(reply, then_closes=True)) as pool:
            with pytest.raises(BrokenExchangeError, match=why):
                await post(pool)

    asyncio.run(story())


def test_words_nobody_asked_for_cost_the_connection_and_not_the_next_call() -> None:
    async def story() -> None:
        async with served(answering(ok(b"one") + ok(b"unasked"), ok(b"two"))) as pool:
            assert await post(pool) == b"one"
            await asyncio.sleep(0.05)
            assert await post(pool) == b"one"
            assert pool.opened == 2

    asyncio.run(story())


def test_a_provider_nobody_listens_at_was_sent_nothing() -> None:
    async def story() -> None:
        with refusing_base_url() as nowhere, pytest.raises(NotSentError):
            await post(UpstreamPool(nowhere))

    asyncio.run(story())


def test_a_header_cannot_begin_another() -> None:
    async def story() -> None:
        async with served(answering(ok(b"never"))) as pool:
            with pytest.raises(ValueError, match="line's end"):
                await pool.request("POST", "/x", {"traceparent": "a\r\nx-admin: 1"}, b"")
            assert pool.opened == 0

    asyncio.run(story())


def test_a_reader_that_is_slow_makes_the_provider_wait() -> None:
    async def story() -> None:
        async with served(answering(ok(b"x" * 20_000_000))) as pool:
            answer = await pool.request("POST", "/x", {}, b"")
            await asyncio.sleep(0.2)
            held = len(await answer.piece() or b"")
            assert held < 2_000_000
            rest = await answer.whole(20_000_000)
            assert held + len(rest) == 20_000_000

    asyncio.run(story())


@pytest.mark.parametrize(
    "url",
    ["ftp://x", "http://", "http://user:secret@host/v1", "http://host/v1?key=secret", "http://host:99999"],
)
def test_an_address_that_is_none_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        UpstreamPool(url)
    assert "secret" not in str(refused.value)
