"""The quick way for one message of one text makes what the way for all messages makes."""

import json

import orjson
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.telemetry.otlp.messages import messages_of
from watchkeeper.telemetry.otlp.one_message import one_message

words = st.text(alphabet='ab"\\/\n\r\t\x00\x7f å🙂{}[],:', max_size=30) | st.text(max_size=30)


@given(
    role=st.sampled_from(["user", "assistant", "system", 'u"', "ö", ""]),
    content=words,
    kind=st.sampled_from(["text", "blob"]),
    more=st.sampled_from([{}, {"finish_reason": "stop"}, {"finish_reason": None}, {"name": "n"}]),
    ascii_only=st.booleans(),
    compact=st.booleans(),
)
def test_what_it_takes_it_makes_as_the_way_for_all_messages(
    role: str, content: str, kind: str, more: dict[str, str], ascii_only: bool, compact: bool
) -> None:
    message = {"role": role, "parts": [{"type": kind, "content": content}], **more}
    told = json.dumps(
        [message], ensure_ascii=ascii_only, separators=(",", ":") if compact else (", ", ": ")
    ).encode("utf-8", "replace")
    quick = one_message(told.decode())
    if quick is not None:
        found = messages_of(told.decode(), "user")
        assert quick.data == orjson.dumps(found)
        assert found is not None
        assert found[0]["content"] == quick.text


@given(st.text(alphabet='ab"\\\n å🙂', min_size=1, max_size=30))
def test_it_takes_what_senders_by_the_conventions_send(content: str) -> None:
    message = {"role": "assistant", "parts": [{"type": "text", "content": content}], "finish_reason": "stop"}
    quick = one_message(json.dumps([message], ensure_ascii=False))
    assert quick is not None
    assert quick.text == content
