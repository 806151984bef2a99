"""Where a request's items stand in its bytes is where the library wrote them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.telemetry.otlp.item_ranges import item_ranges
from watchkeeper.telemetry.otlp.signals import SIGNALS, Signal

names = st.lists(st.lists(st.lists(st.text(max_size=200), max_size=3), max_size=3), max_size=3)


def request_of(signal: Signal, groups: list[list[list[str]]]) -> Any:
    """A request with resources, scopes and items of these names."""
    request: Any = signal.request()
    for scopes in groups:
        group = getattr(request, signal.groups).add(schema_url="u")
        group.resource.attributes.add(key="service.name").value.string_value = "shop"
        for held in scopes:
            scoped = getattr(group, signal.scoped).add(schema_url="v")
            scoped.scope.name = "scope"
            for name in held:
                item = getattr(scoped, signal.items).add()
                setattr(item, "event_name" if signal.name == "logs" else "name", name)
    return request


@given(st.sampled_from(SIGNALS), names)
def test_each_range_holds_one_item_in_the_order_of_the_library(
    signal: Signal, groups: list[list[list[str]]]
) -> None:
    request = request_of(signal, groups)
    body = request.SerializeToString()
    ranges = item_ranges(body)
    assert ranges is not None
    written = [item.SerializeToString() for items in signal.item_lists(request) for item in items]
    assert [body[begin:end] for begin, end in ranges] == written


@given(st.binary(max_size=60))
def test_bytes_that_are_no_request_tell_nothing_or_ranges_within(body: bytes) -> None:
    assert all(0 <= begin <= end <= len(body) for begin, end in item_ranges(body) or ())
