"""The default detector on the Numenta Anomaly Benchmark, by its scoring; its own alerts, one configuration.

Source:
    A. Lavin, S. Ahmad (2015), "Evaluating Real-time Anomaly Detection Algorithms: the Numenta Anomaly
    Benchmark", IEEE ICMLA. The scoring's facts are told beside the data.
"""

import csv
import json
import math
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from watchkeeper.monitoring.detectors.registry import DEFAULT, detector

PROFILES = {"standard": (0.11, 1.0), "reward_low_FP": (0.22, 1.0), "reward_low_FN": (0.11, 2.0)}
"""Costs of a false alarm and of a missed window; a found one is worth 1."""


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    at: list[datetime]
    values: list[float]
    windows: list[tuple[int, int]]
    """First and last row of each."""


def series_of(folder: Path) -> list[Series]:
    windows = json.loads((folder / "windows.json").read_text(encoding="utf-8"))
    return [_series(folder, name, told) for name, told in windows.items()]


def _series(folder: Path, name: str, told: list[list[str]]) -> Series:
    with (folder / "data" / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    at = [datetime.fromisoformat(row[0]).replace(tzinfo=UTC) for row in rows]
    windows = []
    for pair in told:
        start, end = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in pair)
        inside = [row for row, instant in enumerate(at) if start <= instant <= end]
        windows.append((inside[0], inside[-1]))
    return Series(name, at, [float(row[1]) for row in rows], windows)


def _sigma(y: float) -> float:
    return 2 / (1 + math.exp(5 * y)) - 1


def raw_score(series: Series, alerts: list[int], *, false_cost: float, missed_cost: float) -> float:
    """What the alerts of one series are worth."""
    probation = min(math.floor(0.15 * len(series.values)), 750)
    found: dict[tuple[int, int], float] = {}
    total = 0.0
    for row in alerts:
        if row < probation:
            continue
        window = next((w for w in series.windows if w[0] <= row <= w[1]), None)
        if window is not None:
            length = window[1] - window[0] + 1
            worth = _sigma(-(window[1] - row + 1) / length) / _sigma(-1)
            found[window] = max(found.get(window, -math.inf), worth)
            continue
        before = [w for w in series.windows if w[1] < row]
        far = (row - before[-1][1]) / (before[-1][1] - before[-1][0]) if before else math.inf
        total += -false_cost if far > 3 else false_cost * _sigma(far)
    return total + sum(found.get(window, -missed_cost) for window in series.windows)


def main() -> None:
    folder = Path(sys.argv[1])
    corpus = series_of(folder)
    alerts: dict[str, list[int]] = {}
    points, slowest_us, began = 0, 0.0, time.perf_counter()
    for series in corpus:
        watching, start = detector(DEFAULT), time.perf_counter()
        pairs = zip(series.at, series.values, strict=True)
        alerts[series.name] = [
            row for row, (at, value) in enumerate(pairs) if watching.judge(at, value).alert
        ]
        points += len(series.values)
        slowest_us = max(slowest_us, (time.perf_counter() - start) / len(series.values) * 1e6)
    mean_us = (time.perf_counter() - began) / points * 1e6
    windows = sum(len(series.windows) for series in corpus)
    print(f"{len(corpus)} series, {points} points, {windows} windows, detector {DEFAULT}")
    for profile, (false_cost, missed_cost) in PROFILES.items():
        raw = sum(
            raw_score(series, alerts[series.name], false_cost=false_cost, missed_cost=missed_cost)
            for series in corpus
        )
        score = 100 * (raw + missed_cost * windows) / (windows * (1 + missed_cost))
        print(f"  {profile:14} {score:6.2f}")
    print(f"  {mean_us:.0f} µs a point, {slowest_us:.0f} µs in the slowest series")


if __name__ == "__main__":
    main()
