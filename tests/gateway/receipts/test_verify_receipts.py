"""Verifying receipts: any single tampering of a valid series is found and named."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.receipt import Receipt, receipt_of_line
from watchkeeper.domain.run import ReceiptHead
from watchkeeper.gateway.receipts import Problem, ReceiptWriter, VerifyReport, heads_of, verify_receipts

Make = Callable[..., Receipt]
Heads = tuple[ReceiptHead, ...]


@pytest.fixture
def series(tmp_path: Path, clock: Clock, make: Make) -> tuple[Path, Heads]:
    """Twelve receipts over several files."""
    return written(tmp_path, clock, make)


def written(folder: Path, clock: Clock, make: Make) -> tuple[Path, Heads]:
    with ReceiptWriter(folder, "run", clock=clock, rotate_bytes=4096, fsync_every_s=60) as writer:
        for _ in range(12):
            writer.append(make())
    return folder, heads_of(folder, known=[], seen_at=datetime(2026, 3, 1, tzinfo=UTC))


def problems(report: VerifyReport) -> list[tuple[Problem, str, int | None]]:
    return [(finding.problem, finding.file, finding.line) for finding in report.findings]


def edit(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


def test_an_untouched_series_is_clean(series: tuple[Path, Heads]) -> None:
    folder, heads = series
    report = verify_receipts(folder, heads)
    assert report.clean
    assert (report.writers, report.lines, report.heads) == (1, 12, 1)
    assert report.files >= 3


def test_no_folder_has_no_lines_and_no_findings(tmp_path: Path) -> None:
    report = verify_receipts(tmp_path / "none", [])
    assert (report.clean, report.lines) == (True, 0)


def test_a_changed_line_is_named(series: tuple[Path, Heads]) -> None:
    folder, heads = series
    edit(
        folder / "run-000001.ndjson",
        lambda ls: [ls[0], ls[1].replace(b'"latency_ms":1.5', b'"latency_ms":0.5'), *ls[2:]],
    )
    report = verify_receipts(folder, heads)
    assert problems(report) == [(Problem.CHANGED_LINE, "run-000001.ndjson", 2)]
    assert "restore" in report.findings[0].action


def test_a_changed_last_line_is_found_by_its_head(series: tuple[Path, Heads]) -> None:
    folder, heads = series
    last = max(folder.glob("*.ndjson"))
    edit(last, lambda ls: [*ls[:-1], ls[-1].replace(b'"latency_ms":1.5', b'"latency_ms":0.5')])
    assert [f.problem for f in verify_receipts(folder, heads).findings] == [Problem.HEAD_MISMATCH]


def test_removed_lines_are_counted(series: tuple[Path, Heads]) -> None:
    folder, heads = series
    edit(folder / "run-000002.ndjson", lambda ls: [ls[0], *ls[2:]])
    report = verify_receipts(folder, heads)
    assert problems(report) == [(Problem.REMOVED_LINES, "run-000002.ndjson", 2)]
    assert "1 of the receipts before it are gone" in report.findings[0].what


def test_swapped_lines_are_called_reordered(series: tuple[Path, Heads]) -> None:
    folder, heads = series
    edit(folder / "run-000001.ndjson", lambda ls: [ls[1], ls[0], *ls[2:]])
    assert Problem.REORDERED_LINES in {f.problem for f in verify_receipts(folder, heads).findings}


def test_a_repeated_line_is_a_duplicate(series: tuple[Path, Heads]) -> None:
    folder, heads = series
    edit(folder / "run-000001.ndjson", lambda ls: [ls[0], ls[0], *ls[1:]])
    found = {f.problem for f in verify_receipts(folder, heads).findings}
    assert {Problem.DUPLICATE_ID, Problem.REORDERED_LINES} <= found


def test_a_cut_tail_says_how_many_are_gone(series: tuple[Path, Heads]) -> None:
    folder, heads = series
    last = max(folder.glob("*.ndjson"))
    gone = len(last.read_bytes().splitlines())
    last.unlink()
    report = verify_receipts(folder, heads)
    assert [f.problem for f in report.findings] == [Problem.CUT_TAIL]
    assert f"{gone} are gone" in report.findings[0].what


def test_a_missing_file_is_named(series: tuple[Path, Heads]) -> None:
    folder, heads = series
    (folder / "run-000002.ndjson").unlink()
    assert (Problem.MISSING_FILE, "run-000002.ndjson", None) in problems(verify_receipts(folder, heads))


def test_a_missing_series_is_named(series: tuple[Path, Heads]) -> None:
    folder, heads = series
    for path in folder.glob("*.ndjson"):
        path.unlink()
    assert problems(verify_receipts(folder, heads)) == [(Problem.MISSING_FILE, "run-000001.ndjson", None)]


def test_a_history_written_anew_is_told_by_the_head(
    series: tuple[Path, Heads], clock: Clock, make: Make
) -> None:
    folder, heads = series
    for path in folder.glob("*.ndjson"):
        path.unlink()
    written(folder, clock, make)
    assert [f.problem for f in verify_receipts(folder, heads).findings] == [Problem.HEAD_MISMATCH]


def test_a_foreign_file_is_named(series: tuple[Path, Heads]) -> None:
    folder, heads = series
    (folder / "copy of run.ndjson").write_bytes((folder / "run-000001.ndjson").read_bytes())
    assert problems(verify_receipts(folder, heads)) == [(Problem.UNKNOWN_FILE, "copy of run.ndjson", None)]


def test_lines_a_living_writer_adds_after_its_head_are_no_finding(
    tmp_path: Path, clock: Clock, make: Make
) -> None:
    with ReceiptWriter(tmp_path, "run", clock=clock) as writer:
        writer.append(make())
        heads = heads_of(tmp_path, known=[], seen_at=clock.now())
        writer.append(make())
        assert verify_receipts(tmp_path, heads).clean


WHOLE = Receipt(
    receipt_id="1",
    ts="2026-03-01T09:00:00.000000Z",
    trace_id="1",
    span_id="1",
    workload="w",
    target="t",
    provider="p",
    model="m",
    latency_ms=1.5,
    cost_usd="0.25",
)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ts", None),
        ("ts", "yesterday"),
        ("ts", "2026-03-01T09:00:00"),
        ("ts", "0001-01-01T00:00:00Z"),
        ("latency_ms", "1.5"),
        ("latency_ms", float("inf")),
        ("latency_ms", -1),
        ("input_tokens", True),
        ("input_tokens", 2**63),
        ("cost_usd", 0.25),
        ("cost_usd", "much"),
        ("cost_usd", "NaN"),
        ("cost_usd", "-1"),
        ("cost_usd", "1e12"),
        ("trace_id", ""),
        ("json_ok", 1),
        ("item_id", ["a"]),
        ("item_id", "\udce5"),
    ],
)
def test_a_column_of_another_kind_makes_a_line_unreadable(column: str, value: object) -> None:
    row = json.loads(WHOLE.line())
    assert receipt_of_line(json.dumps(row).encode()) == WHOLE
    with pytest.raises(ValueError, match=column):
        receipt_of_line(json.dumps({**row, column: value}).encode())


@pytest.mark.parametrize("line", [b"\n", b"\xff\xfe\n", b"[]\n", b"[" * 200_000 + b"\n", b'{"ts": 1}\n'])
def test_a_line_that_is_no_receipt_is_unreadable_and_breaks_nothing(
    series: tuple[Path, Heads], line: bytes
) -> None:
    folder, heads = series
    edit(folder / "run-000001.ndjson", lambda ls: [ls[0], line, *ls[1:]])
    assert Problem.UNREADABLE_LINE in {f.problem for f in verify_receipts(folder, heads).findings}


@st.composite
def tamperings(draw: st.DrawFn) -> tuple[str, int, int, int]:
    kind = draw(
        st.sampled_from(
            ["flip", "insert", "delete byte", "cut", "drop line", "swap", "repeat", "unlink", "swap files"]
        )
    )
    where = st.integers(min_value=0, max_value=10**9)
    return kind, draw(where), draw(where), draw(st.integers(min_value=1, max_value=255))


def tamper(folder: Path, tampering: tuple[str, int, int, int]) -> bool:
    """Do it; False when it changed nothing."""
    kind, one, two, bits = tampering
    files = sorted(folder.glob("*.ndjson"))
    path = files[one % len(files)]
    data = path.read_bytes()
    lines = data.splitlines(keepends=True)
    at, line = two % len(data), two % len(lines)
    if kind == "unlink":
        path.unlink()
        return True
    if kind == "swap files":
        other = files[two % len(files)]
        path.write_bytes(other.read_bytes())
        other.write_bytes(data)
        return other != path
    if kind == "swap" and len(lines) > 1:
        beside = (line + 1) % len(lines)
        lines[line], lines[beside] = lines[beside], lines[line]
    changed = {
        "flip": data[:at] + bytes([data[at] ^ bits]) + data[at + 1 :],
        "insert": data[:at] + bytes([bits]) + data[at:],
        "delete byte": data[:at] + data[at + 1 :],
        "cut": data[:at],
        "drop line": b"".join(lines[:line] + lines[line + 1 :]),
        "swap": b"".join(lines),
        "repeat": b"".join([*lines[: line + 1], lines[line], *lines[line + 1 :]]),
    }[kind]
    path.write_bytes(changed)
    return changed != data


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tampering=tamperings())
def test_any_single_tampering_is_found(
    clock: Clock, make: Make, tampering: tuple[str, int, int, int]
) -> None:
    with TemporaryDirectory() as folder:
        _, heads = written(Path(folder), clock, make)
        changed = tamper(Path(folder), tampering)
        assert verify_receipts(Path(folder), heads).intact is not changed
