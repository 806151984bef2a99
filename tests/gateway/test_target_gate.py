"""So many calls at once, the others in order, and no place is ever lost."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import QueueFullError
from watchkeeper.gateway.target_gate import GateLimits, TargetGate


@dataclass
class Due:
    """A timer that runs when told to."""

    after_s: float
    run: Callable[[], None]
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True


@dataclass
class Timers:
    made: list[Due] = field(default_factory=list)

    def later(self, after_s: float, run: Callable[[], None]) -> Due:
        self.made.append(Due(after_s, run))
        return self.made[-1]

    def fire(self, number: int) -> None:
        if not self.made[number].cancelled:
            self.made[number].run()


async def turns() -> None:
    """Let everything that is ready run."""
    for _ in range(5):
        await asyncio.sleep(0)


def story(told: Callable[[TargetGate, Timers], Coroutine[Any, Any, None]], **limits: Any) -> None:
    async def tell() -> None:
        timers = Timers()
        gate = TargetGate("large", GateLimits(**{"at_once": 1, **limits}), later=timers.later)
        await told(gate, timers)

    asyncio.run(tell())


def entering(gate: TargetGate, within_s: float = 60.0) -> "asyncio.Task[None]":
    return asyncio.create_task(gate.enter(within_s=within_s))


def test_those_who_wait_come_in_in_the_order_they_came() -> None:
    async def told(gate: TargetGate, _: Timers) -> None:
        assert gate.try_enter()
        first, second = entering(gate), entering(gate)
        await turns()
        assert not first.done()
        gate.leave()
        await turns()
        assert (first.done(), second.done()) == (True, False)
        gate.leave()
        await turns()
        assert second.done()
        assert (gate.inside, gate.waiting) == (1, 0)

    story(told)


def test_a_full_queue_refuses_at_once_and_says_what_to_do() -> None:
    async def told(gate: TargetGate, _: Timers) -> None:
        assert gate.try_enter()
        waits = entering(gate)
        await turns()
        with pytest.raises(QueueFullError, match="1 more wait, which is all its queue takes") as refused:
            await gate.enter(within_s=60.0)
        assert refused.value.retry_after_s == 1.0
        assert "targets.large.max_concurrency" in refused.value.action
        gate.leave()
        await waits

    story(told, queue=1)


def test_no_queue_at_all_refuses_whoever_finds_no_place() -> None:
    async def told(gate: TargetGate, _: Timers) -> None:
        await gate.enter(within_s=60.0)
        with pytest.raises(QueueFullError):
            await gate.enter(within_s=60.0)

    story(told, queue=0)


def test_the_shorter_of_the_callers_and_the_gates_time_ends_the_wait() -> None:
    async def told(gate: TargetGate, timers: Timers) -> None:
        assert gate.try_enter()
        hurried, patient = entering(gate, within_s=2.0), entering(gate, within_s=60.0)
        await turns()
        assert [due.after_s for due in timers.made] == [2.0, 10.0]
        timers.fire(0)
        await turns()
        with pytest.raises(QueueFullError, match="none came free within 2 s"):
            await hurried
        assert gate.waiting == 1
        gate.leave()
        await patient

    story(told)


def test_without_a_limit_nobody_waits() -> None:
    async def told(gate: TargetGate, _: Timers) -> None:
        for _n in range(1000):
            assert gate.try_enter()
        assert gate.inside == 1000

    story(told, at_once=None)


def test_a_caller_cancelled_just_as_its_place_is_handed_over_passes_it_on() -> None:
    async def told(gate: TargetGate, _: Timers) -> None:
        assert gate.try_enter()
        first, second = entering(gate), entering(gate)
        await turns()
        gate.leave()
        first.cancel()
        await turns()
        assert first.cancelled()
        assert second.done()
        assert gate.inside == 1

    story(told)


def test_raising_the_limit_lets_in_who_waits_and_lowering_it_sends_nobody_away() -> None:
    async def told(gate: TargetGate, _: Timers) -> None:
        assert gate.try_enter()
        waits = entering(gate)
        await turns()
        gate.change(GateLimits(at_once=2))
        await waits
        gate.change(GateLimits(at_once=1))
        assert gate.inside == 2
        gate.leave()
        assert not gate.try_enter()
        gate.leave()
        assert gate.try_enter()

    story(told)


def test_by_default_the_event_loop_tells_the_time() -> None:
    async def told() -> None:
        gate = TargetGate("large", GateLimits(at_once=1, wait_s=0.001))
        await gate.enter(within_s=60.0)
        with pytest.raises(QueueFullError):
            await gate.enter(within_s=60.0)
        assert (gate.inside, gate.waiting) == (1, 0)

    asyncio.run(told())


steps = st.lists(
    st.tuples(
        st.sampled_from(["come", "leave", "cancel", "time out", "leave and cancel", "turn", "limit"]),
        st.integers(0, 5),
    ),
    max_size=40,
)


@given(steps=steps, at_once=st.integers(1, 3), queue=st.integers(0, 3))
def test_whatever_happens_no_place_is_lost_and_nobody_overtakes(
    steps: list[tuple[str, int]], at_once: int, queue: int
) -> None:
    async def told(gate: TargetGate, timers: Timers) -> None:
        entered: list[int] = []
        tasks: list[asyncio.Task[None]] = []
        most = at_once

        async def visit(number: int) -> None:
            await gate.enter(within_s=60.0)
            entered.append(number)

        def inside() -> list[int]:
            return [number for number in entered if number not in left]

        left: set[int] = set()
        for what, pick in steps:
            if what == "come":
                tasks.append(asyncio.create_task(visit(len(tasks))))
            elif what.startswith("leave") and inside():
                left.add(inside()[pick % len(inside())])
                gate.leave()
            elif what == "turn":
                await turns()
            elif what == "time out" and timers.made:
                timers.fire(pick % len(timers.made))
            elif what == "limit":
                most = max(most, gate.inside, 1 + pick % 3)
                gate.change(GateLimits(at_once=1 + pick % 3, queue=queue))
            if "cancel" in what and tasks:
                tasks[pick % len(tasks)].cancel()
            assert gate.waiting <= queue
            assert gate.inside <= most
        await turns()
        assert gate.inside == len(inside())
        assert entered == sorted(entered)
        while any(not task.done() for task in tasks):
            left.add(inside()[0])
            gate.leave()
            await turns()
        for _ in inside():
            gate.leave()
        assert (gate.inside, gate.waiting) == (0, 0)
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            assert result is None or isinstance(result, QueueFullError | asyncio.CancelledError)

    story(told, at_once=at_once, queue=queue)
