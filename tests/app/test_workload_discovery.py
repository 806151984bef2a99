"""Workloads are found by entry point, and their settings apart from the rest of them."""

import subprocess
import sys

from watchkeeper.app.workload import workload_settings, workloads


def test_the_workload_that_ships_is_found_with_its_settings() -> None:
    found = workloads()["annual-reports"]
    assert found.settings_model is workload_settings()["annual-reports"]


def test_settings_are_found_without_importing_the_workload() -> None:
    code = (
        "import sys; from watchkeeper.app.workload import workload_settings; workload_settings()\n"
        "prefix = 'watchkeeper.workloads.annual_reports.re'\n"
        "heavy = [name for name in sys.modules if name.startswith(prefix)]\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
