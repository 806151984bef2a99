"""Items worked on in processes of their own, so that a crash costs one item and not the run."""

import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

AHEAD = 2
"""Items handed out per worker: enough to keep it busy, few enough that a crash suspects few."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker process died on this item, also when it was tried alone."""


@contextmanager
def _unasked_at_an_end(executor: ProcessPoolExecutor) -> Iterator[None]:
    """Take back what no worker has begun when nobody wants the results any more, such as after Ctrl-C."""
    try:
        yield
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        raise


@dataclass(frozen=True, slots=True)
class WorkerPool(Generic[Item, Result]):
    """A function applied to items by worker processes.

    A worker that dies (a crash in native code, the kernel's out-of-memory kill) breaks the whole
    executor, so the items that were out are tried again one at a time: the guilty one is `Lost`, the
    others get their results.
    """

    work: Callable[[Item], Result]
    workers: int
    setup: Callable[..., None]
    """Called once in each worker process, with `setup_args`."""
    setup_args: tuple[object, ...] = ()

    def results(self, items: Iterable[Item]) -> Iterator[tuple[Item, Result | Lost]]:
        """Each item with its result, in the order they finish; an exception of `work` is raised."""
        waiting = iter(items)
        suspects: list[Item] = []
        while True:
            yield from self._until_broken(waiting, suspects)
            if not suspects:
                return
            for item in suspects:
                yield item, self._alone(item)
            suspects.clear()

    def _until_broken(
        self, waiting: Iterator[Item], suspects: list[Item]
    ) -> Iterator[tuple[Item, Result | Lost]]:
        with self._executor(self.workers) as executor, _unasked_at_an_end(executor):
            out: dict[Future[Result], Item] = {}
            room = self.workers * AHEAD
            while True:
                for item in islice(waiting, room - len(out)):
                    try:
                        out[self._given(executor, item)] = item
                    except BrokenProcessPool:
                        suspects.append(item)
                        break
                if not out:
                    return
                done, _ = wait(out, return_when=FIRST_COMPLETED)
                for future in done:
                    item = out.pop(future)
                    if isinstance(future.exception(), BrokenProcessPool):
                        suspects.append(item)
                    else:
                        yield item, future.result()
                if suspects:
                    suspects.extend(out.values())
                    return

    def _alone(self, item: Item) -> Result | Lost:
        with self._executor(1) as executor:
            try:
                return self._given(executor, item).result()
            except BrokenProcessPool:
                return Lost()

    def _given(self, executor: ProcessPoolExecutor, item: Item) -> Future[Result]:
        """Hand an item out; the processes this starts never see a Ctrl-C, which is their starter's to answer.

        They inherit the mask, so that none dies of it, with a traceback, while it still imports.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return executor.submit(self.work, item)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _executor(self, workers: int) -> ProcessPoolExecutor:
        # Spawned, not forked: the parent has threads, and a fork would copy their locks.
        return ProcessPoolExecutor(
            workers, mp_context=get_context("spawn"), initializer=self.setup, initargs=self.setup_args
        )
