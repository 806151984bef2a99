"""One attempt at a call whose answer comes in one piece."""

import asyncio
from collections.abc import Mapping

import orjson

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.gateway.dialects import Dialect, Operation, read_reply
from watchkeeper.gateway.ports import Answer
from watchkeeper.gateway.relay.attempted import NO_ANSWER, Attempted

MOST_REPLY_BYTES = 64 * 1024 * 1024
"""Far beyond any completion; a provider that sends more is not trusted with our memory."""


async def try_whole(
    made: Attempted,
    operation: Operation,
    body: bytes,
    headers: Mapping[str, str],
    *,
    within_s: float,
    clock: Clock,
) -> None:
    """Ask once and take the whole answer; what became of it stands in `made`.

    Args:
        made: The attempt.
        operation: `chat` or `embeddings`.
        body: In the target's dialect.
        headers: To send along.
        within_s: Seconds until the answer must be whole.
        clock: Measures.
    """
    target = made.target
    try:
        async with asyncio.timeout(within_s):
            made.sent = True
            answer = await target.open(operation, body, headers)
            made.http_status = answer.status
            if answer.status >= NO_ANSWER:
                made.reply_headers = dict(answer.headers)
                made.error, made.provider_words = await target.refusal(answer)
            else:
                made.reply_headers = dict(answer.headers)
                made.reply = await _whole(made, answer)
                _read(made, operation)
    except TimeoutError:
        made.error = target.late(within_s)
    except WatchkeeperError as failure:
        made.error = failure
    made.latency_ms = round((clock.monotonic() - made.started_s) * 1000, 3)


async def _whole(made: Attempted, answer: Answer) -> bytes:
    try:
        return await answer.whole(MOST_REPLY_BYTES)
    except WatchkeeperError:
        raise
    except Exception as broken:  # a connection that ends in any way: the target has failed, with its name
        raise made.target.broken(broken) from broken
    except asyncio.CancelledError:
        answer.abandon()
        raise


def _read(made: Attempted, operation: Operation) -> None:
    try:
        body = orjson.loads(made.reply)
        made.facts = read_reply(Dialect(made.target.dialect), body, operation=operation)
    except orjson.JSONDecodeError:
        raise made.target.malformed(
            f"its {len(made.reply)} bytes are not JSON", http_status=made.http_status or 0
        ) from None
