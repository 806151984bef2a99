"""Reading receipts: the newest from the files' ends, and new lines as they come."""

from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.receipts import ReceiptFilter, ReceiptTail, ReceiptWriter, tail
from watchkeeper.gateway.receipts.series import lines_backward, torn_bytes

Make = Callable[..., Receipt]


def test_the_newest_come_first_over_all_writers_and_files(tmp_path: Path, clock: Clock, make: Make) -> None:
    with (
        ReceiptWriter(tmp_path, "run", clock=clock, rotate_bytes=4096) as one,
        ReceiptWriter(tmp_path, "gateway", clock=clock) as other,
    ):
        written = [(one, other)[n % 3 == 0].append(make()) for n in range(20)]

    newest = tail(tmp_path, 8)
    assert newest.receipts == tuple(reversed(written))[:8]
    assert newest.unreadable == 0
    assert tail(tmp_path, 0).receipts == ()
    assert tail(tmp_path / "none", 5).receipts == ()


def test_the_newest_can_be_asked_for_by_run_and_by_failure(tmp_path: Path, clock: Clock, make: Make) -> None:
    with ReceiptWriter(tmp_path, "run", clock=clock) as writer:
        writer.append(make(run_id="RUN_1"))
        failed = writer.append(make(run_id="RUN_1", error="target_timeout: late"))
        writer.append(make(run_id="RUN_2"))

    assert [r.run_id for r in tail(tmp_path, 9, which=ReceiptFilter(run_id="RUN_1")).receipts] == [
        "RUN_1",
        "RUN_1",
    ]
    assert tail(tmp_path, 9, which=ReceiptFilter(failed=True)).receipts == (failed,)


def test_torn_and_unreadable_lines_are_passed_over_and_counted(
    tmp_path: Path, clock: Clock, make: Make
) -> None:
    with ReceiptWriter(tmp_path, "run", clock=clock) as writer:
        kept = writer.append(make())
    with (tmp_path / "run-000001.ndjson").open("ab") as file:
        file.write(b'not json\n{"torn')
    newest = tail(tmp_path, 5)
    assert (newest.receipts, newest.unreadable) == ((kept,), 1)


@given(
    lines=st.lists(st.binary(max_size=70_000).map(lambda b: b.replace(b"\n", b""))),
    torn=st.binary(max_size=9),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lines_read_backward_are_those_read_forward(tmp_path: Path, lines: list[bytes], torn: bytes) -> None:
    torn = torn.replace(b"\n", b"")
    file = tmp_path / "any.ndjson"
    file.write_bytes(b"".join(line + b"\n" for line in lines) + torn)
    assert list(lines_backward(file)) == lines[::-1]
    assert torn_bytes(file) == len(torn)


def test_following_brings_each_whole_line_once(tmp_path: Path, clock: Clock, make: Make) -> None:
    following = ReceiptTail(tmp_path)
    assert following.read({}).receipts == ()
    offsets: dict[str, int] = {}
    seen: list[Receipt] = []
    with ReceiptWriter(tmp_path, "run", clock=clock, rotate_bytes=4096) as writer:
        written = []
        for n in range(15):
            written.append(writer.append(make()))
            if n % 4 == 0:
                batch = following.read(offsets)
                offsets.update(batch.offsets)
                seen += batch.receipts
    batch = following.read(offsets)
    seen += batch.receipts
    assert seen == written
    assert following.read({**offsets, **batch.offsets}).receipts == ()


def test_a_line_half_written_waits_for_its_end(tmp_path: Path, make: Make) -> None:
    file = tmp_path / "run-000001.ndjson"
    line = make().line() + b"\n"
    file.write_bytes(line + line[:30])
    first = ReceiptTail(tmp_path).read({})
    assert (len(first.receipts), first.offsets) == (1, {file.name: len(line)})
    file.write_bytes(line + line)
    assert len(ReceiptTail(tmp_path).read(first.offsets).receipts) == 1


def test_a_long_backlog_comes_in_pieces(tmp_path: Path, clock: Clock, make: Make) -> None:
    with ReceiptWriter(tmp_path, "run", clock=clock, rotate_bytes=4096) as writer:
        written = [writer.append(make()) for _ in range(12)]
    following = ReceiptTail(tmp_path, most_bytes=3000)
    offsets: dict[str, int] = {}
    seen: list[Receipt] = []
    turns = 0
    more = True
    while more:
        batch = following.read(offsets)
        offsets.update(batch.offsets)
        seen += batch.receipts
        more, turns = batch.more, turns + 1
    assert seen == written
    assert turns > 2


def test_an_unreadable_line_is_told_with_its_place_and_without_its_text(tmp_path: Path, make: Make) -> None:
    line = make().line() + b"\n"
    (tmp_path / "run-000001.ndjson").write_bytes(line + b"secret\n" + line)
    batch = ReceiptTail(tmp_path).read({})
    assert len(batch.receipts) == 2
    assert [(bad.file, bad.offset) for bad in batch.unreadable] == [("run-000001.ndjson", len(line))]
    assert "secret" not in batch.unreadable[0].reason


def test_a_file_that_was_cut_is_not_read_again(tmp_path: Path, make: Make) -> None:
    line = make().line() + b"\n"
    (tmp_path / "run-000001.ndjson").write_bytes(line)
    assert ReceiptTail(tmp_path).read({"run-000001.ndjson": 10 * len(line)}).receipts == ()
