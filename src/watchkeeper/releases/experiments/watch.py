"""Looks at every experiment that runs: ends it when its time is over, or when an arm does harm."""

from collections.abc import Iterable
from contextlib import suppress

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import ConflictError
from watchkeeper.releases.experiments.desk import ExperimentDesk
from watchkeeper.releases.experiments.experiment import Experiment
from watchkeeper.releases.experiments.ports import ExperimentEvidence
from watchkeeper.releases.experiments.verdict import ExperimentVerdict, look_at

WATCHER = "experiment watch"
"""Who stops what nobody stopped."""


class ExperimentWatch:
    """Looks at experiments; a winner is told and never put in force: that is a release's way."""

    def __init__(self, desk: ExperimentDesk, evidence: ExperimentEvidence, *, clock: Clock) -> None:
        self._desk = desk
        self._evidence = evidence
        self._clock = clock

    def look(self, experiment: Experiment) -> ExperimentVerdict:
        """How an experiment stands, or stood when it ended. Changes nothing."""
        until = None if experiment.stop is None else experiment.stop.at
        records = {
            arm.name: self._evidence.of_arm(experiment, arm.name, until=until) for arm in experiment.arms
        }
        return look_at(experiment, records)

    def turn(self) -> tuple[Experiment, ...]:
        """Look at all that run, once; those it stopped."""
        now = self._clock.now()
        stopped = []
        for one in self._desk.store.of(running=True):
            verdict = self.look(one)
            over = one.ends_at is not None and now >= one.ends_at
            if over or verdict.harmed:
                reason = _harm(one, verdict.harmed) if verdict.harmed else "its time is over"
                with suppress(ConflictError):  # somebody ended it while it was looked at
                    stopped.append(self.stop(one, verdict, by=WATCHER, reason=reason))
        return tuple(stopped)

    def stop(self, experiment: Experiment, verdict: ExperimentVerdict, *, by: str, reason: str) -> Experiment:
        """End an experiment, and keep with it how it stood.

        Raises:
            ConflictError: It has ended already.
        """
        return self._desk.stop(
            experiment.name, by=by, reason=reason, told=verdict.told, winner=verdict.winner
        )


def _harm(experiment: Experiment, arms: Iterable[str]) -> str:
    return f"harm: {', '.join(arms)} fails oftener than {experiment.control}"
