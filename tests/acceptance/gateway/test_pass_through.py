"""With nothing configured, a client that only sets its base URL reaches its provider with its own key."""

from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest

from watchkeeper.testing.faulty_upstream import FaultyUpstream
from watchkeeper.testing.gateway_process import GatewayProcess
from watchkeeper.testing.provider.plan import Fault, ProviderPlan
from watchkeeper.testing.provider.said import foretold

HI: Any = [{"role": "user", "content": "hi there"}]
OPENAI_KEY, ANTHROPIC_KEY = "sk-mine-and-nobody-elses", "sk-ant-mine-and-nobody-elses"


@pytest.fixture(scope="module")
def upstream() -> Iterator[FaultyUpstream]:
    limited = ProviderPlan(faults={Fault.RATE_LIMITED: 1.0}, retry_after_s=9)
    with FaultyUpstream(by_model={"limited": limited}) as running:
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: FaultyUpstream, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    addresses = {
        "openai": {"base_url": upstream.openai_url},
        "anthropic": {"base_url": upstream.url},
    }
    folder = tmp_path_factory.mktemp("pass-through")
    with GatewayProcess(folder, {"passthrough": addresses}) as running:
        yield running


def test_openais_package_reaches_its_provider_with_its_own_key(
    upstream: FaultyUpstream, gateway: GatewayProcess
) -> None:
    with openai.OpenAI(base_url=gateway.openai_url, api_key=OPENAI_KEY, max_retries=0) as client:
        reply = client.chat.completions.create(model="gpt-4o-mini", messages=HI)
        stream = client.chat.completions.create(model="gpt-4o-mini", messages=HI, stream=True)
        streamed = "".join(chunk.choices[0].delta.content or "" for chunk in stream)
    assert reply.choices[0].message.content == streamed == foretold("hi", 20)
    assert {one.credential for one in upstream.requests()[-2:]} == {OPENAI_KEY}


def test_anthropics_package_reaches_its_provider_with_its_own_key(
    upstream: FaultyUpstream, gateway: GatewayProcess
) -> None:
    with anthropic.Anthropic(base_url=gateway.url, api_key=ANTHROPIC_KEY, max_retries=0) as client:
        reply = client.messages.create(model="claude-any", max_tokens=50, messages=HI)
    assert reply.content[0].text == foretold("hi", 20)
    assert upstream.requests()[-1].credential == ANTHROPIC_KEY


def test_a_call_that_passed_through_is_receipted_and_priced(gateway: GatewayProcess) -> None:
    with openai.OpenAI(base_url=gateway.openai_url, api_key=OPENAI_KEY, max_retries=0) as client:
        raw = client.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=HI)
    receipt = gateway.receipts[-1]
    assert raw.headers["x-watchkeeper-receipt"] == receipt.receipt_id
    assert (receipt.route, receipt.provider, receipt.model) == (None, "openai", "gpt-4o-mini")
    # genai-prices: gpt-4o-mini costs 0.15 USD a million tokens in and 0.60 out.
    tokens = (receipt.input_tokens or 0) * 15 + (receipt.output_tokens or 0) * 60
    assert float(receipt.cost_usd or 0) == pytest.approx(tokens / 100 / 1e6)


def test_a_rate_limit_is_the_clients_own_affair(upstream: FaultyUpstream, gateway: GatewayProcess) -> None:
    before = upstream.counts().requests
    with (
        openai.OpenAI(base_url=gateway.openai_url, api_key=OPENAI_KEY, max_retries=0) as client,
        pytest.raises(openai.RateLimitError) as raised,
    ):
        client.chat.completions.create(model="limited", messages=HI)
    assert int(raised.value.response.headers["retry-after"]) >= 9
    assert upstream.counts().requests == before + 1  # the gateway did not try again of its own accord


def test_the_clients_key_is_written_down_nowhere(gateway: GatewayProcess) -> None:
    with openai.OpenAI(base_url=gateway.openai_url, api_key=OPENAI_KEY, max_retries=0) as client:
        client.chat.completions.create(model="gpt-4o-mini", messages=HI)
        with pytest.raises(openai.RateLimitError):
            client.chat.completions.create(model="limited", messages=HI)
    # Not the database's own folder: files come and go in it, and no call is written there.
    parts = [part for part in gateway.data_dir.iterdir() if part.name != "postgres"]
    kept = [path for part in parts for path in (part, *part.rglob("*")) if path.is_file()]
    assert any(path.suffix == ".ndjson" for path in kept)
    for path in kept:
        assert OPENAI_KEY.encode() not in path.read_bytes(), path
