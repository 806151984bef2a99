"""Coaching 200 generated reports from one label a field through the phases, as an operator would.

    python -m benchmarks.coaching_phases [--most N] [--seed S]

Prints JSON; exits with 1 above ten minutes. With `--most` only so many documents of each phase are coached: a
look at whether it works, no measurement.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from benchmarks.circumstances import circumstances
from watchkeeper.coaching.phases import LAST_DOCUMENTS, PHASES

AIM_S = 600.0


def main() -> int:
    """Generate, coach phase after phase, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--most", type=int, help="documents coached in each phase, at most")
    parser.add_argument("--seed", type=int, default=1, help="of the first report")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wk-phases-") as scratch:
        wk = Command(Path(scratch))
        wk("samples", "make", "reports", "--count", str(LAST_DOCUMENTS), "--seed", str(asked.seed))
        wk("documents", "add", "reports")
        wk("coach", "adopt", "bare", "--by", "benchmark", "--reason", "from one label a field")
        try:
            coached = [wk.coached(*window) for window in windows(asked.most)]
        finally:
            wk("down")
    seconds = sum(one["seconds"] for one in coached)
    reached = seconds <= AIM_S and asked.most is None
    figures = {"phases": coached, "seconds": round(seconds, 1), "aim_s": AIM_S, "reached": reached}
    print(json.dumps({**figures, "circumstances": circumstances()}, indent=2))
    return 0 if reached or asked.most is not None else 1


def windows(most: int | None) -> list[tuple[int, int, int]]:
    """Phase, first and last document of each window that ends within the reports."""
    return [
        (one.number, one.first, one.last if most is None else min(one.last, one.first + most - 1))
        for one in PHASES
        if one.last is not None
    ]


class Command:
    """`wk` on a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *arguments: str) -> str:
        """Run a command; its output."""
        command = [
            sys.executable,
            "-m",
            "watchkeeper.cli",
            "--data-dir",
            str(self._folder / "data"),
            *arguments,
        ]
        done = subprocess.run(command, cwd=self._folder, capture_output=True, text=True, check=False)
        if done.returncode not in (0, 1):
            sys.exit(f"{' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def coached(self, phase: int, first: int, last: int) -> dict[str, object]:
        """Coach a phase's window; what it took and what it brought."""
        window = ("--phase", str(phase), "--from", str(first), "--to", str(last))
        began_s, cpu_s = time.perf_counter(), children_cpu_s()
        labels = ("--labels", str(self._folder / "reports" / "labels.json"))
        found = json.loads(self("coach", "run", "annual-reports", *window, *labels, "--json"))
        return {
            "phase": phase,
            "documents": found["documents"],
            "sessions": found["sessions"],
            "changes": found["changes"],
            "accuracy_before": found["accuracy_before"],
            "accuracy_after": found["accuracy_after"],
            "seconds": round(time.perf_counter() - began_s, 1),
            "coach_cpu_s": round(children_cpu_s() - cpu_s, 1),
        }


def children_cpu_s() -> float:
    """CPU of commands that have ended; the server that lives on is not among them."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
