"""Watchkeeper as a user has it: the `wk` command, a data folder, a server, generated reports."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest

from watchkeeper.app.client import ApiClient
from watchkeeper.app.run_files import RunFile, living

WAIT_S = 120.0


@dataclass(frozen=True)
class Installation:
    """A folder in which `wk` is called, with a data folder in it."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    prefix: Sequence[str] = ()
    """What stands before `wk` on the command line, such as `prlimit …`."""

    @property
    def data_dir(self) -> Path:
        return self.folder / "data"

    def unprivileged(self) -> "Installation":
        """The same, called by somebody to whom the modes of files and folders apply, also when root tests."""
        if os.geteuid() != 0:
            return self
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            pytest.skip("root may read and write everything, and there is no `setpriv` to give that up")
        dropped = "-dac_override,-dac_read_search"
        return replace(self, prefix=(setpriv, f"--bounding-set={dropped}", f"--inh-caps={dropped}"))

    def command(self, *arguments: object) -> list[str]:
        wk = [sys.executable, "-m", "watchkeeper.cli", "--data-dir", str(self.data_dir)]
        return [*self.prefix, *wk, *(str(argument) for argument in arguments)]

    def full_environment(self) -> dict[str, str]:
        ours = ("WATCHKEEPER_", "OBS_STRICT", "JSON_SALVAGE")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {**inherited, **self.environment}

    def settings(self, text: str) -> None:
        (self.folder / "watchkeeper.yaml").write_text(text, encoding="utf-8")

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.full_environment(),
            capture_output=True,
            text=True,
            timeout=WAIT_S,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def json(self, *arguments: object, exits: int = 0) -> Any:
        done = self.run(*arguments, "--json")
        assert done.returncode == exits, done.stdout + done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments: object) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.full_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=_takes_interrupts,
        )

    @contextmanager
    def all_up(self) -> Iterator[None]:
        """Everything of the installation runs inside, on ports that are free."""
        ports = ("--port", "--gateway-port", "--otlp-port", "--otlp-grpc-port")
        process = self.start("up", *(part for port in ports for part in (port, 0)))
        try:
            # What dies before all is ready ends the supervisor, and is meant to.
            assert process.stdout is not None
            assert any("is ready" in line for line in process.stdout)
            yield
        finally:
            process.terminate()
            process.communicate(timeout=60)

    def server(self) -> RunFile | None:
        return living(self.data_dir, "server")

    def api(self) -> ApiClient:
        """A client of the server, which a command has started."""
        running = self.server()
        assert running is not None
        assert running.url is not None
        return ApiClient(running.url)

    def lines(self, name: str = "out.jsonl") -> list[dict[str, Any]]:
        text = (self.folder / name).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def receipts(self) -> dict[str, dict[str, Any]]:
        """Every whole receipt line in the files, by its id."""
        found = {}
        for path in sorted((self.data_dir / "receipts").glob("*.ndjson")):
            for line in path.read_bytes().split(b"\n")[:-1]:
                receipt = json.loads(line)
                found[receipt["receipt_id"]] = receipt
        return found

    def until(self, is_so: Callable[[], Any], *, within_s: float = WAIT_S) -> Any:
        """Wait for something other processes do; fails when it does not come."""
        deadline = monotonic() + within_s
        while not (found := is_so()):
            assert monotonic() < deadline, "it did not come in time"
            Event().wait(0.01)
        return found


def _takes_interrupts() -> None:
    """As at a terminal: where tests run in the background of a script, SIGINT is ignored from the start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def many_reports(report: Path, folder: Path, count: int) -> Path:
    """A folder of so many reports that no run is through them before a test looks."""
    folder.mkdir()
    for number in range(count):
        # Other bytes, the same report: none is known from before.
        (folder / f"{number:03d}.pdf").write_bytes(report.read_bytes() + b"\n%" + str(number).encode())
    return folder


def ended(installation: Installation) -> None:
    if installation.data_dir.is_dir():
        installation.run("down")


@pytest.fixture
def wk(tmp_path: Path) -> Iterator[Installation]:
    """An installation of the test's own."""
    made = Installation(tmp_path)
    yield made
    ended(made)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One installation with a running server, shared by all tests that only look at it or add to it."""
    made = Installation(tmp_path_factory.mktemp("office"))
    yield made
    ended(made)


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of three generated reports, and labels.json."""
    folder = tmp_path_factory.mktemp("reports")
    made = Installation(folder.parent).run("samples", "make", folder, "--count", 3, "--seed", 41)
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="session")
def report(reports: Path) -> Path:
    """One generated report."""
    return sorted(reports.glob("*.pdf"))[0]


@dataclass(frozen=True)
class FinishedRun:
    """A run that has ended."""

    run_id: str
    stdout: str
    lines: list[dict[str, Any]]


@pytest.fixture(scope="session")
def first_run(office: Installation, reports: Path) -> FinishedRun:
    """The three reports read and scored, in the shared installation."""
    labels = reports / "labels.json"
    done = office.run("run", "annual-reports", reports, "--output", "out.jsonl", "--labels", labels)
    assert done.returncode == 0, done.stderr
    return FinishedRun(done.stdout.splitlines()[0], done.stdout, office.lines())


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory, reports: Path) -> Iterator[Installation]:
    """An installation that coached two of its three documents from bare labels, with the truth at hand."""
    made = Installation(tmp_path_factory.mktemp("school"))
    made.run("documents", "add", reports)
    made.run("coach", "adopt", "bare", "--by", "Ida")
    labels = reports / "labels.json"
    ran = made.json("run", "annual-reports", "--next", 2, "--coach", "--max-rounds", 3, "--labels", labels)
    (made.folder / "coached.json").write_text(json.dumps(ran["coaching"]), encoding="utf-8")
    yield made
    ended(made)
