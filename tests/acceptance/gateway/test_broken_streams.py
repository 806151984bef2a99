"""Streams that break off after they have begun, as each vendor's package sees them."""

from typing import TYPE_CHECKING, Any

import anthropic
import openai
import pytest

from watchkeeper.testing.provider.said import foretold

if TYPE_CHECKING:
    from conftest import House

HI = [{"role": "user", "content": "hi there"}]
WHOLE = foretold("hi", 20)
BREAKS = pytest.mark.parametrize(
    ("route", "code"),
    [
        ("only-breaking", "target_unreachable"),
        ("only-breaking-theirs", "target_unreachable"),
        ("only-hanging", "target_timeout"),
        ("only-hanging-theirs", "target_timeout"),
        ("only-garbled", "malformed_reply"),
        ("only-garbled-theirs", "malformed_reply"),
        ("only-long", "target_unreachable"),
        ("only-short", "target_unreachable"),
    ],
)


@BREAKS
def test_openais_package_raises_after_the_words_that_came(
    house: "House", openai_client: openai.OpenAI, route: str, code: str
) -> None:
    before = len(house.gateway.receipts)
    text = ""
    with pytest.raises(openai.APIError) as raised:
        for chunk in openai_client.chat.completions.create(model=route, messages=HI, stream=True):
            text += "".join(choice.delta.content or "" for choice in chunk.choices)
    assert WHOLE.startswith(text)
    body: Any = raised.value.body
    assert body["code"] == code
    [receipt] = house.receipts_since(before)
    assert (receipt.error_code, receipt.http_status, receipt.cost_usd) == (code, 200, None)


@BREAKS
def test_anthropics_package_raises_after_the_words_that_came(
    house: "House", anthropic_client: anthropic.Anthropic, route: str, code: str
) -> None:
    before = len(house.gateway.receipts)
    text = ""
    with (
        pytest.raises(anthropic.APIStatusError) as raised,
        anthropic_client.messages.stream(model=route, max_tokens=50, messages=HI) as stream,
    ):
        for piece in stream.text_stream:
            text += piece
    assert WHOLE.startswith(text)
    body: Any = raised.value.body
    assert body["error"]["code"] == code
    [receipt] = house.receipts_since(before)
    assert receipt.error_code == code


@pytest.mark.parametrize("route", ["continued", "continued-theirs", "mixed"])
def test_an_answer_that_broke_off_is_continued_without_a_word_lost_or_repeated(
    house: "House", openai_client: openai.OpenAI, anthropic_client: anthropic.Anthropic, route: str
) -> None:
    before = len(house.gateway.receipts)
    chunks = list(openai_client.chat.completions.create(model=route, messages=HI, stream=True))
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == WHOLE
    with anthropic_client.messages.stream(model=route, max_tokens=50, messages=HI) as stream:
        assert stream.get_final_text() == WHOLE
    for at in (0, 2):
        first, second = house.receipts_since(before, at_least=4)[at : at + 2]
        assert (first.error_code, second.error) == ("target_unreachable", None)
        assert second.parent_receipt_id == first.receipt_id
        assert second.degraded
        assert second.cost_usd is not None


def test_both_attempts_of_a_continued_answer_are_billed(house: "House", openai_client: openai.OpenAI) -> None:
    before = len(house.gateway.receipts)
    list(openai_client.chat.completions.create(model="continued", messages=HI, stream=True))
    receipts = house.receipts_since(before, at_least=2)
    assert [one.billed for one in house.log_of(receipts)] == [True, True]
    assert receipts[0].cost_usd is None or receipts[0].cost_usd != "0"
    assert receipts[1].cost_usd not in {None, "0"}
