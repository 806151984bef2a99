"""One contract for the machine's clock and ids and for the fakes that stand for them in tests."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.testing.clock import CountedIds, MovedClock


@pytest.fixture(params=[SystemClock, MovedClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    made: Clock = request.param()
    return made


@pytest.fixture(params=[SystemIds, CountedIds])
def ids(request: pytest.FixtureRequest) -> IdSource:
    made: IdSource = request.param()
    return made


def test_now_is_aware_and_in_utc(clock: Clock) -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_monotonic_never_runs_backwards(clock: Clock) -> None:
    readings = [clock.monotonic() for _ in range(100)]

    assert readings == sorted(readings)


def test_a_trace_id_is_32_lower_case_hex_digits_and_a_span_id_16(ids: IdSource) -> None:
    for made, digits in ((ids.trace_id(), 32), (ids.span_id(), 16)):
        assert len(made) == digits
        assert set(made) <= set(string.digits + "abcdef")
        assert int(made, 16) != 0


def test_no_id_comes_twice(ids: IdSource) -> None:
    assert len({ids.trace_id() for _ in range(1000)}) == 1000
    assert len({ids.span_id() for _ in range(1000)}) == 1000


def test_a_moved_clock_stands_still_until_it_is_moved() -> None:
    clock = MovedClock(datetime(2026, 3, 1, tzinfo=UTC))

    assert clock.now() == clock.now() == datetime(2026, 3, 1, tzinfo=UTC)
    clock.advance(90)
    assert clock.now() == datetime(2026, 3, 1, 0, 1, 30, tzinfo=UTC)


@given(st.lists(st.floats(min_value=-1e6, max_value=1e6), max_size=20))
def test_setting_the_wall_clock_back_never_turns_monotonic_back(moves_s: list[float]) -> None:
    clock = MovedClock()
    readings = [clock.monotonic()]
    for move_s in moves_s:
        clock.move_to(clock.now() + timedelta(seconds=move_s))
        readings.append(clock.monotonic())

    assert readings == sorted(readings)


def test_a_moved_clock_refuses_negative_steps_and_instants_without_a_timezone() -> None:
    clock = MovedClock()

    with pytest.raises(ValueError, match="cannot advance by -1"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="timezone"):
        clock.move_to(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive instant is the point


def test_counted_ids_come_the_same_in_every_run() -> None:
    assert [CountedIds().trace_id(), CountedIds(first=255).span_id()] == ["0" * 31 + "1", "0" * 14 + "ff"]
