"""Clients that hang up: the call is paid for and told of all the same."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from watchkeeper.testing.wire_client import Ended, WireClient, post

if TYPE_CHECKING:
    from conftest import House

HI = [{"role": "user", "content": "hi there"}]


def hang_up(house: "House", route: str, *, stream: bool, after_s: float) -> Ended:
    async def one() -> Ended:
        client = WireClient(house.gateway.url)
        body = {"model": route, "stream": stream, "messages": HI}
        reply = await client.ask(
            post(house.gateway.url, "/v1/chat/completions", body), hang_up_after_s=after_s
        )
        return reply.ended

    return asyncio.run(one())


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_nobody_waits_for_is_read_to_its_end_and_costed(house: "House", stream: bool) -> None:
    before = len(house.gateway.receipts)
    assert hang_up(house, "only-slow", stream=stream, after_s=0.05) is Ended.HUNG_UP
    [receipt] = house.receipts_since(before)
    [logged] = house.log_of([receipt])
    assert logged.ended == "whole"
    assert (receipt.error, receipt.output_tokens) == (None, logged.output_tokens)
    assert receipt.cost_usd not in {None, "0"}


@pytest.mark.parametrize("stream", [False, True])
def test_a_route_may_break_off_with_its_client_and_then_does_not_know_the_cost(
    house: "House", stream: bool
) -> None:
    before = len(house.gateway.receipts)
    assert hang_up(house, "cancelled", stream=stream, after_s=0.35) is Ended.HUNG_UP
    [receipt] = house.receipts_since(before)
    house.until(lambda: house.log_of([receipt])[0].ended == "gone")
    assert (receipt.error_code, receipt.cost_usd) == ("broken_off", None)
