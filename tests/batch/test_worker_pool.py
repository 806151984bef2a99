"""Items in worker processes: a crash costs one item."""

import os
import signal

import pytest

from watchkeeper.batch.worker_pool import Lost, WorkerPool


def nothing() -> None:
    """No set-up is needed."""


def double(item: int) -> int:
    """Die on 13, as native code would; raise on a negative number."""
    if item == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    if item < 0:
        raise ValueError(f"{item} is negative")
    return 2 * item


def interrupts_blocked(_item: int) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def pool(workers: int = 2) -> WorkerPool[int, int]:
    return WorkerPool(work=double, workers=workers, setup=nothing)


def test_every_item_gets_its_result() -> None:
    assert dict(pool().results(range(8))) == {n: 2 * n for n in range(8)}


def test_a_worker_that_dies_loses_one_item_and_no_other() -> None:
    results = dict(pool().results([1, 2, 13, 3, 4, 5, 6]))
    assert results == {1: 2, 2: 4, 13: Lost(), 3: 6, 4: 8, 5: 10, 6: 12}


def test_an_exception_of_the_work_is_not_hidden() -> None:
    with pytest.raises(ValueError, match="-1 is negative"):
        list(pool(1).results([-1]))


def test_no_items_give_no_results() -> None:
    assert list(pool().results([])) == []


def test_ctrl_c_is_kept_from_workers_from_their_first_instruction_on() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    looking = WorkerPool(work=interrupts_blocked, workers=1, setup=nothing)
    assert list(looking.results([1])) == [(1, True)]
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
