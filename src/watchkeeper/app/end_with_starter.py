"""A worker process that ends with the process that started it."""

import ctypes
import multiprocessing
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal to send this process when its parent ends."""


def end_with_starter() -> None:
    """End this process when the one that started it ends, and leave Ctrl-C to that one.

    For worker processes that hold nothing a kill could damage. Where the system cannot watch for it
    (other than Linux), the worker ends when nobody takes its next result.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        starter = multiprocessing.parent_process()
        if starter is not None and os.getppid() != starter.pid:  # It ended before it could be watched.
            os.kill(os.getpid(), signal.SIGKILL)
