"""Two requests are the same question when nothing that can change the answer differs."""

import json
import random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from watchkeeper.gateway.answer_key import WITHOUT_EFFECT, answer_key

ASKED: dict[str, Any] = {
    "model": "extract",
    "temperature": 0.2,
    "messages": [{"role": "user", "content": "How many flats has the house?"}],
}
SCOPE = ("extract", "annual-reports", None)


def key(body: object, scope: tuple[str | None, ...] = SCOPE, operation: str = "chat") -> bytes | None:
    assert isinstance(body, dict)
    return answer_key(body, operation=operation, scope=scope)


@pytest.mark.parametrize(
    "changed",
    [
        {"stream": True},
        {"stream": True, "stream_options": {"include_usage": True}},
        {"user": "reader-7"},
        {"metadata": {"ticket": "12"}},
    ],
)
def test_who_asks_and_how_it_is_sent_make_no_difference(changed: dict[str, Any]) -> None:
    assert key({**ASKED, **changed}) == key(ASKED)


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "large"},
        {"temperature": 0.3},
        {"temperature": None},
        {"max_tokens": 5},
        {"seed": 1},
        {"n": 2},
        {"tools": []},
        {"response_format": {"type": "json_object"}},
        {"messages": [{"role": "user", "content": "How many flats has the house? "}]},
        {"messages": [{"role": "system", "content": "How many flats has the house?"}]},
        {"a_field_of_tomorrow": 1},
    ],
)
def test_whatever_can_change_the_answer_makes_another_question(changed: dict[str, Any]) -> None:
    assert key({**ASKED, **changed}) != key(ASKED)


def test_another_scope_or_surface_is_another_question() -> None:
    assert key(ASKED, ("extract", "annual-reports", "r2")) != key(ASKED)
    assert key(ASKED, operation="messages") != key(ASKED)


@pytest.mark.parametrize("odd", [2**70, "\ud800"])
def test_a_request_without_a_canonical_form_has_no_key(odd: object) -> None:
    assert key({**ASKED, "seed": odd}) is None


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)
bodies = st.dictionaries(st.text(max_size=6), values, max_size=5)


def shuffled(value: object, chance: random.Random) -> object:
    if isinstance(value, dict):
        names = list(value)
        chance.shuffle(names)
        return {name: shuffled(value[name], chance) for name in names}
    if isinstance(value, list):
        return [shuffled(each, chance) for each in value]
    return value


@given(body=bodies, chance=st.randoms(use_true_random=False))
def test_the_order_of_keys_and_white_space_make_no_difference(
    body: dict[str, Any], chance: random.Random
) -> None:
    written = json.dumps(shuffled(body, chance), indent=3)
    assert key(body) is not None
    assert key(json.loads(written)) == key(body)


@given(one=bodies, other=bodies)
def test_different_questions_have_different_keys(one: dict[str, Any], other: dict[str, Any]) -> None:
    def asked(body: dict[str, Any]) -> str:
        kept = {name: value for name, value in body.items() if name not in WITHOUT_EFFECT}
        return json.dumps(kept, sort_keys=True)

    assume(asked(one) != asked(other))
    assert key(one) != key(other)
