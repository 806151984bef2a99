"""Writing receipts: whole lines, chained over files and over writers that died."""

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import ConflictError, InvalidInputError, StorageFullError
from watchkeeper.domain.receipt import FIRST_PREV_SHA256, Receipt, receipt_of_line
from watchkeeper.gateway.receipts import Problem, ReceiptWriter, heads_of, verify_receipts

Make = Callable[..., Receipt]


def lines_of(folder: Path) -> list[bytes]:
    return [line for path in sorted(folder.glob("*.ndjson")) for line in path.read_bytes().splitlines()]


def test_a_receipt_stands_in_its_file_before_append_returns(tmp_path: Path, clock: Clock, make: Make) -> None:
    with ReceiptWriter(tmp_path, "run", clock=clock) as writer:
        written = writer.append(make(item_id="årsredovisning.pdf"))

        assert (tmp_path / "run-000001.ndjson").read_bytes() == written.line() + b"\n"
        assert written.prev_sha256 == FIRST_PREV_SHA256
        assert written.seq == 1


def test_every_line_names_the_hash_of_the_line_before_it_over_files_and_writers(
    tmp_path: Path, clock: Clock, make: Make
) -> None:
    for _ in range(3):
        with ReceiptWriter(tmp_path, "run", clock=clock, rotate_bytes=4096) as writer:
            for _ in range(7):
                writer.append(make())

    lines = lines_of(tmp_path)
    expected = [FIRST_PREV_SHA256, *(hashlib.sha256(line).hexdigest() for line in lines)]
    assert [json.loads(line)["prev_sha256"] for line in lines] == expected[:-1]
    assert [json.loads(line)["seq"] for line in lines] == list(range(1, 22))
    files = list(tmp_path.glob("*.ndjson"))
    assert len(files) > 3
    assert all(path.stat().st_size <= 4096 for path in files)


def test_a_second_writer_of_the_name_gets_a_series_of_its_own_and_a_freed_one_is_taken_again(
    tmp_path: Path, clock: Clock, make: Make
) -> None:
    with ReceiptWriter(tmp_path, "run", clock=clock) as first:
        with ReceiptWriter(tmp_path, "run", clock=clock) as second:
            first.append(make())
            second.append(make())
            assert (first.name, second.name) == ("run", "run.2")
        with ReceiptWriter(tmp_path, "run", clock=clock) as third:
            third.append(make())
            assert third.name == "run.2"

    assert sorted(path.name for path in tmp_path.glob("*.ndjson")) == [
        "run-000001.ndjson",
        "run.2-000001.ndjson",
    ]
    assert verify_receipts(tmp_path, []).clean


def test_many_threads_write_whole_lines_in_one_chain(tmp_path: Path, clock: Clock, make: Make) -> None:
    receipts = [make() for _ in range(400)]
    with (
        ReceiptWriter(tmp_path, "run", clock=clock, rotate_bytes=50_000) as writer,
        ThreadPoolExecutor(8) as pool,
    ):
        list(pool.map(writer.append, receipts))

    assert {receipt_of_line(line).receipt_id for line in lines_of(tmp_path)} == {
        receipt.receipt_id for receipt in receipts
    }
    assert verify_receipts(tmp_path, []).clean


def test_a_torn_last_line_is_left_as_it_is_and_the_next_writer_begins_a_new_file(
    tmp_path: Path, clock: Clock, make: Make
) -> None:
    with ReceiptWriter(tmp_path, "run", clock=clock) as writer:
        for _ in range(3):
            writer.append(make())
    torn = tmp_path / "run-000001.ndjson"
    torn.write_bytes(torn.read_bytes()[:-40])
    as_it_was = torn.read_bytes()

    with ReceiptWriter(tmp_path, "run", clock=clock) as writer:
        written = writer.append(make())

    second_line = as_it_was.split(b"\n")[1]
    assert torn.read_bytes() == as_it_was
    assert (tmp_path / "run-000002.ndjson").read_bytes() == written.line() + b"\n"
    assert (written.prev_sha256, written.seq) == (hashlib.sha256(second_line).hexdigest(), 3)
    report = verify_receipts(tmp_path, [])
    assert [(f.problem, f.file, f.line) for f in report.findings] == [
        (Problem.TORN_LINE, "run-000001.ndjson", 3)
    ]
    assert report.intact
    assert not report.clean


def test_the_head_counts_only_synced_lines(tmp_path: Path, clock: Clock, make: Make) -> None:
    writer = ReceiptWriter(tmp_path, "run", clock=clock, fsync_every_s=3600)
    written = writer.append(make())
    assert writer.head() is None
    writer.close()
    head = writer.head()
    assert head is not None
    assert (head.count, head.sha256) == (1, hashlib.sha256(written.line()).hexdigest())


def test_the_head_follows_within_a_second(tmp_path: Path, clock: Clock, make: Make) -> None:
    with ReceiptWriter(tmp_path, "run", clock=clock, fsync_every_s=0.01) as writer:
        writer.append(make())
        reached = threading.Event()
        for _ in range(100):
            head = writer.head()
            if head is not None:
                break
            reached.wait(0.01)
        assert head is not None
        assert head.count == 1


