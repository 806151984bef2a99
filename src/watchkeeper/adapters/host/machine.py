"""`HostReader` by psutil for the machine, NVML for NVIDIA devices, and PostgreSQL for its connections."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.monitoring.host.resource import Resource

Connections = Callable[[], tuple[int, int]]
"""How many connections a database has open, and how many it takes."""

_LEAST_SECONDS = 0.5
"""Of every processor: the kernel counts in hundredths, and a server that starts reads at once."""


class _CpuSeconds(NamedTuple):
    whole: float
    """All processors' together."""
    idle: float


def _cpu_seconds() -> _CpuSeconds:
    times = psutil.cpu_times()._asdict()
    # What guests used is counted for their hosts as well.
    whole = sum(seconds for name, seconds in times.items() if not name.startswith("guest"))
    return _CpuSeconds(whole, times["idle"] + times.get("iowait", 0.0))


class Machine:
    """This machine; the processor's share is that since the last reading."""

    def __init__(self, data_dir: Path, *, connections: Connections | None = None) -> None:
        """Read nothing yet.

        Args:
            data_dir: Whose disk counts.
            connections: Asks the database; None: there is none.
        """
        self._data_dir = data_dir
        self._connections = connections
        self._cpu_before = _cpu_seconds()

    def resources(self) -> Sequence[Resource]:
        """See `HostReader.resources`."""
        memory = psutil.virtual_memory()
        return (
            self._cpu(),
            Resource(
                kind="memory",
                name="",
                used=float(memory.total - memory.available),
                whole=float(memory.total),
                unit="By",
            ),
            self._disk(),
            *_gpus(),
            *self._database(),
        )

    def _cpu(self) -> Resource:
        """The share since the last reading; no data where that is too short ago to say anything."""
        before, now = self._cpu_before, _cpu_seconds()
        passed = now.whole - before.whole
        if passed < _LEAST_SECONDS * (psutil.cpu_count() or 1):
            return Resource(kind="cpu", name="", used=None, whole=100.0, unit="%")
        self._cpu_before = now
        used = 100.0 * (1.0 - (now.idle - before.idle) / passed)
        return Resource(kind="cpu", name="", used=min(100.0, max(0.0, used)), whole=100.0, unit="%")

    def _disk(self) -> Resource:
        try:
            disk = psutil.disk_usage(str(self._data_dir))
        except OSError:
            return Resource(kind="disk", name=str(self._data_dir), used=None, whole=None, unit="By")
        # What an ordinary user may still write counts, not the part kept back for root.
        whole = float(disk.used + disk.free)
        return Resource(kind="disk", name=str(self._data_dir), used=float(disk.used), whole=whole, unit="By")

    def _database(self) -> Iterator[Resource]:
        if self._connections is None:
            return
        try:
            used, whole = self._connections()
        except WatchkeeperError:
            yield Resource(kind="database connections", name="", used=None, whole=None, unit="connections")
            return
        yield Resource(kind="database connections", name="", used=used, whole=whole, unit="connections")


def _gpus() -> Iterator[Resource]:
    """Every NVIDIA device; one that says there is none where the library or driver is not there."""
    none = Resource(kind="gpu memory", name="", used=None, whole=None, unit="By", present=False)
    try:
        import pynvml
    except ImportError:
        yield none
        return
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        yield none
        return
    try:
        count = pynvml.nvmlDeviceGetCount()
        if not count:
            yield none
        for number in range(count):
            yield _gpu(number)
    finally:
        pynvml.nvmlShutdown()


def _gpu(number: int) -> Resource:
    import pynvml

    name = f"gpu {number}"
    try:
        device = pynvml.nvmlDeviceGetHandleByIndex(number)
        memory = pynvml.nvmlDeviceGetMemoryInfo(device)
    except pynvml.NVMLError:
        return Resource(kind="gpu memory", name=name, used=None, whole=None, unit="By")
    return Resource(
        kind="gpu memory", name=name, used=float(memory.used), whole=float(memory.total), unit="By"
    )
