"""A worker may hold as many connections as the system allows, not as many as a shell's default."""

import subprocess
import sys

_TRIED = """
import os, resource, sys
from watchkeeper.app.gateway.descriptor_room import make_room

_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))
told = make_room(0)
opened = [os.dup(0) for _ in range(100)]
print(told, resource.getrlimit(resource.RLIMIT_NOFILE)[0], max(opened) < 200, make_room(0) == told)
"""


def test_a_worker_asks_for_more_descriptors_than_a_shell_gives_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TRIED], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told, allowed, others_stay_low, same_again = done.stdout.split()
    assert told == allowed
    assert int(told) > 64
    assert (others_stay_low, same_again) == ("True", "True")
