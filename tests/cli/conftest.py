"""`wk` as a process of its own, on a data folder of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest

from watchkeeper.app.run_files import RunFile, living

WAIT_S = 60.0


@dataclass(frozen=True)
class Wk:
    """Calls `wk` in a folder with an environment that holds nothing of ours but what is given."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "watchkeeper.cli", "--data-dir", str(self.data_dir), *arguments]

    def full_environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("WATCHKEEPER_")}
        return {**inherited, **self.environment}

    def run(self, *arguments: str, timeout_s: float = WAIT_S) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.full_environment(),
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.full_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def running(self, name: str = "server") -> RunFile | None:
        return living(self.data_dir, name)

    def until(self, is_so: Callable[[], Any], *, within_s: float = WAIT_S) -> Any:
        """Wait for something other processes do; fails when it does not come."""
        deadline = monotonic() + within_s
        while not (found := is_so()):
            assert monotonic() < deadline, "it did not come in time"
            Event().wait(0.02)
        return found


@pytest.fixture
def wk(tmp_path: Path) -> Iterator[Wk]:
    made = Wk(tmp_path)
    yield made
    if made.data_dir.exists():
        made.run("down")
