"""The monitor's sign of life: a small file, so that another process sees whether it looks."""

import json
import os
from pathlib import Path

from watchkeeper.domain.clock import Clock

_FILE = "monitor.beat"


class Heartbeat:
    """Written after every look; read by the watchdog."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        """Name the data folder."""
        self._path = data_dir / "run" / _FILE
        self._clock = clock
        self._count = 0

    def beat(self) -> None:
        """Tell that the monitor has looked.

        Raises:
            OSError: It cannot be written.
        """
        self._count += 1
        told = {"at": self._clock.now().isoformat(), "pid": os.getpid(), "look": self._count}
        being_written = self._path.with_suffix(f".{os.getpid()}.new")
        being_written.write_text(json.dumps(told), encoding="utf-8")
        being_written.replace(self._path)

    def read(self) -> str | None:
        """The last sign; it differs from every other. None: there is none."""
        try:
            return self._path.read_text(encoding="utf-8")
        except OSError:
            return None
