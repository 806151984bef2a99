"""The server a command started leaves when it has been quiet for its time, and not before."""

from watchkeeper.app.idle_exit import IdleWatch
from watchkeeper.testing.clock import MovedClock


def test_it_leaves_after_its_time_of_quiet() -> None:
    clock = MovedClock()
    watch = IdleWatch(clock, 300)
    clock.advance(299)
    assert not watch.is_over()
    clock.advance(1)
    assert watch.is_over()


def test_a_request_begins_the_time_anew_when_it_ends() -> None:
    clock = MovedClock()
    watch = IdleWatch(clock, 300)
    clock.advance(200)
    watch.begin()
    clock.advance(1000)
    assert not watch.is_over(), "a request is open"
    watch.end()
    clock.advance(299)
    assert not watch.is_over()
    clock.advance(1)
    assert watch.is_over()


def test_a_server_that_stays_never_leaves() -> None:
    clock = MovedClock()
    watch = IdleWatch(clock, None)
    clock.advance(1e9)
    assert not watch.is_over()
