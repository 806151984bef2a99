"""Whatever is sent: bad parts are left out and counted, good ones kept, and nothing falls over."""

import base64
import json
from contextlib import suppress
from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.telemetry.otlp.request_limits import MOST_ATTRIBUTES, MOST_TEXT_CHARACTERS
from watchkeeper.telemetry.otlp.requests import TakenRequest, answer, take_request
from watchkeeper.telemetry.otlp.signals import LOGS, METRICS, SIGNALS, TRACES, Signal
from watchkeeper.testing.otlp import START_NS, otlp_span, put_attributes, trace_request

NOW_NS = START_NS + 86_400_000_000_000


def taken(message: Any, signal: Signal = TRACES, *, is_json: bool = False) -> TakenRequest:
    body = message if isinstance(message, bytes) else message.SerializeToString()
    return take_request(signal, body, is_json=is_json, now_ns=NOW_NS)


def spans_in(found: TakenRequest) -> list[Any]:
    message: Any = TRACES.request.FromString(found.payload)
    return [span for items in TRACES.item_lists(message) for span in items]


def spoiled(number: int, **fields: Any) -> Any:
    span = otlp_span(number)
    for name, value in fields.items():
        setattr(span, name, value)
    return span


BAD_SPANS = {
    "trace id": spoiled(2, trace_id=b"short"),
    "all zero": spoiled(2, trace_id=bytes(16)),
    "span id": spoiled(2, span_id=b""),
    "parent span id": spoiled(2, parent_span_id=b"12"),
    "before 2000": spoiled(2, start_time_unix_nano=0),
    "a day ahead": spoiled(
        2, start_time_unix_nano=4_102_444_800_000_000_000, end_time_unix_nano=4_102_444_800_000_000_001
    ),
    "before the start": spoiled(2, end_time_unix_nano=START_NS - 1),
}


@pytest.mark.parametrize("reason", BAD_SPANS)
def test_a_bad_span_is_counted_with_its_reason_and_its_neighbours_are_kept(reason: str) -> None:
    found = taken(trace_request(otlp_span(1), BAD_SPANS[reason], otlp_span(3)))

    assert [span.span_id[-1] for span in spans_in(found)] == [1, 3]
    assert sum(found.rejected.values()) == 1
    assert reason in next(iter(found.rejected))
    told = answer(TRACES, found).partial_success
    assert told.rejected_spans == 1
    assert told.error_message.startswith("1 spans were not taken")


def test_a_good_request_is_logged_as_it_came() -> None:
    body = trace_request(otlp_span(1, attributes={"a": 1.5, "b": [1, {"c": True}]})).SerializeToString()

    found = taken(body)

    assert (found.payload, found.rejected, found.cut) == (body, {}, {})
    assert answer(TRACES, found).SerializeToString() == b""


def test_ten_thousand_attributes_are_cut_and_counted() -> None:
    many = {f"name.{number}": number for number in range(10_000)}

    found = taken(trace_request(otlp_span(1, attributes=many), otlp_span(2)))

    assert [len(span.attributes) for span in spans_in(found)] == [MOST_ATTRIBUTES, 0]
    assert sum(found.cut.values()) == 10_000 - MOST_ATTRIBUTES


def test_an_attribute_of_ten_megabytes_is_cut_and_counted() -> None:
    found = taken(
        trace_request(otlp_span(1, attributes={"big": "x" * 10_000_000, "deep": [{"b": b"y" * 3_000_000}]}))
    )

    (span,) = spans_in(found)
    assert len(span.attributes[0].value.string_value) < MOST_TEXT_CHARACTERS + 20
    assert sum(found.cut.values()) == 2
    assert len(found.payload) < 2 * MOST_TEXT_CHARACTERS + 1000


def test_text_that_is_no_utf8_is_mended_and_its_neighbours_stay_untouched() -> None:
    body = trace_request(otlp_span(1, name="chat AAAA"), otlp_span(2, name="chat BBBB")).SerializeToString()

    found = taken(body.replace(b"chat AAAA", b"chat \xff\xfeAA"))

    assert [span.name for span in spans_in(found)] == ["chat ��AA", "chat BBBB"]
    assert found.cut == {"texts that were no UTF-8": 1}
    assert not found.rejected


@given(share=st.floats(0, 1))
def test_of_a_truncated_request_the_whole_spans_are_kept(share: float) -> None:
    spans = [otlp_span(number, attributes={"text": "word " * number}) for number in range(1, 8)]
    body = trace_request(*spans).SerializeToString()
    cut = body[: int(share * len(body))]

    try:
        found = taken(cut)
    except InvalidInputError:
        return  # Not one whole span was left.

    kept = spans_in(found)
    assert kept == spans[: len(kept)]
    assert cut in (b"", body) or len(kept) == 7 or found.rejected or found.cut


requests = st.sampled_from(SIGNALS)


@given(signal=requests, body=st.binary(max_size=400))
def test_bytes_of_no_meaning_are_refused_or_read_and_nothing_else(signal: Signal, body: bytes) -> None:
    try:
        found = taken(body, signal)
    except InvalidInputError as refused:
        assert signal.name in str(refused)
    else:
        signal.request.FromString(found.payload)


