"""Receipt lines become spans, once each, whatever happens on the way."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import UnavailableError
from watchkeeper.domain.receipt import Receipt
from watchkeeper.telemetry.append_result import AppendResult
from watchkeeper.telemetry.ports import LineBatch, UnreadableLine
from watchkeeper.telemetry.receipt_shipping import ReceiptShipper, ShipReport
from watchkeeper.telemetry.span_filter import EVERYTHING
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.receipt_lines import InMemoryReceiptLines
from watchkeeper.testing.telemetry import InMemoryTelemetry

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class StandingClock:
    def now(self) -> datetime:
        return NOON

    def monotonic(self) -> float:
        return 0.0


def a_receipt(n: int, **changes: object) -> bytes:
    plain = Receipt(
        receipt_id=f"r-{n}",
        ts="2026-03-02T11:59:58.123457Z",
        trace_id="a" * 32,
        span_id=f"{n + 1:016x}",
        workload="annual-reports",
        run_id="RUN_1767225600",
        target="small",
        provider="openai",
        model="small-7b",
        latency_ms=250.5,
        input_tokens=100,
        output_tokens=20,
        cost_usd="0.00025",
    )
    return json.dumps(json.loads(plain.line()) | changes).encode()


def a_shipper(
    lines: InMemoryReceiptLines, store: InMemoryTelemetry, *, commit_lines: int = 1000
) -> ReceiptShipper:
    return ReceiptShipper(source=lines, store=store, clock=StandingClock(), commit_lines=commit_lines)


def test_a_receipt_becomes_a_span_with_its_ids_time_and_cost() -> None:
    store = InMemoryTelemetry()
    report = a_shipper(InMemoryReceiptLines({"w-1.ndjson": [a_receipt(0)]}), store).run_once()

    assert report == ShipReport(lines=1, stored=1, commits=1)
    (span,) = store.newest(EVERYTHING, 10)
    assert (span.trace_id, span.span_id, span.receipt_id) == ("a" * 32, f"{1:016x}", "r-0")
    end = datetime(2026, 3, 2, 11, 59, 58, 123457, tzinfo=UTC)
    assert span.start_ns + span.duration_ns == int(end.timestamp()) * 10**9 + 123_457_000
    assert span.duration_ns == 250_500_000
    assert span.cost_usd == Decimal("0.00025")


def test_a_second_round_ships_only_what_is_new() -> None:
    lines, store = InMemoryReceiptLines({"w-1.ndjson": [a_receipt(0)]}), InMemoryTelemetry()
    a_shipper(lines, store).run_once()
    assert a_shipper(lines, store).run_once() == ShipReport()
    lines.write("w-1.ndjson", a_receipt(1) + b"\n" + a_receipt(2)[:40])
    assert a_shipper(lines, store).run_once() == ShipReport(lines=1, stored=1, commits=1)
    lines.write("w-1.ndjson", a_receipt(2)[40:] + b"\n")
    assert a_shipper(lines, store).run_once() == ShipReport(lines=1, stored=1, commits=1)
    assert store.count() == 3


NO_RECEIPTS = {
    "not json": b"{half a li",
    "not utf-8": b'{"model": "\xff"}',
    "no object": b"[1, 2]",
    "empty": b"",
    "a column lacks": b'{"ts": "2026-03-02T11:59:58Z"}',
    "no time": a_receipt(9, ts="yesterday"),
    "time is a number": a_receipt(9, ts=5),
    "time without offset": a_receipt(9, ts="2026-03-02T11:59:58"),
    "time before the epoch": a_receipt(9, ts="1960-01-01T00:00:00Z"),
    "latency is text": a_receipt(9, latency_ms="250" * 1000),
    "latency is endless": a_receipt(9, latency_ms=float("inf")),
    "latency is no number": a_receipt(9, latency_ms=float("nan")),
    "cost is no decimal": a_receipt(9, cost_usd="cheap"),
    "cost is negative": a_receipt(9, cost_usd="-1"),
    "cost is NaN": a_receipt(9, cost_usd="NaN"),
    "tokens are text": a_receipt(9, input_tokens="100"),
    "tokens are a flag": a_receipt(9, input_tokens=True),
    "tokens do not fit": a_receipt(9, input_tokens=2**64),
    "a flag is text": a_receipt(9, cached="no"),
    "model is a list": a_receipt(9, model=["small-7b"]),
    "no trace id": a_receipt(9, trace_id=""),
    "workload is null": a_receipt(9, workload=None),
    "half a surrogate pair": a_receipt(9, error="\ud800"),
    "nested too deeply": b'{"error":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


@pytest.mark.parametrize("bad", NO_RECEIPTS.values(), ids=NO_RECEIPTS.keys())
def test_a_line_that_is_no_receipt_is_counted_told_and_skipped(bad: bytes) -> None:
    lines, store = (
        InMemoryReceiptLines({"w-1.ndjson": [a_receipt(0), bad, a_receipt(1)]}),
        InMemoryTelemetry(),
    )

    report = a_shipper(lines, store).run_once()

    assert (report.lines, report.stored, len(report.unreadable)) == (3, 2, 1)
    told = report.unreadable[0]
    assert (told.file, told.offset) == ("w-1.ndjson", len(a_receipt(0)) + 1)
    assert told.reason
    assert len(told.reason) <= 200
    assert store.unreadable(10) == (told,)
    assert a_shipper(lines, store).run_once().lines == 0


def test_columns_of_a_later_version_do_not_stop_a_line() -> None:
    lines = InMemoryReceiptLines({"w-1.ndjson": [a_receipt(0, flavour="new")]})
    assert a_shipper(lines, InMemoryTelemetry()).run_once().stored == 1


def test_a_receipt_and_a_span_that_told_the_same_call_otherwise_are_a_conflict() -> None:
    lines = InMemoryReceiptLines({"w-1.ndjson": [a_receipt(0), a_receipt(0, cost_usd="1")]})
    store = InMemoryTelemetry()
    report = a_shipper(lines, store).run_once()
    assert (report.stored, report.conflicts) == (1, 1)
    assert store.conflict_count() == 1


def test_batches_of_several_files_share_commits_up_to_the_limit() -> None:
    files = {f"w-{n}.ndjson": [a_receipt(n * 10 + k) for k in range(4)] for n in range(5)}
    report = a_shipper(InMemoryReceiptLines(files), InMemoryTelemetry(), commit_lines=8).run_once()
    assert (report.stored, report.commits) == (20, 3)


class FailingTelemetry(InMemoryTelemetry):
    """Fails at the given commits: before it kept anything, or after it kept all and before it said so."""

    def __init__(self, before: Sequence[int], after: Sequence[int]) -> None:
        super().__init__()
        self._before, self._after, self._commits = before, after, 0

    def append(
        self,
        batch: TelemetryBatch,
        *,
        received_at: datetime,
        positions: Mapping[str, int] | None = None,
        unreadable: Sequence[UnreadableLine] = (),
    ) -> AppendResult:
        self._commits += 1
        if self._commits in self._before:
            raise UnavailableError("gone before the commit")
        result = super().append(batch, received_at=received_at, positions=positions, unreadable=unreadable)
        if self._commits in self._after:
            raise UnavailableError("gone after the commit")
        return result


moments = st.lists(st.integers(1, 12), max_size=4)


@given(
    sizes=st.lists(st.integers(0, 9), max_size=4),
    bad=st.sets(st.integers(0, 30)),
    before=moments,
    after=moments,
    batch_lines=st.integers(1, 6),
    commit_lines=st.integers(1, 6),
)
def test_whenever_the_store_fails_every_receipt_is_there_once_in_the_end(
    sizes: list[int],
    bad: set[int],
    before: list[int],
    after: list[int],
    batch_lines: int,
    commit_lines: int,
) -> None:
    numbers = iter(range(1000))
    files = {
        f"w-{at}.ndjson": [b"{torn" if (n := next(numbers)) in bad else a_receipt(n) for _ in range(size)]
        for at, size in enumerate(sizes)
    }
    lines = InMemoryReceiptLines(files, batch_lines=batch_lines)
    store = FailingTelemetry(before, after)
    for _ in range(len(before) + len(after) + 1):
        try:
            a_shipper(lines, store, commit_lines=commit_lines).run_once()
        except UnavailableError:
            continue
    total = sum(sizes)
    torn = len([n for n in bad if n < total])
    assert store.count() == total - torn
    assert store.unreadable_count() == torn
    assert store.conflict_count() == 0
    whole = {file: sum(len(line) + 1 for line in content) for file, content in files.items() if content}
    assert store.positions() == whole


def test_a_batch_says_where_each_of_its_lines_begins() -> None:
    batch = LineBatch(file="f", end_offset=110, lines=(b"12345", b"", b"123"))
    assert batch.offsets() == (99, 105, 106)