def test_a_closed_writer_takes_no_more_and_leaves_no_thread(tmp_path: Path, clock: Clock, make: Make) -> None:
    before = threading.active_count()
    writer = ReceiptWriter(tmp_path, "run", clock=clock)
    writer.close()
    writer.close()
    assert threading.active_count() == before
    with pytest.raises(ConflictError):
        writer.append(make())


def test_a_name_with_bytes_that_are_no_utf8_keeps_no_receipt_from_being_written(
    tmp_path: Path, clock: Clock, make: Make
) -> None:
    with ReceiptWriter(tmp_path, "run", clock=clock) as writer:
        written = writer.append(make(item_id="g\udce5rd.pdf"))
    assert written.item_id == "g\\udce5rd.pdf"
    assert receipt_of_line(lines_of(tmp_path)[0]) == written
    assert verify_receipts(tmp_path, []).clean


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "receipts").write_text("a file where the folder should be")
    with pytest.raises(StorageFullError, match="cannot be written") as refused:
        ReceiptWriter(tmp_path / "receipts", "run", clock=clock)
    assert "writable" in refused.value.action


def test_a_folder_that_takes_no_files_is_one_clear_error(clock: Clock) -> None:
    with pytest.raises(StorageFullError, match="cannot be written"):
        ReceiptWriter(Path("/proc/self"), "run", clock=clock)


@pytest.mark.parametrize("name", ["", "Run", "a/b", "..", "-run", "x" * 65])
def test_a_name_that_cannot_be_part_of_a_file_name_is_refused(
    tmp_path: Path, clock: Clock, name: str
) -> None:
    with pytest.raises(InvalidInputError):
        ReceiptWriter(tmp_path, name, clock=clock)


FILLING = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from watchkeeper.domain.errors import StorageFullError
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.receipts import ReceiptWriter

class Fixed:
    def now(self): return datetime(2026, 3, 1, tzinfo=UTC)
    def monotonic(self): return 0.0

def receipt(n):
    return Receipt(receipt_id=f"{n:032x}", ts="2026-03-01T09:00:00.000000Z", trace_id="a" * 32,
                   span_id="b" * 16, workload="w", target="t", provider="p", model="m", latency_ms=1.0)

writer = ReceiptWriter(Path(sys.argv[1]), "run", clock=Fixed())
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
refused = []
for n in range(1, 9):
    try:
        writer.append(receipt(n))
    except StorageFullError:
        refused.append(n)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer.close()
print(refused)
"""


def test_a_disk_that_fills_in_the_middle_of_a_line_fails_that_call_alone(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILLING, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )

    refused = json.loads(done.stdout)
    assert len(refused) == 1
    kept = [
        receipt_of_line(line).receipt_id
        for path in sorted(tmp_path.glob("*.ndjson"))
        for line in path.read_bytes().splitlines(keepends=True)
        if line.endswith(b"\n")
    ]
    assert kept == [f"{n:032x}" for n in range(1, 9) if n not in refused]
    report = verify_receipts(tmp_path, [])
    assert [f.problem for f in report.findings] == [Problem.TORN_LINE]


def test_heads_read_from_the_files_agree_with_the_writer(tmp_path: Path, clock: Clock, make: Make) -> None:
    with ReceiptWriter(tmp_path, "run", clock=clock, rotate_bytes=4096) as writer:
        for _ in range(9):
            writer.append(make())
    first = heads_of(tmp_path, known=[], seen_at=clock.now())
    assert first == (writer.head(),)

    with ReceiptWriter(tmp_path, "run", clock=clock, rotate_bytes=4096) as writer:
        for _ in range(9):
            writer.append(make())
    assert heads_of(tmp_path, known=first, seen_at=clock.now()) == (writer.head(),)


def test_a_head_does_not_move_onto_a_chain_that_does_not_lead_back_to_it(
    tmp_path: Path, clock: Clock, make: Make
) -> None:
    with ReceiptWriter(tmp_path, "run", clock=clock) as writer:
        for _ in range(5):
            writer.append(make())
    known = heads_of(tmp_path, known=[], seen_at=clock.now())
    file = tmp_path / "run-000001.ndjson"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:3]))
    with ReceiptWriter(tmp_path, "run", clock=clock) as writer:
        for _ in range(5):
            writer.append(make())

    assert heads_of(tmp_path, known=known, seen_at=datetime(2027, 1, 1, tzinfo=UTC)) == known
    report = verify_receipts(tmp_path, known)
    assert [f.problem for f in report.findings] == [Problem.HEAD_MISMATCH]


def test_a_forked_process_may_not_write_into_its_parents_chain(
    tmp_path: Path, clock: Clock, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ReceiptWriter(tmp_path, "run", clock=clock) as writer:
        writer.append(make())
        with monkeypatch.context() as other_process:
            other_process.setattr("watchkeeper.gateway.receipts.writer.os.getpid", lambda: -1)
            with pytest.raises(ConflictError, match="belongs to process"):
                writer.append(make())
