"""What experiments need from outside: a place to keep them, and what calls of their arms came to.

Every method may raise `UnavailableError` (the engine does not answer), every write `StorageFullError`.
All instants are aware, in UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watchkeeper.releases.experiments.experiment import Experiment, Stop
from watchkeeper.releases.gate import Record


class ExperimentStore(Protocol):
    """Every experiment there was, as it was started, and how each ended: rows are added and never changed."""

    def add(self, experiment: Experiment) -> None:
        """Keep one that starts.

        Raises:
            ConflictError: There was one of this name.
        """
        ...

    def get(self, name: str) -> Experiment | None:
        """The one of a name."""
        ...

    def of(self, workload: str | None = None, *, running: bool = False) -> tuple[Experiment, ...]:
        """Of a workload, or of all; those that run alone where asked for. The first started first."""
        ...

    def stop(self, name: str, stop: Stop) -> None:
        """Keep how one ended.

        Raises:
            ConflictError: It has ended already, or never was.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRecord:
    """What one arm's calls came to."""

    subjects: int
    calls: int
    record: Record
    """Its figures are of subjects: of each, the mean of its calls."""


class ExperimentEvidence(Protocol):
    """What calls of an arm came to, as they were recorded."""

    def of_arm(self, experiment: Experiment, arm: str, *, until: datetime | None) -> ArmRecord:
        """All calls of an arm since the experiment began."""
        ...
