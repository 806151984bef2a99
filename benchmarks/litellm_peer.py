"""LiteLLM's proxy with one worker, in an environment of its own that the benchmark makes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

_START_S = 180.0


def installed(venv: Path) -> Path | None:
    """The `litellm` command, installed into a folder if need be; None where it cannot be had."""
    command = venv / "bin" / "litellm"
    if command.exists():
        return command
    steps = (
        [sys.executable, "-m", "venv", str(venv)],
        [str(venv / "bin" / "pip"), "install", "--quiet", "litellm[proxy]"],
    )
    for step in steps:
        done = subprocess.run(step, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(f"litellm[proxy] cannot be installed, so it is left out: {done.stderr.strip()[-300:]}")
            return None
    return command


def version(command: Path) -> str:
    """Which version was measured."""
    asking = "import importlib.metadata; print(importlib.metadata.version('litellm'))"
    python = str(command.parent / "python")
    return subprocess.run([python, "-c", asking], capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def litellm_proxy(command: Path, folder: Path, upstream_url: str) -> Iterator[tuple[str, int]]:
    """The proxy, in front of a provider: its URL and its process.

    Its own recording is off: no database, no callbacks, no spend log.
    """
    config = folder / "litellm.yaml"
    config.write_text(
        f"model_list:\n- model_name: extract\n  litellm_params:\n    model: openai/gpt-4o-mini\n"
        f"    api_base: {upstream_url}\n    api_key: sk-ours\nlitellm_settings:\n  num_retries: 0\n"
    )
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    options = ["--config", str(config), "--host", "127.0.0.1", "--port", str(port), "--num_workers", "1"]
    with (folder / "litellm.log").open("wb") as log:
        process = subprocess.Popen(
            [str(command), *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _until_ready(url, process)
        yield url, process.pid
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            if httpx.get(f"{url}/health/liveliness", trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass  # not yet
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("litellm did not start; its log stands in the folder")
        time.sleep(0.2)
