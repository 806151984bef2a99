"""What a figure was measured on."""

import os
import platform
import subprocess
from pathlib import Path


def circumstances() -> str:
    """Machine, system and commit, in one line."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    python = platform.python_version()
    return f"{cpu()}, {os.cpu_count()} cores, {platform.system()}, Python {python}, commit {commit}"


def cpu() -> str:
    """The processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
