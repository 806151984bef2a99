"""The machine as it is: a share of processors needs time to have passed."""

from pathlib import Path
from time import monotonic

from watchkeeper.adapters.host.machine import Machine


def cpu(machine: Machine) -> float | None:
    [one] = [each for each in machine.resources() if each.kind == "cpu"]
    return one.used


def test_a_reading_at_once_knows_nothing_of_processors_and_one_after_work_does(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert cpu(machine) is None, "it would be nought, whatever the machine does"
    begun = monotonic()
    while (used := cpu(machine)) is None and monotonic() - begun < 30:
        sum(range(100_000))
    assert used is not None
    assert 0 < used <= 100
    kinds = {one.kind for one in machine.resources()}
    assert {"cpu", "memory", "disk", "gpu memory"} <= kinds
