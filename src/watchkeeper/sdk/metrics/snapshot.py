"""The window over a restart (HE-20): a file that is whole or not there, held by one process at a time."""

import fcntl
import os
import zlib
from array import array
from pathlib import Path
from typing import Any

import orjson

from watchkeeper.sdk.metrics.registry import Registry
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.readings import Readings

_FORM = 1


class Snapshot:
    """Writes the registry's windows to a file, and reads them back into an empty registry."""

    def __init__(self, path: Path, registry: Registry, readings: Readings, problems: Problems) -> None:
        """Take the file for this process.

        Raises:
            OSError: Its folder cannot be written.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._registry = registry
        self._readings = readings
        self._problems = problems
        self._lock = os.open(
            path.with_name(f".{path.name}.lock"), os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
        self.held = True
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.held = False
            problems.count("snapshot_held_by_another_process", path)

    def write(self) -> None:
        """Write every series' window, counters' sums with it."""
        if not self.held:
            return
        rows: list[bytes] = []
        for series in list(self._registry.matching()):
            points = series.points()
            if not points and series.kind != "counter":
                continue
            head = {
                "name": series.name,
                "kind": series.kind,
                "tags": dict(series.tags),
                "unit": series.unit,
                "total": series.total,
                "points": len(points),
            }
            times = array("q", [at // 1_000_000 for at, _ in points])
            values = array("d", [value for _, value in points])
            rows += [orjson.dumps(head), b"\n", times.tobytes(), values.tobytes()]
        packed = zlib.compress(b"".join(rows), 1)
        fresh = self._path.with_name(f".{self._path.name}.new")
        try:
            fresh.write_bytes(orjson.dumps({"form": _FORM, "crc": zlib.crc32(packed)}) + b"\n" + packed)
            fresh.replace(self._path)
        except OSError as failure:
            self._problems.count("snapshot_not_written", failure)

    def read(self) -> int:
        """Put back what is young enough; how many points. Nothing, counted, of a damaged file."""
        if not self.held or not self._path.exists():
            return 0
        try:
            return self._put_back(self._path.read_bytes())
        except (OSError, ValueError, KeyError, TypeError, zlib.error) as failure:
            self._problems.count("snapshot_unreadable", failure)
            return 0

    def close(self) -> None:
        """Let the file go."""
        os.close(self._lock)

    def _put_back(self, content: bytes) -> int:
        head, _, packed = content.partition(b"\n")
        told: dict[str, Any] = orjson.loads(head)
        if told["form"] != _FORM or told["crc"] != zlib.crc32(packed):
            raise ValueError("it is of another form, or damaged")
        rows = memoryview(zlib.decompress(packed)).toreadonly()
        at = count = 0
        while at < len(rows):
            end = bytes(rows[at : at + 65_536]).index(b"\n") + at
            row: dict[str, Any] = orjson.loads(rows[at:end])
            size = int(row["points"]) * 8
            times, values = array("q"), array("d")
            times.frombytes(rows[end + 1 : end + 1 + size])
            values.frombytes(rows[end + 1 + size : end + 1 + 2 * size])
            at = end + 1 + 2 * size
            series = self._registry.series(row["name"], row["kind"], row["tags"], unit=row["unit"])
            if series is not None:
                count += series.put_back(times, values, float(row["total"]))
        return count
