"""How fast commands answer and Watchkeeper starts, on an existing data folder.

    python -m benchmarks.start_up [--runs 5] [--json]

The peer in the same run is `pip --version`, another Python command of the same environment: what a
Python command costs here before it does anything.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from benchmarks.circumstances import circumstances

LONGEST_S = 60.0
WK = str(Path(sys.executable).parent / "wk")


def seconds(*command: str) -> float:
    """Wall-clock seconds of a command that must succeed."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def start(folder: str) -> dict[str, float]:
    """Seconds until the API is ready and until the pages answer, from the moment `wk up` is typed."""
    began = time.perf_counter()
    with subprocess.Popen(
        [WK, "--data-dir", folder, "up", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True
    ) as up:
        assert up.stdout is not None
        url = json.loads(up.stdout.readline())["url"]
        ready = time.perf_counter() - began
        while httpx.get(url, trust_env=False).status_code != httpx.codes.OK:
            assert time.perf_counter() - began < LONGEST_S, "the pages do not come"
            time.sleep(0.02)
        pages = time.perf_counter() - began
        status = statistics.median(seconds(WK, "--data-dir", folder, "status") for _ in range(3))
        seconds(WK, "--data-dir", folder, "down")
    return {"up_ready": ready, "up_pages": pages, "status": status}


def measure(runs: int) -> dict[str, object]:
    """The figures, each a median with its lowest and highest."""
    rows: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = str(Path(scratch) / "data")
        start(folder)  # The first start makes the folder; the promise is about an existing one.
        for _ in range(runs):
            rows.append(
                {
                    **start(folder),
                    "help": seconds(WK, "--help"),
                    "pip_version": seconds(sys.executable, "-m", "pip", "--version"),
                }
            )
    figures: dict[str, object] = {
        name: {
            "median": statistics.median(row[name] for row in rows),
            "lowest": min(row[name] for row in rows),
            "highest": max(row[name] for row in rows),
        }
        for name in rows[0]
    }
    ratio = statistics.median(row["help"] / row["pip_version"] for row in rows)
    return {"circumstances": circumstances(), "runs": runs, **figures, "help_to_pip_ratio": ratio}


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--json", action="store_true")
    given = arguments.parse_args()
    found = measure(given.runs)
    if given.json:
        print(json.dumps(found, indent=2))
        return
    for name, value in found.items():
        print(f"{name:26}{value}")


if __name__ == "__main__":
    main()
