"""Where experiments start and stop; each has a reason and somebody behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import ConflictError, NotFoundError
from watchkeeper.releases.assignment import BUCKETS
from watchkeeper.releases.desk import ReleaseDesk
from watchkeeper.releases.experiments.allocation import shares_of
from watchkeeper.releases.experiments.experiment import Arm, Experiment, Stop, check
from watchkeeper.releases.experiments.ports import ExperimentStore
from watchkeeper.releases.gate import Measure
from watchkeeper.releases.release import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedArm:
    """An arm as somebody asks for it."""

    name: str
    release_id: str
    percent: float | None = None
    """Of those that take part; None in all arms divides evenly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An experiment as somebody asks for it."""

    name: str
    workload: str
    arms: Sequence[PlannedArm]
    control: str | None = None
    """None: the first arm."""
    metric: Measure
    evaluation: str
    share: int = BUCKETS
    least: float | None = None
    alpha: float
    planned: int
    enough: int
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a subject's calls work with."""

    release: Release | None
    """None while the workload has no live release."""
    experiment: str | None = None
    """The experiment it takes part in, if it does, and in which arm."""
    arm: str | None = None


class ExperimentDesk:
    """Starts and stops experiments, and tells who is in which arm."""

    def __init__(self, store: ExperimentStore, releases: ReleaseDesk, *, clock: Clock) -> None:
        self.store = store
        self._releases = releases
        self._clock = clock

    def start(self, plan: Plan, *, by: str, reason: str) -> Experiment:
        """Start an experiment; from now on its subjects get its arms.

        Raises:
            InvalidInputError: It compares nothing, or its names or shares cannot be.
            NotFoundError: An arm's release is not known.
            ConflictError: There was one of this name, the workload has a canary or no live release, all its
                subjects take part in another one, or a required check of an arm has not passed.
        """
        shares = shares_of([one.percent for one in plan.arms]) if plan.arms else ()
        arms = tuple(
            Arm(name=one.name, release_id=one.release_id, share=share)
            for one, share in zip(plan.arms, shares, strict=True)
        )
        experiment = Experiment(
            name=plan.name,
            workload=plan.workload,
            arms=arms,
            control=plan.control or (arms[0].name if arms else ""),
            metric=plan.metric,
            evaluation=plan.evaluation,
            share=plan.share,
            least=plan.least,
            alpha=plan.alpha,
            planned=plan.planned,
            enough=plan.enough,
            started_by=by,
            started_at=self._clock.now(),
            reason=reason,
            ends_at=plan.ends_at,
        )
        check(experiment)
        self._require_room(experiment)
        for arm in experiment.arms:
            self._require_fit(experiment, arm)
        self.store.add(experiment)
        return experiment

    def known(self, name: str) -> Experiment:
        """The experiment of a name.

        Raises:
            NotFoundError: There is none.
        """
        found = self.store.get(name)
        if found is None:
            raise NotFoundError(
                f"there is no experiment {name[:80]!r}", action="list them with `wk experiment list`"
            )
        return found

    def stop(
        self, name: str, *, by: str, reason: str, told: str | None = None, winner: str | None = None
    ) -> Experiment:
        """End an experiment: all its subjects get the live release again.

        Args:
            name: Which.
            by: Who, or what.
            reason: Why.
            told: How it stood.
            winner: The arm that was shown to be best.

        Raises:
            NotFoundError: There is none of this name.
            ConflictError: It has ended already.
        """
        self.known(name)
        self.store.stop(name, Stop(by=by, reason=reason, at=self._clock.now(), told=told, winner=winner))
        return self.known(name)

    def choose(self, workload: str, subject: str) -> Choice:
        """What a subject's calls work with: the arm of the first experiment that takes it, else a release."""
        for one in self.store.of(workload, running=True):
            arm = one.split.arm_of(subject)
            if arm is not None:
                release = self._releases.known(one.arm(arm).release_id)
                return Choice(release=release, experiment=one.name, arm=arm)
        return Choice(release=self._releases.choose(workload, subject))

    def _require_room(self, experiment: Experiment) -> None:
        workload = experiment.workload
        standing = self._releases.standing(workload)
        if standing.live is None:
            raise ConflictError(
                f"{workload} has no live release to return to", action="promote one: `wk release promote`"
            )
        if standing.canary is not None:
            raise ConflictError(
                f"{standing.canary.release_id} is the canary of {workload}, and the gate needs its traffic",
                action="wait for it, or take it back with `wk release rollback`",
            )
        full = next((one for one in self.store.of(workload, running=True) if one.share == BUCKETS), None)
        if full is not None:
            raise ConflictError(
                f"all subjects of {workload} take part in {full.name} already",
                action=f"stop it (`wk experiment stop {full.name}`), or let each take a part of them",
            )

    def _require_fit(self, experiment: Experiment, arm: Arm) -> None:
        release = self._releases.known(arm.release_id)
        if release.workload != experiment.workload:
            raise ConflictError(
                f"arm {arm.name} is a release of {release.workload}",
                action=f"name one of {experiment.workload}'s: `wk release list`",
            )
        if release.state == "rolled back":
            raise ConflictError(
                f"arm {arm.name} is {arm.release_id}, which was rolled back",
                action=f"first say why it may be tried again: `wk release reopen {arm.release_id}`",
            )
        self._releases.require_proved(release)
