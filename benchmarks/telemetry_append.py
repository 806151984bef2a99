"""How many spans a second telemetry takes in, in commits of 1,000, beside SQLite in the same run.

Run: python benchmarks/telemetry_append.py [--runs 5] [--batches 50] [--json]
"""

import argparse
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from watchkeeper.adapters.duckdb.span_rows import SPAN_COLUMNS, told_columns
from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.storable import storable
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch

BATCH_SPANS = 1000
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def a_span(n: int) -> Span:
    """A model call as a gateway tells it, with ids and hashes as random as real ones."""
    digest = sha256(str(n).encode()).hexdigest()
    return Span(
        trace_id=sha256(str(n // 5).encode()).hexdigest()[:32],
        span_id=digest[:16],
        parent_span_id=digest[16:32],
        name="chat small-7b",
        operation="chat",
        workload="annual-reports",
        start_ns=1_772_000_000_000_000_000 + n * 1_000_000,
        duration_ns=250_000_000 + n % 1000,
        ok=n % 50 != 0,
        error_code=None if n % 50 else "broken_json",
        error_message=None if n % 50 else "broken_json: the answer is no JSON",
        http_status=200,
        run_id="RUN_1767225600",
        item_id=str(n // 16),
        agent=("balance_sheet", "income_statement", "property", "governance")[n % 4],
        route="extract",
        target="small",
        provider="openai",
        model="small-7b",
        attempt=1,
        finish_reason="stop",
        ttft_ms=81.5,
        input_tokens=1200 + n % 300,
        output_tokens=150 + n % 90,
        cost_usd=Decimal(1200 + n % 300) * Decimal("0.00000015"),
        json_ok=bool(n % 50),
        schema_ok=bool(n % 50),
        receipt_id=digest[:26],
        prompt_sha256=digest,
        response_sha256=digest[::-1],
        document_sha256=digest,
    )


def into_duckdb(folder: Path, batches: list[list[Span]]) -> float:
    store = DuckDbTelemetry(folder / "telemetry.duckdb")
    begun = time.perf_counter()
    for n, batch in enumerate(batches):
        store.append(TelemetryBatch(spans=tuple(batch)), received_at=NOON, positions={"w-1.ndjson": n})
    seconds = time.perf_counter() - begun
    assert store.count() == len(batches) * BATCH_SPANS
    store.close()
    return seconds


def into_sqlite(folder: Path, batches: list[list[Span]]) -> float:
    """The same rows and the same promise: unique by key, each commit on the disk."""
    connection = sqlite3.connect(folder / "telemetry.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(
        f"CREATE TABLE spans ({', '.join(SPAN_COLUMNS)}, PRIMARY KEY (trace_id, span_id)) WITHOUT ROWID"
    )
    connection.execute("CREATE TABLE positions (file PRIMARY KEY, read_bytes)")
    insert = f"INSERT OR IGNORE INTO spans VALUES ({', '.join('?' * len(SPAN_COLUMNS))})"
    at = SPAN_COLUMNS.index("cost_usd")
    begun = time.perf_counter()
    for n, batch in enumerate(batches):
        columns = told_columns([storable(span) for span in batch])
        columns[at] = tuple(map(str, columns[at]))
        rows = list(zip(*columns, strict=True))
        connection.execute("BEGIN")
        connection.executemany(insert, rows)
        connection.execute("INSERT OR REPLACE INTO positions VALUES ('w-1.ndjson', ?)", (n,))
        connection.execute("COMMIT")
    seconds = time.perf_counter() - begun
    (count,) = connection.execute("SELECT count(*) FROM spans").fetchone()
    assert count == len(batches) * BATCH_SPANS
    connection.close()
    return seconds


def rate(take_in: Callable[[Path, list[list[Span]]], float], batches: list[list[Span]]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        return len(batches) * BATCH_SPANS / take_in(Path(folder), batches)


def measure(runs: int, batches: int) -> dict[str, object]:
    spans = [[a_span(k * BATCH_SPANS + n) for n in range(BATCH_SPANS)] for k in range(batches)]
    ours, peers, ratios = [], [], []
    for _ in range(runs):
        # Side by side, so that a busy machine slows both.
        ours.append(rate(into_duckdb, spans))
        peers.append(rate(into_sqlite, spans))
        ratios.append(ours[-1] / peers[-1])
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout
    return {
        "benchmark": "telemetry_append",
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "commit": commit.strip() or None,
        "runs": runs,
        "spans_per_run": batches * BATCH_SPANS,
        "spans_per_s": spread(ours),
        "sqlite_spans_per_s": spread(peers),
        "ratio": spread(ratios),
    }


def spread(figures: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(figures), 2),
        "min": round(min(figures), 2),
        "max": round(max(figures), 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--batches", type=int, default=50)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    figures = measure(asked.runs, asked.batches)
    if asked.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:20} {value}")


if __name__ == "__main__":
    main()
