"""A child that ends with its parent, however the parent ended."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from threading import Thread

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal to send this process when its parent ends."""


def end_with_parent(pipe_fd: int, stop: Callable[[], None]) -> None:
    """Have `stop` called when the parent that holds the other end of the pipe is gone.

    On Linux the system also sends SIGTERM, should this process be too busy to read the pipe.

    Args:
        pipe_fd: The reading end of a pipe whose writing end only the parent holds.
        stop: Ends this process in good order.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    Thread(target=_wait_for_end, args=(pipe_fd, stop), name="parent-watch", daemon=True).start()


def _wait_for_end(pipe_fd: int, stop: Callable[[], None]) -> None:
    # The parent never writes: reading ends only when its end of the pipe is closed.
    while os.read(pipe_fd, 1):
        continue
    stop()


def end_with_starter() -> None:
    """End this process when the one that started it ends, and leave Ctrl-C to that one.

    For worker processes that hold nothing a kill could damage. Where the system cannot watch for it
    (other than Linux), the worker ends when its next result finds no reader.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == 1:  # It ended before it could be watched.
            os.kill(os.getpid(), signal.SIGKILL)
