"""The ingest log: what was told to be on disk is read again, once, whatever was cut or killed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.ingest_log.reader import LogReader
from watchkeeper.adapters.ingest_log.segments import segments_in
from watchkeeper.adapters.ingest_log.writer import LogWriter
from watchkeeper.domain.errors import StorageFullError
from watchkeeper.telemetry.ingest_log.record_format import LogEntry, RecordKind, head_of, parse

entries = st.builds(
    LogEntry,
    kind=st.sampled_from(RecordKind),
    received_ns=st.integers(0, 2**63 - 1),
    payload=st.binary(max_size=300),
)


@contextmanager
def writing(folder: Path, writer: str, **more: object) -> Iterator[LogWriter]:
    log = LogWriter(folder, writer, **more)  # type: ignore[arg-type]
    log.start()
    try:
        yield log
    finally:
        log.close()


def written(log: LogWriter, given_entries: list[LogEntry]) -> None:
    for future in [log.append(entry) for entry in given_entries]:
        future.result(10)


def read_all(folder: Path, positions: dict[str, int] | None = None) -> list[LogEntry]:
    stretches = LogReader(folder, stretch_bytes=128).read_new(positions or {})
    return [entry for stretch in stretches for entry in stretch.entries]


def entry(payload: bytes) -> LogEntry:
    return LogEntry(RecordKind.TRACES, 1, payload)


@settings(deadline=None, max_examples=30)
@given(given_entries=st.lists(entries, max_size=30), segment_bytes=st.integers(100, 2000))
def test_everything_written_is_read_in_order_over_any_segments(
    given_entries: list[LogEntry], segment_bytes: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("log")
    with writing(folder, "a", segment_bytes=segment_bytes) as log:
        written(log, given_entries)

    assert read_all(folder) == given_entries


@given(given_entries=st.lists(entries, min_size=1, max_size=8), cut=st.integers(1, 400))
def test_a_torn_tail_costs_only_what_it_cut(given_entries: list[LogEntry], cut: int) -> None:
    data = b"".join(head_of(one) + one.payload for one in given_entries)
    torn = data[: max(0, len(data) - cut)]

    found = parse(torn)

    assert found.entries == given_entries[: len(found.entries)]
    assert not found.damage
    assert found.end == sum(len(head_of(one)) + len(one.payload) for one in found.entries)


@given(given_entries=st.lists(entries, min_size=3, max_size=8), place=st.floats(0, 1), bit=st.integers(0, 7))
def test_a_flipped_bit_costs_one_record_and_is_told(
    given_entries: list[LogEntry], place: float, bit: int
) -> None:
    data = bytearray(b"".join(head_of(one) + one.payload for one in given_entries))
    data[int(place * (len(data) - 1))] ^= 1 << bit

    found = parse(bytes(data), finished=True)

    # The three bytes of padding in a head are checked too, so every bit counts.
    assert len(found.damage) == 1
    assert len(found.entries) >= len(given_entries) - 1
    assert all(one in given_entries for one in found.entries)


def test_reading_goes_on_where_it_ended(tmp_path: Path) -> None:
    with writing(tmp_path, "a") as log:
        written(log, [entry(b"one")])
        first = list(LogReader(tmp_path).read_new({}))
        written(log, [entry(b"two")])

    assert [one.payload for one in read_all(tmp_path, {first[-1].segment: first[-1].end_offset})] == [b"two"]
    assert not first[-1].is_end


def test_a_new_writer_cuts_the_torn_tail_and_the_old_segment_can_go(tmp_path: Path) -> None:
    with writing(tmp_path, "a") as log:
        written(log, [entry(b"acknowledged")])
    with segments_in(tmp_path)[0].open("ab") as file:
        file.write(head_of(entry(b"half")) + b"ha")

    with writing(tmp_path, "b") as log:
        written(log, [entry(b"after")])

    stretches = list(LogReader(tmp_path).read_new({}))
    assert [one.payload for stretch in stretches for one in stretch.entries] == [b"acknowledged", b"after"]
    assert [stretch.is_end for stretch in stretches] == [True, False]
    assert not any(stretch.damage for stretch in stretches)


def test_requests_that_come_during_a_sync_share_the_next_one(tmp_path: Path) -> None:
    in_sync, go_on = Event(), Event()

    def slow_sync(handle: int) -> None:
        in_sync.set()
        assert go_on.wait(10)
        os.fsync(handle)

    with writing(tmp_path, "a", sync=slow_sync) as log:
        first = log.append(entry(b"first"))
        assert in_sync.wait(10)
        others = [log.append(entry(b"other %d" % number)) for number in range(50)]
        assert not first.done() and not any(one.done() for one in others)
        go_on.set()
        for future in [first, *others]:
            future.result(10)
        assert log.commits == 2


def test_a_failed_sync_is_told_and_what_follows_is_kept(tmp_path: Path) -> None:
    failures = iter([True])

    def sync(handle: int) -> None:
        if next(failures, False):
            raise OSError(28, "No space left on device")
        os.fsync(handle)

    with writing(tmp_path, "a", sync=sync) as log:
        with pytest.raises(StorageFullError, match="No space left"):
            log.append(entry(b"lost")).result(10)
        written(log, [entry(b"kept")])

    assert [one.payload for one in read_all(tmp_path)] == [b"kept"]
