"""Receipts shipped into a DuckDB file by a process that is killed: each one once in the end."""

import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.domain.receipt import Receipt
from watchkeeper.telemetry.receipt_shipping import ReceiptShipper
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.receipt_lines import InMemoryReceiptLines

RECEIPTS = 3000
FIRST_END = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_line(n: int) -> bytes:
    return Receipt(
        receipt_id=f"r-{n}",
        ts=(FIRST_END + timedelta(milliseconds=n)).isoformat(timespec="microseconds"),
        trace_id=f"{n // 16 + 1:032x}",
        span_id=f"{n + 1:016x}",
        workload="annual-reports",
        target="small",
        provider="openai",
        model="small-7b",
        latency_ms=250.0,
        cost_usd="0.001",
    ).line()


def a_shipper(store: DuckDbTelemetry) -> ReceiptShipper:
    lines = InMemoryReceiptLines({"w-1.ndjson": map(a_line, range(RECEIPTS))}, batch_lines=10)
    return ReceiptShipper(source=lines, store=store, clock=MovedClock(), commit_lines=10)


SHIP = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_shipping_into_duckdb import DuckDbTelemetry, a_shipper
store = DuckDbTelemetry(Path(sys.argv[1]))
print("open", flush=True)
a_shipper(store).run_once()
"""


@pytest.mark.slow
def test_a_shipper_killed_and_started_again_ships_every_receipt_once(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.duckdb"
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", SHIP, path], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        try:
            child.wait(timeout=0.15)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        child.communicate()

    store = DuckDbTelemetry(path)
    before = store.count()
    report = a_shipper(store).run_once()

    assert report.stored == RECEIPTS - before
    assert (report.duplicates, report.conflicts) == (0, 0)
    assert store.count() == RECEIPTS
    assert store.positions() == {"w-1.ndjson": sum(len(a_line(n)) + 1 for n in range(RECEIPTS))}
    store.close()
