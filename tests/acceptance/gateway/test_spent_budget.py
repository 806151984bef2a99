"""A hard limit that is spent, as each vendor's package and the operator see it."""

from collections.abc import Iterator
from threading import Event
from time import monotonic
from typing import Any

import anthropic
import openai
import pytest

from watchkeeper.testing.faulty_upstream import FaultyUpstream
from watchkeeper.testing.gateway_process import GatewayProcess, target

HI: Any = [{"role": "user", "content": "hi there"}]


@pytest.fixture(scope="module")
def upstream() -> Iterator[FaultyUpstream]:
    with FaultyUpstream() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: FaultyUpstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    settings = {
        "targets": {
            "a": target(upstream.openai_url, "model-a"),
            "of-no-price": {"provider": "openai", "base_url": upstream.openai_url, "model": "model-x"},
        },
        "routes": {
            "poor": {"targets": ["a"]},
            "rich": {"targets": ["a"]},
            "unpriced": {"targets": ["of-no-price"]},
        },
        "budgets": [
            {"name": "pocket", "route": "poor", "per": "month", "limit_usd": "0.0005", "hard": True},
            {"name": "chest", "route": "rich", "per": "month", "limit_usd": "100", "hard": True},
            {"name": "ledger", "route": "unpriced", "per": "month", "limit_usd": "100", "hard": True},
        ],
        "timezone": "Europe/Stockholm",
    }
    with GatewayProcess(tmp_path_factory.mktemp("spent"), settings) as running:
        until_money_can_be_held(running)
        yield running
        running.wk("down")


def until_money_can_be_held(gateway: GatewayProcess) -> None:
    """The gateway links to its state beside serving; until then a hard limit lets nothing through."""
    deadline = monotonic() + 60
    with openai.OpenAI(base_url=gateway.openai_url, api_key="sk-mine", max_retries=0) as client:
        while True:
            try:
                client.chat.completions.create(model="rich", messages=HI)
            except openai.InternalServerError as not_yet:
                assert not_yet.status_code == 503
                assert monotonic() < deadline
                Event().wait(0.05)
            else:
                return


def told_of_budget(message: str) -> None:
    """Which budget, spent, limit, when it resets."""
    assert "'pocket'" in message
    assert "of 0.0005 USD" in message
    assert "(Europe/Stockholm)" in message


def test_openais_package_is_told_which_budget_is_spent(
    upstream: FaultyUpstream, gateway: GatewayProcess
) -> None:
    before = upstream.counts().requests
    with openai.OpenAI(base_url=gateway.openai_url, api_key="sk-mine", max_retries=0) as client:
        with pytest.raises(openai.APIStatusError) as raised:
            client.chat.completions.create(model="poor", messages=HI)
        client.chat.completions.create(model="rich", messages=HI)
    assert raised.value.status_code == 402
    assert (raised.value.code, raised.value.type) == ("budget_spent", "insufficient_quota")
    told_of_budget(raised.value.message)
    assert upstream.counts().requests == before + 1  # the rich one's


@pytest.mark.parametrize("stream", [False, True])
def test_anthropics_package_is_told_which_budget_is_spent(gateway: GatewayProcess, stream: bool) -> None:
    with (
        anthropic.Anthropic(base_url=gateway.url, api_key="sk-ant-mine", max_retries=0) as client,
        pytest.raises(anthropic.APIStatusError) as raised,
    ):
        client.messages.create(model="poor", max_tokens=50, messages=HI, stream=stream)
    body: Any = raised.value.body
    assert (raised.value.status_code, body["error"]["type"]) == (402, "billing_error")
    told_of_budget(body["error"]["message"])
    receipt = gateway.receipts[-1]
    assert (receipt.error_code, receipt.cost_usd) == ("budget_spent", "0")


def test_a_call_whose_price_is_not_known_is_not_let_through_a_hard_limit(
    upstream: FaultyUpstream, gateway: GatewayProcess
) -> None:
    before = upstream.counts().requests
    with (
        openai.OpenAI(base_url=gateway.openai_url, api_key="sk-mine", max_retries=0) as client,
        pytest.raises(openai.APIStatusError) as raised,
    ):
        client.chat.completions.create(model="unpriced", messages=HI)
    assert (raised.value.status_code, raised.value.code) == (402, "price_unknown")
    assert upstream.counts().requests == before