@given(data=st.data(), changes=st.integers(1, 6))
def test_a_mutated_request_never_falls_over_and_what_is_logged_can_be_read(
    data: st.DataObject, changes: int
) -> None:
    body = bytearray(
        trace_request(
            *(otlp_span(n, attributes={"a": "text", "n": n}) for n in range(1, 5))
        ).SerializeToString()
    )
    for _ in range(changes):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at] = data.draw(st.integers(0, 255))

    try:
        found = taken(bytes(body))
    except InvalidInputError:
        return

    for span in spans_in(found):
        assert (len(span.trace_id), len(span.span_id)) == (16, 8)
        assert span.start_time_unix_nano <= span.end_time_unix_nano


@given(
    body=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["resourceSpans", "scopeSpans", "spans", "traceId", "attributes", "links", "x"]
                ),
                inner,
            )
        ),
    )
)
def test_json_of_any_shape_is_refused_or_read(body: Any) -> None:
    with suppress(InvalidInputError):
        taken(json.dumps(body).encode(), is_json=True)


def test_json_is_the_same_request_as_protobuf_and_a_bad_span_in_it_costs_no_other() -> None:
    message = trace_request(otlp_span(1, attributes={"a": 2**60, "b": [1.5, "x"]}), otlp_span(2))
    told = json_format.MessageToDict(message)
    spans = told["resourceSpans"][0]["scopeSpans"][0]["spans"]
    for span in spans:
        for name in ("traceId", "spanId"):
            span[name] = base64.b64decode(span[name]).hex().upper()
    spans.insert(1, {"traceId": "no hex", "spanId": 7, "attributes": "none"})
    spans.insert(1, "no span")
    told["resourceSpans"][0]["unknownField"] = 1

    found = taken(json.dumps(told).encode(), is_json=True)

    assert TRACES.request.FromString(found.payload) == message
    assert sum(found.rejected.values()) == 2


@pytest.mark.parametrize("depth", [100, 5000])
def test_json_nested_too_deep_is_left_out_or_refused(depth: int) -> None:
    nested = '{"arrayValue":{"values":[' * depth + "{}" + "]}}" * depth
    span = (
        f'{{"traceId":"{"1" * 32}","spanId":"{"1" * 16}","startTimeUnixNano":"{START_NS}",'
        f'"endTimeUnixNano":"{START_NS}","attributes":[{{"key":"k","value":VALUE}}]}}'
    )
    spans = f"{span.replace('VALUE', nested)},{span.replace('VALUE', '{}')}"
    body = f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}'.encode()

    if depth > 1000:
        with pytest.raises(InvalidInputError):
            taken(body, is_json=True)
    else:
        found = taken(body, is_json=True)
        assert (found.items, sum(found.rejected.values())) == (1, 1)


def test_secrets_and_addresses_are_out_before_anything_is_logged() -> None:
    span = otlp_span(
        1,
        name="mail to anna.ek@example.se",
        attributes={
            "gen_ai.input.messages": json.dumps(
                [{"role": "user", "parts": [{"type": "text", "content": "I am anna.ek@example.se"}]}]
            ),
            "nested": [{"key": "sk-abcdefghij0123456789klmnop"}],
            "raw": b"bearer abcdefghij0123456789",
        },
    )
    event = span.events.add(name="e")
    put_attributes(event.attributes, {"who": "bo.berg@example.se"})
    request = trace_request(span, otlp_span(2), resource={"service.name": "s", "owner": "cia@example.se"})

    found = taken(request)

    for secret in (b"@example.se", b"sk-abcdef", b"abcdefghij0123456789"):
        assert secret not in found.payload
    assert found.payload.count(b"[redacted:email]") == 4


def test_values_that_are_no_numbers_and_times_of_1970_cost_only_their_points() -> None:
    request: Any = METRICS.request()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    for value, at in ((1.0, START_NS), (float("nan"), START_NS), (float("inf"), START_NS), (2.0, 0)):
        metric.gauge.data_points.add(as_double=value, time_unix_nano=at)

    found = taken(request, METRICS)

    assert found.rejected == {
        "a value that is no finite number": 2,
        "a time before 2000 or more than a day ahead": 1,
    }
    message: Any = METRICS.request.FromString(found.payload)
    assert [
        point.as_double for point in message.resource_metrics[0].scope_metrics[0].metrics[0].gauge.data_points
    ] == [1.0]


def test_a_log_record_without_a_time_is_counted() -> None:
    request: Any = LOGS.request()
    records = request.resource_logs.add().scope_logs.add().log_records
    records.add(observed_time_unix_nano=START_NS)
    records.add()

    found = taken(request, LOGS)

    assert (found.items, sum(found.rejected.values())) == (1, 1)


def test_a_key_that_belongs_to_a_workload_speaks_for_no_other() -> None:
    span = otlp_span(1, attributes={"watchkeeper.workload": "someone-elses"})
    body = trace_request(
        span, resource={"service.name": "s", "watchkeeper.workload": "x"}
    ).SerializeToString()

    found = take_request(TRACES, body, is_json=False, now_ns=NOW_NS, workload="mine")

    assert b"someone-elses" not in found.payload
    assert b"mine" in found.payload


def test_the_library_alone_would_have_lost_the_whole_request() -> None:
    body = trace_request(otlp_span(1, name="chat AAAA"), otlp_span(2)).SerializeToString()
    with pytest.raises(DecodeError):
        TRACES.request.FromString(body.replace(b"AAAA", b"\xff\xff\xff\xff"))
