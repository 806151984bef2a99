"""Ingest and server killed again and again under load."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_what_was_acknowledged_is_there_once_whatever_was_killed() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.telemetry_kills", "--kills", "20", "--seed", "7", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert sum(report["kills"].values()) == 20
    assert report["acknowledged"] > 100
    assert (report["missing"], report["doubled"], report["unknown"]) == (0, 0, 0)
    assert report["rollups_equal"] is True
