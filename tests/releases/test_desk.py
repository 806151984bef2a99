"""Making, promoting and taking back releases."""

from datetime import datetime

import pytest

from watchkeeper.domain.errors import ConflictError, InvalidInputError, NotFoundError
from watchkeeper.releases.canary_watch import WATCHER, CanaryWatch
from watchkeeper.releases.desk import CANARIES, ReleaseDesk
from watchkeeper.releases.gate import Record, Tolerances
from watchkeeper.releases.release import Pins, Release
from watchkeeper.statistics.always_valid import Side
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.experiments import InMemoryExperiments
from watchkeeper.testing.releases import InMemoryReleases, ToldEvidence

WORKLOAD = "explainer"


class Scene:
    """A workload with a live release and a candidate whose canaries have passed."""

    def __init__(self) -> None:
        self.clock = MovedClock()
        self.desk = ReleaseDesk(InMemoryReleases(), experiments=InMemoryExperiments(), clock=self.clock)
        self.old = self.proved("small")
        self.desk.promote(self.old.release_id, by="Ida", reason="the first")
        self.new = self.proved("large")

    def proved(self, target: str) -> Release:
        self.clock.advance(60)
        release = self.desk.make(WORKLOAD, Pins(targets={"explain": target}), by="Ida")
        self.desk.prove(release.release_id, CANARIES, "passed", told="20 of 20", by="Ida")
        return release

    @property
    def live(self) -> str | None:
        live = self.desk.standing(WORKLOAD).live
        return None if live is None else live.release_id

    def history(self, release: Release) -> list[str]:
        return [one.after for one in self.desk.store.moves(release_id=release.release_id)]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_equal_contents_are_one_release(scene: Scene) -> None:
    again = scene.desk.make(WORKLOAD, Pins(targets={"explain": "large"}), by="Bo")
    assert again == scene.new
    with pytest.raises(InvalidInputError, match="pins something"):
        scene.desk.make(WORKLOAD, Pins(), by="Ida")


@pytest.mark.parametrize("verdict", ["failed", "not checked", None])
def test_nothing_gets_traffic_whose_canaries_have_not_passed(scene: Scene, verdict: str | None) -> None:
    release = scene.desk.make(WORKLOAD, Pins(targets={"explain": "other"}), by="Ida")
    if verdict is not None:
        scene.desk.prove(release.release_id, CANARIES, verdict, told="2 of 20", by="Ida")  # type: ignore[arg-type]
    with pytest.raises(ConflictError, match="have not passed"):
        scene.desk.promote(release.release_id, by="Ida", reason="now")
    assert scene.live == scene.old.release_id


def test_a_canary_gets_its_share_of_subjects_and_always_the_same_ones(scene: Scene) -> None:
    scene.desk.promote(scene.new.release_id, by="Ida", reason="try", share=1000)
    subjects = [f"subject {number}" for number in range(2000)]
    chosen = {
        one for one in subjects if scene.desk.choose(WORKLOAD, one) == scene.desk.known(scene.new.release_id)
    }
    assert 140 <= len(chosen) <= 260
    scene.desk.promote(scene.new.release_id, by="Ida", reason="more", share=5000)
    more = {
        one for one in subjects if scene.desk.choose(WORKLOAD, one) != scene.desk.known(scene.old.release_id)
    }
    assert chosen < more


def test_going_live_retires_what_was_live(scene: Scene) -> None:
    scene.desk.promote(scene.new.release_id, by="Ida", reason="try")
    scene.desk.go_live(scene.new.release_id, by="Ida", reason="good")
    assert scene.live == scene.new.release_id
    assert scene.history(scene.old)[-1] == "retired"


def test_a_rollback_takes_the_canary_back_and_then_the_live_release(scene: Scene) -> None:
    scene.desk.promote(scene.new.release_id, by="Ida", reason="try")
    assert scene.desk.roll_back(WORKLOAD, by="Ida", reason="odd").release_id == scene.old.release_id
    assert scene.history(scene.new)[-1] == "rolled back"
    with pytest.raises(ConflictError, match="first release"):
        scene.desk.roll_back(WORKLOAD, by="Ida", reason="more")


def test_one_order_returns_to_any_release_that_was_live(scene: Scene) -> None:
    for target in ("large", "largest"):
        release = scene.proved(target)
        scene.desk.promote(release.release_id, by="Ida", reason="try")
        scene.desk.go_live(release.release_id, by="Ida", reason="good")
    assert scene.desk.roll_back(WORKLOAD, by="Ida", reason="odd").release_id == scene.new.release_id
    first = scene.desk.roll_back(WORKLOAD, by="Ida", reason="odder", to=scene.old.release_id)
    assert (first.release_id, first.state, first.share) == (scene.old.release_id, "live", 10_000)
    never = scene.proved("untried")
    with pytest.raises(ConflictError, match="never live"):
        scene.desk.roll_back(WORKLOAD, by="Ida", reason="no", to=never.release_id)


def test_what_was_taken_back_is_proved_anew(scene: Scene) -> None:
    scene.desk.promote(scene.new.release_id, by="Ida", reason="try")
    scene.desk.roll_back(WORKLOAD, by="Ida", reason="odd")
    scene.clock.advance(60)
    scene.desk.reopen(scene.new.release_id, by="Ida", reason="understood")
    with pytest.raises(ConflictError, match="before it was taken back"):
        scene.desk.promote(scene.new.release_id, by="Ida", reason="again")


def test_two_canaries_of_one_workload_are_refused(scene: Scene) -> None:
    scene.desk.promote(scene.new.release_id, by="Ida", reason="try")
    other = scene.proved("other")
    with pytest.raises(ConflictError, match="is the canary"):
        scene.desk.promote(other.release_id, by="Ida", reason="try")
    with pytest.raises(NotFoundError, match="no release 'nothing'"):
        scene.desk.known("nothing")


def calls(count: int, quality: float) -> Record:
    fine = Side(count, 0.0, 0.0)
    return Record(
        calls=count,
        quality=Side(count, quality, quality * (1 - quality)),
        errors=fine,
        latency=Side(count, 0.0, 0.3),
        cost=Side(count, 0.0, 0.1),
    )


def watch(scene: Scene, quality: float, count: int = 2400) -> CanaryWatch:
    def told(release_id: str, since: datetime, until: datetime | None) -> Record:
        return calls(count, quality) if release_id == scene.new.release_id else calls(count * 9, 0.9)

    return CanaryWatch(scene.desk, ToldEvidence(told), tolerances=Tolerances(most_calls=100_000))


def test_a_good_canary_goes_live_by_itself_share_by_share(scene: Scene) -> None:
    scene.desk.promote(scene.new.release_id, by="Ida", reason="try")
    watcher = watch(scene, 0.9)
    shares = []
    while scene.live != scene.new.release_id:
        watcher.turn()
        shares.append(scene.desk.known(scene.new.release_id).share)
        scene.clock.advance(60)
    assert shares == [1000, 5000, 10_000]
    assert watcher.turn() == ()


def test_a_bad_canary_is_taken_back_by_itself_and_the_reason_is_kept(scene: Scene) -> None:
    scene.desk.promote(scene.new.release_id, by="Ida", reason="try")
    watch(scene, 0.8).turn()
    last = scene.desk.store.moves(release_id=scene.new.release_id)[-1]
    assert (last.after, last.by, scene.live) == ("rolled back", WATCHER, scene.old.release_id)
    assert last.reason.startswith("worse: quality -10.0%")
