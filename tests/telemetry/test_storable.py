"""Which spans can be stored exactly, and in which form."""

from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.fingerprint import content_fingerprint
from watchkeeper.telemetry.storable import storable

SPAN = Span(
    trace_id="a" * 32,
    span_id="1" * 16,
    name="chat small",
    operation="chat",
    workload="annual-reports",
    start_ns=1_772_000_000_000_000_000,
    duration_ns=2,
    ok=True,
)


def changed(**changes: object) -> Span:
    return replace(SPAN, **changes)  # type: ignore[arg-type]  # wrong kinds are the point


def test_a_plain_span_is_stored_as_it_is() -> None:
    assert storable(SPAN) is SPAN


@pytest.mark.parametrize(
    ("given_usd", "kept_usd"),
    [
        ("0.0000000000005", "0"),
        ("0.0000000000015", "0.000000000002"),
        ("1E+3", "1000"),
        ("-0", "0"),
        ("999999999999.999999999999", "999999999999.999999999999"),
    ],
)
def test_a_cost_is_kept_to_twelve_decimals(given_usd: str, kept_usd: str) -> None:
    assert storable(changed(cost_usd=Decimal(given_usd))).cost_usd == Decimal(kept_usd)


def test_attributes_are_kept_as_json_keeps_them() -> None:
    assert storable(changed(attributes={"b": (1, 2), "a": None})).attributes == {"a": None, "b": [1, 2]}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("trace_id", ""),
        ("span_id", None),
        ("name", 5),
        ("workload", None),
        ("model", "\ud800"),
        ("model", b"small"),
        ("start_ns", -1),
        ("start_ns", None),
        ("start_ns", 2**63),
        ("start_ns", 946_684_799_999_999_999),
        ("start_ns", 4_102_444_800_000_000_000),
        ("duration_ns", 0.5),
        ("ok", None),
        ("ok", 1),
        ("json_ok", "yes"),
        ("attempt", True),
        ("ttft_ms", float("nan")),
        ("ttft_ms", "fast"),
        ("cost_usd", Decimal("NaN")),
        ("cost_usd", Decimal("-0.01")),
        ("cost_usd", Decimal("1E+12")),
        ("cost_usd", Decimal("999999999999.9999999999999")),
        ("cost_usd", 0.1),
        ("attributes", {"a": float("inf")}),
        ("attributes", {"a": b"x"}),
        ("attributes", {"a": "\ud800"}),
    ],
)
def test_a_value_of_another_kind_is_refused_with_its_column(column: str, value: object) -> None:
    with pytest.raises(InvalidInputError, match=column):
        storable(changed(**{column: value}))


def test_every_column_is_checked() -> None:
    for column in fields(Span):
        with pytest.raises(InvalidInputError, match=column.name):
            storable(changed(**{column.name: object() if column.name != "attributes" else {"a": object()}}))


VALUES = st.one_of(st.none(), st.sampled_from(["", "a", "b"]))


@given(one=st.tuples(VALUES, VALUES), other=st.tuples(VALUES, VALUES))
def test_spans_have_one_fingerprint_exactly_when_they_say_the_same(
    one: tuple[str | None, str | None], other: tuple[str | None, str | None]
) -> None:
    first, second = changed(model=one[0], target=one[1]), changed(model=other[0], target=other[1])
    assert (content_fingerprint(first) == content_fingerprint(second)) == (first == second)


def test_false_and_unknown_have_different_fingerprints() -> None:
    assert content_fingerprint(changed(json_ok=False)) != content_fingerprint(SPAN)
    assert content_fingerprint(changed(cost_usd=Decimal(0))) != content_fingerprint(SPAN)
    assert content_fingerprint(changed(cost_usd=Decimal("0.10"))) == content_fingerprint(
        changed(cost_usd=Decimal("0.1"))
    )


def test_a_fingerprint_does_not_change_between_versions() -> None:
    # Stored beside every span: another way of making it would turn every repeat into a conflict.
    plain = changed(start_ns=1)
    full = replace(
        plain, model="small-7b", json_ok=False, cost_usd=Decimal("0.10"), attributes={"å": [1.5, None]}
    )
    assert content_fingerprint(plain).hex() == "207284e95c515d8e77fa3fa80738abf9"
    assert content_fingerprint(full).hex() == "04905a56a4ae5bcc00c7da1dbd940bc5"
