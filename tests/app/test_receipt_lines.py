"""The receipt files as lines: each whole line once, whatever the pieces they are read in."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.app.receipt_lines import ReceiptLines
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.receipts import ReceiptWriter
from watchkeeper.testing.clock import MovedClock

line = st.binary(max_size=40).map(lambda data: data.replace(b"\n", b""))


@given(
    lines=st.lists(line, max_size=30),
    torn=line,
    batch_bytes=st.integers(min_value=1, max_value=64),
    data=st.data(),
)
def test_reading_on_from_any_batch_brings_every_whole_line_once(
    tmp_path_factory, lines: list[bytes], torn: bytes, batch_bytes: int, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("receipts")
    (folder / "run-000001.ndjson").write_bytes(b"".join(each + b"\n" for each in lines) + torn)
    source = ReceiptLines(folder, batch_bytes=batch_bytes)
    first = list(source.read_new({}))
    assert [each for batch in first for each in batch.lines] == lines
    for batch in first:
        for each, offset in zip(batch.lines, batch.offsets(), strict=True):
            whole = (folder / "run-000001.ndjson").read_bytes()
            assert whole[offset : offset + len(each) + 1] == each + b"\n"
    stop = data.draw(st.integers(min_value=0, max_value=len(first)))
    done = first[:stop]
    positions = {done[-1].file: done[-1].end_offset} if done else {}
    rest = [each for batch in source.read_new(positions) for each in batch.lines]
    assert [each for batch in done for each in batch.lines] + rest == lines


def test_a_torn_line_is_left_until_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "run-000001.ndjson"
    file.write_bytes(b"one\ntw")
    source = ReceiptLines(tmp_path)
    (batch,) = source.read_new({})
    assert (batch.lines, batch.end_offset) == ((b"one",), 4)
    assert list(source.read_new({file.name: 4})) == []
    file.write_bytes(b"one\ntwo\n")
    (batch,) = source.read_new({file.name: 4})
    assert (batch.lines, batch.end_offset) == ((b"two",), 8)


def test_a_file_cut_behind_its_position_has_nothing_new(tmp_path: Path) -> None:
    (tmp_path / "run-000001.ndjson").write_bytes(b"one\n")
    assert list(ReceiptLines(tmp_path).read_new({"run-000001.ndjson": 100})) == []


def a_receipt(n: int) -> Receipt:
    return Receipt(
        receipt_id=f"{n:032x}",
        ts="2026-03-01T09:00:00.000000Z",
        trace_id="a" * 32,
        span_id=f"{n + 1:016x}",
        workload="annual-reports",
        target="layout",
        provider="baseline",
        model="layout",
        latency_ms=1.5,
    )


def test_a_writer_at_work_is_followed_over_its_files(tmp_path: Path) -> None:
    source = ReceiptLines(tmp_path)
    positions: dict[str, int] = {}
    read: list[bytes] = []
    with ReceiptWriter(tmp_path, "run", clock=MovedClock(), rotate_bytes=2048) as writer:
        written = []
        for n in range(15):
            written.append(writer.append(a_receipt(n)).line())
            if n % 4 == 0:
                for batch in source.read_new(positions):
                    read += batch.lines
                    positions[batch.file] = batch.end_offset
    read += [line for batch in source.read_new(positions) for line in batch.lines]
    assert read == written
    assert len(list(tmp_path.glob("*.ndjson"))) > 2


def test_files_of_other_names_are_no_receipts(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"one\n")
    assert list(ReceiptLines(tmp_path).read_new({})) == []
