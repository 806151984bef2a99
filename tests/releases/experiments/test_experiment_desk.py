"""Starting and stopping experiments, and what else may go on meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from watchkeeper.domain.errors import ConflictError, InvalidInputError, NotFoundError
from watchkeeper.releases.desk import CANARIES, ReleaseDesk
from watchkeeper.releases.experiments.desk import ExperimentDesk, Plan, PlannedArm
from watchkeeper.releases.experiments.experiment import Experiment
from watchkeeper.releases.experiments.ports import ArmRecord
from watchkeeper.releases.experiments.watch import WATCHER, ExperimentWatch
from watchkeeper.releases.gate import Record
from watchkeeper.releases.release import Pins
from watchkeeper.statistics.always_valid import Side
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.experiments import InMemoryExperiments, ToldArms
from watchkeeper.testing.releases import InMemoryReleases

WORKLOAD = "shop"


class Scene:
    """A workload with a live release and another that is proved."""

    def __init__(self, store: InMemoryExperiments | None = None) -> None:
        self.clock = MovedClock()
        store = store or InMemoryExperiments()
        self.releases = ReleaseDesk(InMemoryReleases(), experiments=store, clock=self.clock)
        self.desk = ExperimentDesk(store, self.releases, clock=self.clock)
        self.live = self.proved("plain")
        self.releases.promote(self.live, by="Ida", reason="the first")
        self.other = self.proved("warm")

    def made(self, target: str) -> str:
        self.clock.advance(60)
        return self.releases.make(WORKLOAD, Pins(targets={"ask": target}), by="Ida").release_id

    def proved(self, target: str) -> str:
        release = self.made(target)
        self.releases.prove(release, CANARIES, "passed", told="20 of 20", by="Ida")
        return release

    def start(self, name: str = "tone", **changes: Any) -> Experiment:
        arms = (
            PlannedArm(name="plain", release_id=self.live),
            PlannedArm(name="warm", release_id=self.other),
        )
        asked: dict[str, Any] = {
            "name": name,
            "workload": WORKLOAD,
            "arms": arms,
            "metric": "quality",
            "evaluation": "kindness",
            "alpha": 0.05,
            "planned": 1_000,
            "enough": 50,
        }
        return self.desk.start(Plan(**asked | changes), by="Ida", reason="does tone matter")

    def watch(self, **failed: float) -> ExperimentWatch:
        def record(arm: str) -> ArmRecord:
            share = failed.get(arm, 0.0)
            errors = Side(400, share, share * (1 - share))
            return ArmRecord(subjects=400, calls=400, record=Record(calls=400, errors=errors))

        return ExperimentWatch(self.desk, ToldArms(record), clock=self.clock)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_its_subjects_get_its_arms_until_it_is_stopped_and_the_live_release_afterwards(scene: Scene) -> None:
    scene.start()
    arms = [scene.desk.choose(WORKLOAD, f"subject {n}") for n in range(100)]
    assert {(one.release.release_id, one.experiment, one.arm) for one in arms if one.release} == {
        (scene.live, "tone", "plain"),
        (scene.other, "tone", "warm"),
    }
    scene.clock.advance(60)
    ended = scene.desk.stop("tone", by="Bo", reason="enough", told="warm wins", winner="warm")
    assert ended.stop is not None
    assert (ended.stop.by, ended.stop.reason, ended.stop.winner) == ("Bo", "enough", "warm")
    after = scene.desk.choose(WORKLOAD, "subject 1")
    assert (after.release and after.release.release_id, after.experiment) == (scene.live, None)
    with pytest.raises(ConflictError, match="does not run"):
        scene.desk.stop("tone", by="Bo", reason="again")
    with pytest.raises(ConflictError, match="there was an experiment tone already"):
        scene.start()


def test_an_arm_whose_canaries_have_not_passed_gets_no_subject(scene: Scene) -> None:
    unproved = scene.made("bold")
    arms = (PlannedArm(name="plain", release_id=scene.live), PlannedArm(name="bold", release_id=unproved))
    with pytest.raises(ConflictError, match=f"the canaries of {unproved} have not passed"):
        scene.start(arms=arms)
    assert scene.desk.store.of() == ()


def test_two_experiments_share_the_subjects_of_a_workload_and_nobody_is_in_both(scene: Scene) -> None:
    scene.start("tone", share=5_000)
    first = {n: scene.desk.choose(WORKLOAD, f"subject {n}") for n in range(400)}
    scene.clock.advance(60)
    scene.start("length", share=5_000)
    second = {n: scene.desk.choose(WORKLOAD, f"subject {n}") for n in range(400)}
    # Who was in the first stays where it was; the second takes of the others.
    assert all(second[n] == one for n, one in first.items() if one.experiment == "tone")
    counts = [sum(one.experiment == name for one in second.values()) for name in ("tone", "length", None)]
    assert all(
        low < found < high for found, low, high in zip(counts, (150, 60, 60), (250, 140, 140), strict=True)
    )


def test_no_second_experiment_starts_where_the_first_has_every_subject(scene: Scene) -> None:
    scene.start()
    with pytest.raises(ConflictError, match="all subjects of shop take part in tone already"):
        scene.start("length")


def test_canaries_and_experiments_keep_out_of_each_other(scene: Scene) -> None:
    third = scene.proved("terse")
    scene.releases.promote(third, by="Ida", reason="try")
    with pytest.raises(ConflictError, match="is the canary of shop"):
        scene.start()
    scene.releases.roll_back(WORKLOAD, by="Ida", reason="odd")
    scene.start()
    fourth = scene.proved("bold")
    with pytest.raises(ConflictError, match="experiment tone runs on shop"):
        scene.releases.promote(fourth, by="Ida", reason="try")


def test_a_rollback_ends_what_is_tried_and_the_live_release_stays(scene: Scene) -> None:
    scene.start()
    live = scene.releases.roll_back(WORKLOAD, by="Bo", reason="people complain")
    assert live.release_id == scene.live
    ended = scene.desk.known("tone")
    assert ended.stop is not None
    assert ended.stop.reason == "rolled back: people complain"


class LateNews(InMemoryExperiments):
    """Tells what runs as it was a moment ago."""

    def of(self, workload: str | None = None, *, running: bool = False) -> tuple[Experiment, ...]:
        return super().of(workload) if running else super().of(workload, running=running)


def test_neither_a_rollback_nor_the_watch_fails_of_what_somebody_else_has_just_ended() -> None:
    scene = Scene(LateNews())
    scene.start()
    scene.desk.stop("tone", by="Bo", reason="enough")
    assert scene.releases.roll_back(WORKLOAD, by="Ida", reason="odd").release_id == scene.live
    assert scene.watch(warm=0.5).turn() == ()
    ended = scene.desk.known("tone").stop
    assert ended is not None
    assert ended.reason == "enough"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "Tone!"}, "no name for an experiment"),
        ({"arms": ()}, "no two to 10 arms"),
        ({"control": "bold"}, "no arm 'bold'"),
    ],
)
def test_what_compares_nothing_is_refused(scene: Scene, changes: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        scene.start(**changes)
    same = tuple(PlannedArm(name=name, release_id=scene.live) for name in ("plain", "warm"))
    with pytest.raises(InvalidInputError, match="two arms are the same release"):
        scene.start(arms=same)
    with pytest.raises(NotFoundError):
        scene.start(arms=(PlannedArm(name="plain", release_id="none"), *same[1:]))


def test_the_watch_ends_what_does_harm_and_what_is_over_and_nothing_else(scene: Scene) -> None:
    scene.start(ends_at=scene.clock.now() + timedelta(days=1))
    assert scene.watch().turn() == ()
    (harmed,) = scene.watch(plain=0.01, warm=0.2).turn()
    assert harmed.stop is not None
    assert (harmed.stop.by, harmed.stop.reason) == (WATCHER, "harm: warm fails oftener than plain")
    scene.start("again", ends_at=scene.clock.now() + timedelta(days=1))
    scene.clock.advance(86_400)
    (over,) = scene.watch().turn()
    assert over.stop is not None
    assert over.stop.reason == "its time is over"
