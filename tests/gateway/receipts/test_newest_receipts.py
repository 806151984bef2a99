"""The newest receipts, read from the files' ends."""

from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.receipts import ReceiptFilter, ReceiptWriter, tail
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
