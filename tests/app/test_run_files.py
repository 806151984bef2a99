"""Run files name the living process, never a dead one or another with its pid."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from watchkeeper.app.process_identity import process_start
from watchkeeper.app.run_files import (
    all_living,
    living,
    own_run_file,
    read_run_file,
    remove_run_file,
    write_run_file,
)
from watchkeeper.testing.clock import FIRST_INSTANT

OURS = own_run_file("server", FIRST_INSTANT, url="http://127.0.0.1:1", port=1)


def test_this_process_is_found_alive(tmp_path: Path) -> None:
    write_run_file(tmp_path, OURS)
    assert living(tmp_path, "server") == OURS
    assert list(all_living(tmp_path)) == [OURS]


def test_a_reused_pid_is_another_process(tmp_path: Path) -> None:
    write_run_file(tmp_path, replace(OURS, process_start="1"))
    assert living(tmp_path, "server") is None
    assert read_run_file(tmp_path, "server") is not None


def test_a_dead_process_is_not_alive(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    started = process_start(child.pid)
    write_run_file(tmp_path, replace(OURS, pid=child.pid, process_start=started or ""))
    assert living(tmp_path, "server") is not None
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert living(tmp_path, "server") is None, "a process not yet waited for has ended all the same"
    child.communicate()
    assert living(tmp_path, "server") is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", json.dumps({"name": "server", "pid": 1})])
def test_a_damaged_run_file_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "server.json").write_text(text, encoding="utf-8")
    assert read_run_file(tmp_path, "server") is None
    assert list(all_living(tmp_path)) == []


def test_a_process_takes_away_only_its_own_run_file(tmp_path: Path) -> None:
    write_run_file(tmp_path, OURS)
    remove_run_file(tmp_path, replace(OURS, pid=OURS.pid + 1))
    assert living(tmp_path, "server") == OURS
    remove_run_file(tmp_path, OURS)
    assert not (tmp_path / "run" / "server.json").exists()
