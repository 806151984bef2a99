"""A component's time limit: whoever asks goes on after it, whatever the component does."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from threading import BoundedSemaphore
from typing import TypeVar

from watchkeeper.domain.errors.components import ComponentBusyError, ComponentTooSlowError

R = TypeVar("R")


class TimeLimit:
    """Runs a component's work in threads of its own, and waits no longer than its limit.

    Python cannot stop a thread: late work goes on, holding its place, and its result is thrown away. While
    all places are held nothing more is begun, so that work that hangs never takes more threads.
    """

    def __init__(self, component: str, limit_s: float, *, places: int = 4) -> None:
        """Set up; threads are started when they are needed.

        Args:
            component: Whose limit it is.
            limit_s: Seconds one piece of work has.
            places: Pieces of work at once.

        Raises:
            ValueError: The limit is no time, or there is no place.
        """
        if limit_s <= 0 or places < 1:
            raise ValueError("a time limit is above 0 s and has at least one place")
        self.component = component
        self.limit_s = limit_s
        self._free = BoundedSemaphore(places)
        self._pool = ThreadPoolExecutor(places, thread_name_prefix=f"component-{component}")

    def run(self, work: Callable[[], R]) -> R:
        """The work's result; what it raises is raised.

        Raises:
            ComponentTooSlowError: It did not end in time.
            ComponentBusyError: No place came free within the limit.
        """
        if not self._free.acquire(timeout=self.limit_s):
            raise ComponentBusyError(
                f"all places of component {self.component!r} are held by work that is late",
                action="it is tried again at the next query; restart the process if it stays so",
            )
        future: Future[R] = self._pool.submit(copy_context().run, work)
        future.add_done_callback(lambda _: self._free.release())
        try:
            return future.result(self.limit_s)
        except TimeoutError as late:
            if future.done():
                raise  # the work's own
            raise ComponentTooSlowError(
                f"component {self.component!r} took longer than {self.limit_s * 1000:g} ms",
                action="its time limit is a setting; the performance log ranks slow components",
            ) from late

    def close(self) -> None:
        """Take no more work; late work is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
