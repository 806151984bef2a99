"""Room for connections, made before any of them needs it.

A call takes two file descriptors, the client's and the provider's. Many systems allow a process 1,024 unless
it asks for more. And Linux widens the table of them as it fills, each time waiting until no thread can still
read the old one: measured, all streams of a worker stood still for 10 ms at its 256th, 512th and 1,024th.
"""

import fcntl
import os
import resource
from contextlib import suppress

_MOST = 65_536
"""Descriptors a worker asks for at most: a table of half a megabyte."""


def make_room(fd: int) -> int:
    """Allow this process as many descriptors as the system lets it have, and widen its table for them.

    Args:
        fd: Any open descriptor; it stays as it is.

    Returns:
        How many it may have open from now on.
    """
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if most == resource.RLIM_INFINITY else min(most, _MOST)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
            allowed = wanted
        except (OSError, ValueError):
            pass  # some systems allow less than they say; what was allowed before still is
    highest = _MOST if allowed == resource.RLIM_INFINITY else min(allowed, _MOST)
    with suppress(OSError):  # without it, the table is widened later
        os.close(fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, highest - 1))
    return allowed if allowed != resource.RLIM_INFINITY else highest
