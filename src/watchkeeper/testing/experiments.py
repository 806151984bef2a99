"""Experiments in memory, under one contract with those in PostgreSQL; and evidence that is as told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from watchkeeper.domain.errors import ConflictError
from watchkeeper.releases.experiments.experiment import Experiment, Stop
from watchkeeper.releases.experiments.ports import ArmRecord


class InMemoryExperiments:
    """An `ExperimentStore` in memory."""

    def __init__(self) -> None:
        self._experiments: dict[str, Experiment] = {}

    def add(self, experiment: Experiment) -> None:
        """See `ExperimentStore.add`."""
        if experiment.name in self._experiments:
            raise ConflictError(
                f"there was an experiment {experiment.name} already", action="give it a name of its own"
            )
        self._experiments[experiment.name] = experiment

    def get(self, name: str) -> Experiment | None:
        """See `ExperimentStore.get`."""
        return self._experiments.get(name)

    def of(self, workload: str | None = None, *, running: bool = False) -> tuple[Experiment, ...]:
        """See `ExperimentStore.of`."""
        found = [
            one
            for one in self._experiments.values()
            if workload in {None, one.workload} and not (running and one.stop)
        ]
        return tuple(sorted(found, key=lambda one: (one.started_at, one.name)))

    def stop(self, name: str, stop: Stop) -> None:
        """See `ExperimentStore.stop`."""
        standing = self._experiments.get(name)
        if standing is None or standing.stop is not None:
            raise ConflictError(
                f"experiment {name} does not run", action=f"see how it ended: `wk experiment show {name}`"
            )
        self._experiments[name] = replace(standing, stop=stop)


class ToldArms:
    """`ExperimentEvidence` that is what a function says of an arm."""

    def __init__(self, record: Callable[[str], ArmRecord]) -> None:
        self._record = record

    def of_arm(
        self,
        experiment: Experiment,  # noqa: ARG002 - arms have names of their own in a test
        arm: str,
        *,
        until: datetime | None,  # noqa: ARG002 - what is told is told whole
    ) -> ArmRecord:
        """See `ExperimentEvidence.of_arm`."""
        return self._record(arm)
