"""The spool by itself: what a torn file still tells, and who takes over what a dead process left."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.sdk.export.lanes import METRICS, QUERIES, TRACES
from watchkeeper.sdk.export.spool import Spool
from watchkeeper.sdk.export.spool_file import frame_of, payloads_in, whole_bytes
from watchkeeper.sdk.problems import Problems


@given(st.lists(st.binary(max_size=60), max_size=6), st.integers(0, 600), st.binary(max_size=8))
def test_of_a_file_cut_anywhere_every_whole_batch_before_the_cut_is_read(
    payloads: list[bytes], cut: int, after: bytes
) -> None:
    frames = [frame_of(payload) for payload in payloads]
    content = b"".join(frames)[:cut]
    ends = [sum(map(len, frames[: n + 1])) for n in range(len(frames))]
    whole = sum(end <= len(content) for end in ends)

    assert list(payloads_in(content)) == payloads[:whole]
    assert whole_bytes(content) == (ends[whole - 1] if whole else 0)
    if len(content) < len(b"".join(frames)):
        assert list(payloads_in(content + after))[:whole] == payloads[:whole]


DEAD = """
import os, sys
from pathlib import Path
from watchkeeper.sdk.export.lanes import QUERIES
from watchkeeper.sdk.export.spool import Spool
from watchkeeper.sdk.problems import Problems
spool = Spool(Path(sys.argv[1]), "dead", max_bytes=10**9, fsync=True, problems=Problems())
for n in range(5):
    spool.add(QUERIES, b"%d" % n, now_ns=n)
print("ready", flush=True)
sys.stdin.read()
"""


def test_what_a_killed_process_left_is_taken_over_by_exactly_one(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", DEAD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        spools = [_spool(tmp_path, f"living-{n}") for n in range(6)]
        assert [spool.adopt() for spool in spools] == [0] * 6, "its writer lives"
        os.kill(process.pid, signal.SIGKILL)
    taken = [0] * 6
    start = Barrier(6)

    def adopt(n: int) -> None:
        start.wait()
        taken[n] = spools[n].adopt()

    threads = [Thread(target=adopt, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [0, 0, 0, 0, 0, 1]
    heir = spools[taken.index(1)]
    file = heir.next(QUERIES)
    assert file is not None
    assert heir.body(file) == b"[0,1,2,3,4]"
    heir.done(file)
    for spool in spools:
        spool.close()
    assert list(tmp_path.iterdir()) == []


def test_a_batch_that_comes_while_its_file_is_being_sent_begins_another(tmp_path: Path) -> None:
    spool = _spool(tmp_path, "one")
    spool.add(QUERIES, b"1", now_ns=1)
    sending = spool.next(QUERIES)
    assert sending is not None
    spool.add(QUERIES, b"2", now_ns=2)
    assert spool.body(sending) == b"[1]"
    spool.done(sending)
    later = spool.next(QUERIES)
    assert later is not None
    assert spool.body(later) == b"[2]"
    spool.close()


def test_batches_of_a_lane_stay_in_order_and_lanes_apart(tmp_path: Path) -> None:
    spool = _spool(tmp_path, "one")
    for n in range(4):
        spool.add(TRACES, b"t%d" % n, now_ns=n)
        spool.add(METRICS, b"m%d" % n, now_ns=n)
    traces, metrics = spool.next(TRACES), spool.next(METRICS)
    assert traces is not None
    assert metrics is not None
    assert (spool.body(traces), spool.body(metrics)) == (b"t0t1t2t3", b"m0m1m2m3")
    spool.close()


def _spool(root: Path, writer: str) -> Spool:
    return Spool(root, writer, max_bytes=10**9, fsync=False, problems=Problems())
