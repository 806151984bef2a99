"""How many pieces of content a second are kept on one core, redaction on, and how fast they are searched.

Prompts of 1.5 KB and replies of 0.8 KB, of sentences drawn from HaluEval; each with an order number of its
own. Beside SQLite's FTS5 in the same run: its rows are redacted by the same rules, named by their hash, and
synced with each commit, as ours are; of the peer's search only the words, not the range of time.

Run: python -m benchmarks.content_store [--runs 3] [--pieces 20000] [--day-calls 0] [--json]
(`--day-calls 333000` adds the search over a day of that many calls, in some minutes.)
"""

import argparse
import json
import random
import re
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.circumstances import circumstances
from watchkeeper.adapters.clock import SystemClock
from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.telemetry.content_ports import Piece
from watchkeeper.telemetry.redaction import redacted_content

HALUEVAL = Path("../shared/data/halueval_general/general_data.jsonl")
BATCH = 2000
"""Pieces put together: those of a thousand spans."""
PROMPT_CHARS, REPLY_CHARS = 1500, 800
DAY_NS = 86_400 * 10**9
KIND = "text/plain"


def sentences(path: Path) -> list[str]:
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    texts = [text for row in rows for text in row.values() if isinstance(text, str)]
    return [part for text in texts for part in re.split(r"(?<=[.!?])\s+", text) if len(part) > 3]


def pieces(drawn_from: list[str], count: int) -> Iterator[Piece]:
    """Prompts and replies in turn, spread evenly over a day."""
    draw = random.Random(7)
    for n in range(count):
        said, length = [f"Order {order(n)}."], 0
        wanted = REPLY_CHARS if n % 2 else PROMPT_CHARS
        while length < wanted:
            said.append(draw.choice(drawn_from))
            length += len(said[-1]) + 1
        yield Piece("shop", " ".join(said)[:wanted].encode(), KIND, n * DAY_NS // count)


def order(n: int) -> str:
    return sha256(str(n).encode()).hexdigest()[:10]


def batches(drawn_from: list[str], count: int) -> Iterator[list[Piece]]:
    batch: list[Piece] = []
    for piece in pieces(drawn_from, count):
        batch.append(piece)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


class Peer:
    """SQLite FTS5, which keeps the text and its index; once by hash, each commit on the disk."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "content.sqlite"
        self._connection = sqlite3.connect(self.path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("CREATE TABLE hashes (sha256 PRIMARY KEY) WITHOUT ROWID")
        self._connection.execute("CREATE VIRTUAL TABLE texts USING fts5(text, at UNINDEXED)")

    def put_many(self, batch: list[Piece]) -> None:
        rows = []
        for piece in batch:
            kept = redacted_content(piece.data, piece.media_type)
            rows.append((sha256(kept).digest(), kept.decode(), piece.at_ns))
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT OR IGNORE INTO hashes VALUES (?)", [row[:1] for row in rows])
        self._connection.executemany("INSERT INTO texts VALUES (?, ?)", [row[1:] for row in rows])
        self._connection.execute("COMMIT")

    def search(self, text: str, limit: int) -> int:
        found = self._connection.execute(
            "SELECT snippet(texts, 0, '', '', '…', 20) FROM texts WHERE texts MATCH ? "
            "ORDER BY rowid DESC LIMIT ?",
            (text, limit),
        ).fetchall()
        return len(found)

    def stored_bytes(self) -> int:
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.path.stat().st_size


def questions(count: int) -> dict[str, str]:
    return {
        "rare word": order(count // 3),
        "word of none": "xyzzyplugh",
        "common word": "the",
        "phrase": '"this is a" "list of"',
        "phrase of none": '"the of and to the"',
    }


def timed_put(store: ContentPacks | Peer, made: list[list[Piece]]) -> tuple[float, float]:
    """Pieces a second, and pieces a second of the CPU."""
    count = sum(map(len, made))
    begun, cpu = time.perf_counter(), time.process_time()
    for batch in made:
        store.put_many(batch)
    if isinstance(store, ContentPacks):
        store.close()
    return count / (time.perf_counter() - begun), count / (time.process_time() - cpu)


def timed_ms(ask: Any, runs: int = 5) -> tuple[float, int]:
    times, found = [], 0
    for _ in range(runs):
        begun = time.perf_counter()
        found = ask()
        times.append((time.perf_counter() - begun) * 1000)
    return round(median(times), 2), found


def one_run(made: list[list[Piece]]) -> dict[str, Any]:
    count = sum(map(len, made))
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        ours, peer = ContentPacks(Path(folder), clock=SystemClock()), Peer(Path(other))
        ours_s, ours_cpu_s = timed_put(ours, made)
        peer_s, peer_cpu_s = timed_put(peer, made)
        searches = {}
        for name, text in questions(count).items():
            our_ms, our_hits = timed_ms(lambda text=text: len(ours.search(text, limit=50).hits))
            peer_ms, peer_hits = timed_ms(lambda text=text: peer.search(text, 50))
            assert our_hits == peer_hits, (name, our_hits, peer_hits)
            searches[name] = {"ms": our_ms, "sqlite_ms": peer_ms, "found": our_hits}
        return {
            "pieces_per_s": ours_s,
            "pieces_per_cpu_s": ours_cpu_s,
            "sqlite_pieces_per_s": peer_s,
            "sqlite_pieces_per_cpu_s": peer_cpu_s,
            "times_sqlite": ours_cpu_s / peer_cpu_s,
            "bytes_a_piece": ours.usage().stored_bytes / count,
            "sqlite_bytes_a_piece": peer.stored_bytes() / count,
            "searches": searches,
        }


def a_day(drawn_from: list[str], calls: int) -> dict[str, Any]:
    """Searches over a day's calls, the first of each apart: it reads what no search has read before."""
    with tempfile.TemporaryDirectory() as folder:
        store = ContentPacks(Path(folder), clock=SystemClock(), synced=False)
        for batch in batches(drawn_from, 2 * calls):
            store.put_many(batch)
        store.close()
        usage = store.usage()
        fresh = ContentPacks(Path(folder), clock=SystemClock())
        searches = {}
        for name, text in questions(2 * calls).items():
            first_ms, _ = timed_ms(lambda text=text: len(fresh.search(text, limit=50).hits), 1)
            ms, found = timed_ms(lambda text=text: len(fresh.search(text, limit=50).hits), 3)
            searches[name] = {"first_ms": first_ms, "ms": ms, "found": found}
        return {
            "calls": calls,
            "pieces": usage.blobs,
            "bytes_a_piece": round(usage.stored_bytes / usage.blobs),
            "searches": searches,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pieces", type=int, default=20_000)
    parser.add_argument("--day-calls", type=int, default=0)
    parser.add_argument("--texts", type=Path, default=HALUEVAL)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    drawn_from = sentences(asked.texts)
    made = list(batches(drawn_from, asked.pieces))
    runs = [one_run(made) for _ in range(asked.runs)]
    figures: dict[str, Any] = {"benchmark": "content_store", "on": circumstances(), "runs": asked.runs}
    for name in runs[0]:
        values = [run[name] for run in runs]
        figures[name] = (
            values[-1]
            if isinstance(values[0], dict)
            else {
                "median": round(median(values), 1),
                "min": round(min(values), 1),
                "max": round(max(values), 1),
            }
        )
    if asked.day_calls:
        figures["day"] = a_day(drawn_from, asked.day_calls)
    if asked.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:24} {value}")


if __name__ == "__main__":
    main()
