"""A child that ends with its parent, however the parent ended."""

import ctypes
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal to send this process when its parent ends."""


@contextmanager
def ended_with_parent(pipe_fd: int | None, stop: Callable[[], None]) -> Iterator[None]:
    """Within the block, have `stop` called when the parent that holds the pipe's other end is gone.

    On Linux the system also sends SIGTERM, should this process be too busy to look at the pipe.

    Args:
        pipe_fd: The reading end of a pipe whose writing end only the parent holds; None for no parent.
        stop: Ends this process in good order.
    """
    if pipe_fd is None:
        yield
        return
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    waking, wake = os.pipe()
    watch = Thread(target=_watch, args=(pipe_fd, waking, stop), name="parent-watch", daemon=True)
    watch.start()
    try:
        yield
    finally:
        os.close(wake)
        watch.join()
        os.close(waking)


def _watch(pipe_fd: int, waking: int, stop: Callable[[], None]) -> None:
    # Nobody writes to either pipe: each becomes readable when its other end is closed.
    readable, _, _ = select.select([pipe_fd, waking], [], [])
    if pipe_fd in readable:
        stop()
