"""The telemetry file itself: who may open it, what a kill or a full disk leaves, how it is migrated."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from watchkeeper.adapters.duckdb import database
from watchkeeper.adapters.duckdb.migrations import Migration, shipped_migrations
from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.domain.errors import ConflictError, StorageFullError, StoreDamagedError
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.span_filter import EVERYTHING
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BATCH = 50


def a_span(n: int, *, padding: str = "") -> Span:
    return Span(
        trace_id=f"{n // 10:032x}",
        span_id=f"{n + 1:016x}",
        name="chat small",
        operation="chat",
        workload="annual-reports",
        start_ns=int(NOON.timestamp()) * 10**9 + n * 1000,
        duration_ns=1000,
        ok=True,
        attributes={"padding": padding} if padding else {},
    )


def in_another_process(code: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", code, *(str(argument) for argument in arguments)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


APPEND_FOR_EVER = f"""
import sys
from itertools import count
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_telemetry_file import BATCH, NOON, DuckDbTelemetry, TelemetryBatch, a_span
store = DuckDbTelemetry(Path(sys.argv[1]), fold_rows=3 * BATCH)
done = store.positions().get("w-1.ndjson", 0)
for batch in count(done // BATCH):
    spans = tuple(a_span(batch * BATCH + n) for n in range(BATCH))
    end = (batch + 1) * BATCH
    positions = {{"w-1.ndjson": end, f"w-{{batch % 3}}.copy": end}}
    store.append(TelemetryBatch(spans=spans), received_at=NOON, positions=positions)
    print(end, flush=True)
"""


@pytest.mark.parametrize("after_lines", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (7, 40))])
def test_what_was_committed_before_a_kill_is_there_and_positions_agree_with_rows(
    tmp_path: Path, after_lines: int
) -> None:
    path = tmp_path / "telemetry.duckdb"
    for _ in range(2):
        child = in_another_process(APPEND_FOR_EVER, path)
        assert child.stdout is not None
        acknowledged = 0
        for _ in range(after_lines):
            line = child.stdout.readline()
            assert line, child.communicate()[1]
            acknowledged = int(line)
        child.send_signal(signal.SIGKILL)
        rest = child.communicate()[0].split()
        acknowledged = int(rest[-1]) if rest else acknowledged

        store = DuckDbTelemetry(path)
        try:
            assert store.count() >= acknowledged
            assert store.positions()["w-1.ndjson"] == store.count()
            assert max(end for file, end in store.positions().items()) == store.count()
            report = store.verify_rollups()
            assert (report.equal, report.calls) == (True, store.count())
            ids = {(span.trace_id, span.span_id) for span in store.newest(EVERYTHING, 10**6)}
            assert len(ids) == store.count()
        finally:
            store.close()


def test_a_file_open_in_another_process_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.duckdb"
    child = in_another_process(APPEND_FOR_EVER, path)
    assert child.stdout is not None
    child.stdout.readline()
    try:
        with pytest.raises(
            ConflictError, match=rf"is open in another process \(pid {child.pid}\)"
        ) as refused:
            DuckDbTelemetry(path)
        assert "wk down" in refused.value.action
    finally:
        child.kill()
        child.communicate()
    DuckDbTelemetry(path).close()


def test_a_file_open_in_this_process_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.duckdb"
    store = DuckDbTelemetry(path)
    with pytest.raises(ConflictError):
        DuckDbTelemetry(path)
    store.close()
    DuckDbTelemetry(path).close()


def test_a_file_open_in_duckdb_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.duckdb"
    DuckDbTelemetry(path).close()
    child = in_another_process(
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()",
        path,
    )
    assert child.stdout is not None
    child.stdout.readline()
    try:
        with pytest.raises(ConflictError):
            DuckDbTelemetry(path)
    finally:
        child.kill()
        child.communicate()


@pytest.mark.parametrize("damage", ["other file", "cut short", "overwritten"])
def test_a_damaged_file_is_left_as_it_is_and_told(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "telemetry.duckdb"
    store = DuckDbTelemetry(path)
    store.append(TelemetryBatch(spans=tuple([a_span(n) for n in range(100)])), received_at=NOON)
    store.close()
    whole = path.read_bytes()
    broken = {
        "other file": b"%PDF-1.7 " * 3000,
        "cut short": whole[:5000],
        "overwritten": whole[: 4096 * 3] + b"\xab" * 4096 + whole[4096 * 4 :],
    }[damage]
    path.write_bytes(broken)

    with pytest.raises(StoreDamagedError) as told:
        DuckDbTelemetry(path)

    assert str(path) in told.value.message
    assert "backup" in told.value.action
    assert path.read_bytes() == broken


def test_a_file_of_no_bytes_is_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.duckdb"
    path.touch()
    store = DuckDbTelemetry(path)
    assert store.count() == 0
    store.close()


NEWEST = shipped_migrations()[-1].version
ADD_COLUMN = Migration(NEWEST + 1, "ALTER TABLE spans ADD COLUMN region VARCHAR DEFAULT 'here'")


def test_an_older_file_is_migrated_after_a_backup_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.duckdb"
    old = DuckDbTelemetry(path)
    old.append(
        TelemetryBatch(spans=tuple([a_span(n) for n in range(10)])), received_at=NOON, positions={"f": 9}
    )
    old.close()

    new = DuckDbTelemetry(path, migrations=[*shipped_migrations(), ADD_COLUMN])
    assert new.count() == 10
    assert new.positions() == {"f": 9}
    new.close()

    backup = tmp_path / f"telemetry.duckdb.v{NEWEST}-backup"
    shutil.copy(backup, tmp_path / "restored.duckdb")
    restored = DuckDbTelemetry(tmp_path / "restored.duckdb")
    assert restored.count() == 10
    restored.close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.duckdb"
    DuckDbTelemetry(path).close()
    with pytest.raises(Exception, match="no_such_table"):
        DuckDbTelemetry(
            path,
            migrations=[*shipped_migrations(), ADD_COLUMN, Migration(NEWEST + 2, "DROP TABLE no_such_table")],
        )
    store = DuckDbTelemetry(path)
    assert store.append(TelemetryBatch(spans=(a_span(1),)), received_at=NOON).spans.stored == 1
    store.close()


def test_a_file_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.duckdb"
    DuckDbTelemetry(path, migrations=[*shipped_migrations(), ADD_COLUMN]).close()
    before = path.read_bytes()
    with pytest.raises(
        ConflictError, match=f"schema version {NEWEST + 1}; this version knows up to {NEWEST}"
    ):
        DuckDbTelemetry(path)
    assert path.read_bytes() == before


def test_shipped_migrations_are_numbered_without_gaps() -> None:
    assert [step.version for step in shipped_migrations()] == list(range(1, len(shipped_migrations()) + 1))


def test_readers_see_whole_commits_while_a_writer_is_at_work(tmp_path: Path) -> None:
    store = DuckDbTelemetry(tmp_path / "telemetry.duckdb")
    seen: list[tuple[int, int]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.append((store.count(), len(store.newest(EVERYTHING, 10**6))))

    reader = threading.Thread(target=read)
    reader.start()
    for batch in range(20):
        store.append(
            TelemetryBatch(spans=tuple([a_span(batch * BATCH + n) for n in range(BATCH)])), received_at=NOON
        )
    done.set()
    reader.join(timeout=30)
    store.close()
    assert seen
    assert all(count % BATCH == 0 and rows % BATCH == 0 for count, rows in seen)


def test_writers_in_several_threads_lose_nothing(tmp_path: Path) -> None:
    store = DuckDbTelemetry(tmp_path / "telemetry.duckdb")
    stored: list[int] = []

    def write(first: int) -> None:
        for batch in range(5):
            spans = [a_span(first + batch * 10 + n) for n in range(20)]
            stored.append(store.append(TelemetryBatch(spans=tuple(spans)), received_at=NOON).spans.stored)

    writers = [threading.Thread(target=write, args=(first,)) for first in (0, 0, 30)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=30)
    assert sum(stored) == store.count() == 90
    store.close()


def test_the_log_is_worked_into_the_file_as_it_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "CHECKPOINT_BYTES", 20_000)
    path = tmp_path / "telemetry.duckdb"
    store = DuckDbTelemetry(path)
    for batch in range(20):
        store.append(
            TelemetryBatch(spans=tuple([a_span(batch * BATCH + n, padding="x" * 100) for n in range(BATCH)])),
            received_at=NOON,
        )
    log = tmp_path / "telemetry.duckdb.wal"
    assert not log.exists() or log.stat().st_size < 60_000
    assert store.count() == 20 * BATCH
    store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system to fill")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True)
    if made.returncode:
        pytest.skip(f"no small file system to fill here: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("checkpoint_bytes", [1 << 40, 2 << 20])
def test_a_full_disk_is_told_and_loses_nothing(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch, checkpoint_bytes: int
) -> None:
    monkeypatch.setattr(database, "CHECKPOINT_BYTES", checkpoint_bytes)
    store = DuckDbTelemetry(small_disk / "telemetry.duckdb")
    filler = small_disk / "filler"
    filler.write_bytes(b"\0" * (8 << 20))
    kept = 0
    with pytest.raises(StorageFullError, match="No space left") as told:
        for batch in range(1000):
            padding = os.urandom(2000).hex()
            spans = [a_span(batch * BATCH + n, padding=f"{n}{padding}") for n in range(BATCH)]
            store.append(TelemetryBatch(spans=tuple(spans)), received_at=NOON, positions={"f": kept + BATCH})
            kept += BATCH
    assert "free some disk space" in told.value.action
    assert kept > 0
    assert (store.count(), store.positions()) == (kept, {"f": kept})

    filler.unlink()
    assert store.append(TelemetryBatch(spans=(a_span(10**6),)), received_at=NOON).spans.stored == 1
    store.close()
    again = DuckDbTelemetry(small_disk / "telemetry.duckdb")
    assert again.count() == kept + 1
    again.close()


def row_groups(path: Path) -> int:
    connection = duckdb.connect(path, read_only=True)
    row = connection.execute(
        "SELECT count(DISTINCT row_group_id) FROM pragma_storage_info('spans')"
    ).fetchone()
    connection.close()
    assert row is not None
    return int(row[0])


def test_a_commit_never_waits_for_row_groups_to_be_merged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checkpoints that merged them took up to 3 s of processor time, and loading fell ever further behind."""
    monkeypatch.setattr(database, "CHECKPOINT_BYTES", 1)
    path = tmp_path / "telemetry.duckdb"
    store = DuckDbTelemetry(path)
    for batch in range(6):
        spans = tuple(a_span(batch * BATCH + n) for n in range(BATCH))
        store.append(TelemetryBatch(spans=spans), received_at=NOON)
    store.close()
    assert row_groups(path) == 6


def test_rows_that_are_removed_give_back_their_room_though_newer_ones_came_among_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "CHECKPOINT_BYTES", 1)
    path = tmp_path / "telemetry.duckdb"
    store = DuckDbTelemetry(path)
    for batch in range(6):
        spans = [a_span(batch * BATCH + n) for n in range(BATCH)]
        late = [replace(span, start_ns=span.start_ns - 86_400 * 10**9) for span in spans[::2]]
        store.append(TelemetryBatch(spans=(*spans[1::2], *late)), received_at=NOON)
    assert store.remove_before(NOON) == 6 * BATCH // 2
    assert store.count() == 6 * BATCH // 2
    store.close()
    assert row_groups(path) < 6


def test_starts_that_store_a_little_leave_one_row_group(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.duckdb"
    for batch in range(4):
        store = DuckDbTelemetry(path)
        spans = tuple(a_span(batch * BATCH + n) for n in range(BATCH))
        store.append(TelemetryBatch(spans=spans), received_at=NOON)
        store.close()
    assert row_groups(path) == 1


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(StorageFullError, match="cannot write"):
        DuckDbTelemetry(tmp_path / "data" / "telemetry.duckdb")


def test_what_the_engine_is_given_stays_modest(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.duckdb"
    DuckDbTelemetry(path).close()
    file = database.DuckDbFile(path)
    with file.reading() as cursor:
        threads, memory = cursor.execute(
            "SELECT current_setting('threads'), current_setting('memory_limit')"
        ).fetchone() or (None, None)
    file.close()
    assert threads == database.THREADS
    assert memory == "244.1 MiB"
    assert duckdb.__version__.startswith("2.")
