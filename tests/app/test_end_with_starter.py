"""Worker processes end with the process that started them, and not before."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

STARTER = """
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
import os
from watchkeeper.app.end_with_starter import end_with_starter

if __name__ == "__main__":
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=end_with_starter) as workers:
        print(os.getpid(), workers.submit(os.getppid).result())
"""


def test_the_first_process_of_a_container_may_start_workers(tmp_path: Path) -> None:
    alone = [shutil.which("unshare") or "unshare", "--pid", "--fork"]
    try:
        subprocess.run([*alone, "true"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no process numbers of its own can be had here (it takes root)")
    starter = tmp_path / "starter.py"
    starter.write_text(STARTER, encoding="utf-8")
    done = subprocess.run(
        [*alone, sys.executable, str(starter)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout == "1 1\n", done.stderr
