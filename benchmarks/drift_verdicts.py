"""How often drift is told of what did not drift, how often a shift is found, and how long verdicts take.

Beside Evidently in the same run, where a Python that has it is named:
python -m benchmarks.drift_verdicts [--evidently /path/to/its/python] [--json]
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from watchkeeper.monitoring.detectors.registry import DETECTORS, detector
from watchkeeper.monitoring.drift.column_drift import categories_drift, figures_drift
from watchkeeper.monitoring.drift.kolmogorov_smirnov import kolmogorov_smirnov
from watchkeeper.monitoring.drift.population_stability import population_stability
from watchkeeper.monitoring.drift.samples import samples

PAIRS = 1000
SAMPLES = 5000
SHIFT = 0.2
"""Standard deviations."""
COLUMNS, ROWS = 20, 100_000
LAWS: tuple[Callable[[np.random.Generator, int], np.ndarray], ...] = (
    lambda chance, count: chance.normal(size=count),
    lambda chance, count: chance.lognormal(size=count),
    lambda chance, count: chance.standard_t(3, size=count),
    lambda chance, count: chance.poisson(4, size=count).astype(float),
)
PEER = """
import json, sys, time
import numpy as np, pandas as pd
from evidently import Dataset, DataDefinition, Report
from evidently.presets import DataDriftPreset
held = np.load(sys.argv[1])
names = [f"c{n}" for n in range(held["before"].shape[1])]
before, now = (pd.DataFrame(held[side], columns=names) for side in ("before", "now"))
told = {}
for method in ("psi", "ks"):
    walls = []
    for _ in range(int(sys.argv[2])):
        began = time.process_time(), time.perf_counter()
        definition = DataDefinition(numerical_columns=names)
        pair = [Dataset.from_pandas(one, data_definition=definition) for one in (now, before)]
        Report([DataDriftPreset(num_method=method)]).run(*pair)
        walls.append((time.process_time() - began[0], time.perf_counter() - began[1]))
    told[method] = min(walls)
print(json.dumps(told))
"""


def false_and_found() -> dict[str, object]:
    false = found = 0
    for pair in range(PAIRS):
        chance = np.random.default_rng(pair)
        law = LAWS[pair % len(LAWS)]
        before, now = law(chance, SAMPLES), law(chance, SAMPLES)
        false += bool(figures_drift("x", before, now).drifted)
        found += bool(figures_drift("x", before, now + SHIFT * before.std()).drifted)
    categories = 0
    for pair in range(PAIRS):
        chance = np.random.default_rng([pair, 1])
        sides = [list(map(str, chance.choice(8, SAMPLES))) for _ in range(2)]
        categories += bool(categories_drift("x", *sides).drifted)
    return {
        "false_of_1000_identical": false,
        "found_of_1000_shifted": found,
        "false_of_1000_identical_categories": categories,
    }


def timed(runs: int, peer: str | None) -> dict[str, object]:
    chance = np.random.default_rng(1)
    before, now = chance.normal(size=(ROWS, COLUMNS)), chance.normal(0.01, size=(ROWS, COLUMNS))
    cpus, walls = [], []
    for _ in range(runs):
        cpu, wall = time.process_time(), time.perf_counter()
        for column in range(COLUMNS):
            both = samples(before[:, column], now[:, column])
            population_stability(both)
            kolmogorov_smirnov(both)
        cpus.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
    found: dict[str, object] = {
        "psi_and_ks_cpu_s": round(statistics.median(cpus), 3),
        "psi_and_ks_wall_s": round(statistics.median(walls), 3),
        "psi_and_ks_wall_s_best": round(min(walls), 3),
    }
    if peer is not None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "pair.npz"
            np.savez(file, before=before, now=now)
            done = subprocess.run(
                [peer, "-c", PEER, str(file), "3"], capture_output=True, text=True, check=True
            )
        told = json.loads(done.stdout.strip().splitlines()[-1])
        cpu = told["psi"][0] + told["ks"][0]
        found["evidently_cpu_s"] = {name: round(one[0], 3) for name, one in told.items()}
        found["evidently_times_our_cpu"] = round(cpu / min(cpus), 1)
    return found


def anomaly_check(metrics: int = 20, learnt: int = 2000) -> dict[str, object]:
    """A point of each of 20 metrics, judged (HE-75)."""
    told: dict[str, object] = {}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for name in DETECTORS:
        watching = [detector(name) for _ in range(metrics)]
        chance = np.random.default_rng(3)
        for step in range(learnt):
            for one in watching:
                one.judge(at + timedelta(minutes=step), float(chance.normal()))
        walls = []
        for step in range(50):
            began = time.perf_counter()
            for one in watching:
                one.judge(at + timedelta(minutes=learnt + step), 0.5)
            walls.append(1000 * (time.perf_counter() - began))
        told[name] = round(statistics.median(walls), 3)
    return {"ms_of_20_metrics": told}


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--evidently", default=None, help="a Python that has evidently")
    asked.add_argument("--runs", type=int, default=5)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    found = {**timed(given.runs, given.evidently), **false_and_found(), **anomaly_check()}
    print(json.dumps(found) if given.json else "\n".join(f"{name:36} {one}" for name, one in found.items()))


if __name__ == "__main__":
    main()
