"""The client on the wire tells apart how an exchange can end."""

import asyncio
from collections.abc import Iterator

import pytest

from watchkeeper.testing.faulty_upstream import FaultyUpstream
from watchkeeper.testing.provider.plan import Fault, ProviderPlan
from watchkeeper.testing.upstream import refusing_base_url
from watchkeeper.testing.wire_client import Ended, WireClient, WireReply, post

PATH = "/v1/chat/completions"
BODY = {"model": "well", "messages": [{"role": "user", "content": "hi"}]}
PLANS = {
    "silent": ProviderPlan(faults={Fault.STALL: 1.0}),
    "resets": ProviderPlan(faults={Fault.RESET: 1.0}),
    "cuts": ProviderPlan(faults={Fault.CUT: 1.0}),
}


@pytest.fixture(scope="module")
def upstream() -> Iterator[FaultyUpstream]:
    with FaultyUpstream(by_model=PLANS) as running:
        yield running


def asked(
    url: str, *models: str, within_s: float = 10.0, hang_up_after_s: float | None = None
) -> list[WireReply]:
    async def story() -> list[WireReply]:
        client = WireClient(url)
        replies = [
            await client.ask(
                post(url, PATH, {**BODY, "model": model}), within_s=within_s, hang_up_after_s=hang_up_after_s
            )
            for model in models
        ]
        client.close()
        return replies

    return asyncio.run(story())


def test_a_whole_reply_leaves_its_connection_for_the_next(upstream: FaultyUpstream) -> None:
    before = upstream.counts().connections
    replies = asked(upstream.url, "well", "well", "well")
    assert {reply.ended for reply in replies} == {Ended.WHOLE}
    assert replies[0].json["model"] == "well"
    assert upstream.counts().connections == before + 2  # one, and that of this question


@pytest.mark.parametrize("model", ["resets", "cuts"])
def test_a_reply_that_breaks_off_is_broken_and_the_next_is_asked_anew(
    upstream: FaultyUpstream, model: str
) -> None:
    broken, well = asked(upstream.url, model, "well")
    assert (broken.ended, well.ended) == (Ended.BROKEN, Ended.WHOLE)


def test_it_hangs_up_when_told_to_and_gives_up_when_it_must(upstream: FaultyUpstream) -> None:
    [hung_up] = asked(upstream.url, "silent", hang_up_after_s=0.05)
    [late] = asked(upstream.url, "silent", within_s=0.05)
    assert (hung_up.ended, late.ended) == (Ended.HUNG_UP, Ended.LATE)
    assert hung_up.status is late.status is None


def test_where_nobody_listens_nothing_was_asked() -> None:
    with refusing_base_url() as nowhere:
        [reply] = asked(nowhere, "well")
    assert reply.ended is Ended.NOT_REACHED
