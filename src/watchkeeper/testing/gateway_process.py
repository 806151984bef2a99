"""The real gateway in a process of its own, as `wk gateway` starts it, for proofs from outside."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from threading import Event
from time import monotonic
from types import TracebackType
from typing import Any, Self

import httpx

from watchkeeper.domain.receipt import Receipt, receipt_of_line

_START_S = 90.0
_END_S = 60.0


def target(base_url: str, model: str, **fields: Any) -> dict[str, Any]:
    """Settings of a target that costs a dollar a million tokens in and two out, unless told otherwise."""
    price = {"input_usd_per_mtok": INPUT_USD_PER_MTOK, "output_usd_per_mtok": OUTPUT_USD_PER_MTOK}
    row = {"provider": "openai", "base_url": base_url, "model": model, "api_key": "sk-ours", "price": price}
    return {**row, **fields}


INPUT_USD_PER_MTOK = "1"
OUTPUT_USD_PER_MTOK = "2"


def usd_of(input_tokens: int, output_tokens: int) -> Decimal:
    """What so many tokens cost at a target as `target` makes them.

    >>> usd_of(1_000_000, 500_000)
    Decimal('2')
    """
    spent = input_tokens * Decimal(INPUT_USD_PER_MTOK) + output_tokens * Decimal(OUTPUT_USD_PER_MTOK)
    return spent / 1_000_000


class GatewayProcess:
    """A context manager: a folder with `watchkeeper.yaml` and data, and the gateway that runs on it."""

    def __init__(self, folder: Path, settings: Mapping[str, Any], *, arguments: tuple[str, ...] = ()) -> None:
        """Prepare.

        Args:
            folder: Made if need be.
            settings: What `watchkeeper.yaml` holds.
            arguments: For `wk gateway`, such as `("--workers", "2")`.
        """
        self.folder = folder
        self.data_dir = folder / "data"
        self._settings = settings
        self._arguments = arguments
        self._process: subprocess.Popen[str] | None = None
        self._url = ""
        self._lifeline: int | None = None

    @property
    def url(self) -> str:
        """Where it answers; what an Anthropic client takes as its base URL."""
        return self._url

    @property
    def openai_url(self) -> str:
        """What an OpenAI client takes as its base URL."""
        return f"{self._url}/v1"

    @property
    def pid(self) -> int:
        """The process that `wk gateway` became.

        Raises:
            RuntimeError: It does not run.
        """
        if self._process is None:
            raise RuntimeError("the gateway is not running; use it in a `with` statement")
        return self._process.pid

    def worker_pids(self) -> list[int]:
        """The worker processes it has now, where it has several (Linux)."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
                command = stat.with_name("cmdline").read_bytes().split(b"\0")
            except OSError:
                continue  # it ended while we looked
            if parent == self.pid and b"--listener-fd" in command:
                found.append(int(stat.parent.name))
        return sorted(found)

    @property
    def receipts(self) -> list[Receipt]:
        """Every whole line of its receipts, in the order of the files."""
        lines = [
            line
            for path in sorted((self.data_dir / "receipts").glob("*.ndjson"))
            for line in path.read_bytes().split(b"\n")[:-1]
        ]
        return [receipt_of_line(line) for line in lines]

    def command(self, *arguments: str) -> list[str]:
        """A command line of `wk` for its folder."""
        options = ("--config", str(self.folder / "watchkeeper.yaml"), "--data-dir", str(self.data_dir))
        return [sys.executable, "-m", "watchkeeper.cli", *options, *arguments]

    def wk(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a `wk` command on its folder and wait for it."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=2 * _START_S,
        )

    def write_settings(self, settings: Mapping[str, Any]) -> None:
        """Write `watchkeeper.yaml`; a running gateway reads it anew on SIGHUP."""
        self._settings = settings
        # JSON is YAML, and no string in it can be taken for anything else.
        (self.folder / "watchkeeper.yaml").write_text(json.dumps(settings, indent=1), encoding="utf-8")

    def start(self) -> None:
        """Start it and wait until it is ready; `with` does it.

        Raises:
            RuntimeError: It did not start; the message holds what it said.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        self.write_settings(self._settings)
        # The gateway ends in good order when nobody holds the pipe's other end: however its starter ended.
        reading, self._lifeline = os.pipe()
        pipe = ("--parent-pipe", str(reading))
        self._process = subprocess.Popen(
            self.command("gateway", "--port", "0", "--json", *pipe, *self._arguments),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=(reading,),
        )
        os.close(reading)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            _, said = self._process.communicate(timeout=_END_S)
            self._ended()
            raise RuntimeError(f"the gateway did not start: {said}")
        self._url = json.loads(line)["url"]
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        """It listens before its workers serve; what is asked meanwhile may be told to come back."""
        ends_s = monotonic() + _START_S
        while monotonic() < ends_s:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError("the gateway ended before it was ready")
            try:
                if httpx.get(f"{self._url}/readyz", trust_env=False, timeout=_START_S).is_success:
                    return
            except httpx.TransportError:
                pass
            Event().wait(0.05)
        raise RuntimeError(f"the gateway was not ready within {_START_S:g} s")

    def signal(self, what: signal.Signals) -> None:
        """Send it a signal."""
        if self._process is not None:
            self._process.send_signal(what)

    def kill(self) -> None:
        """End it as `kill -9` does."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate(timeout=_END_S)
            self._ended()

    def stop(self) -> str:
        """End it in good order and wait; `with` does it. Returns what it wrote to standard error."""
        process = self._process
        if process is None:
            return ""
        process.terminate()
        try:
            _, said = process.communicate(timeout=_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            _, said = process.communicate()
        self._ended()
        return said

    def _ended(self) -> None:
        self._process = None
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
