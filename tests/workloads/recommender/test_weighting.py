"""What a release of the recommender pins decides the order, and what it cannot pin is refused."""

import pytest

from watchkeeper.domain.errors import InvalidInputError, UnavailableError
from watchkeeper.releases.assignment import BUCKETS
from watchkeeper.releases.division import Arms, Division
from watchkeeper.releases.experiments.allocation import Split
from watchkeeper.releases.release import Pins
from watchkeeper.testing.clock import MovedClock
from watchkeeper.workloads.recommender.corpus.generation import Corpus
from watchkeeper.workloads.recommender.recommender import Recommender
from watchkeeper.workloads.recommender.release_canary import quality_of
from watchkeeper.workloads.recommender.release_choice import FollowedReleases, ReleaseChoice
from watchkeeper.workloads.recommender.settings import RecommenderSettings
from watchkeeper.workloads.recommender.weighting import SHIPPED, Weighting, weights_of


def test_what_a_release_leaves_out_is_as_it_ships() -> None:
    assert weights_of(Pins()) == SHIPPED
    assert weights_of(Pins(retrieval={"weight.embedding": "0.5"})) == {**SHIPPED, "embedding": 0.5}


@pytest.mark.parametrize(
    ("pins", "said"),
    [
        (Pins(retrieval={"weight.grahp": "2"}), "nothing that 'retrieval.weight.grahp' could pin"),
        (Pins(targets={"ask": "small"}), "nothing that 'targets.ask' could pin"),
        (Pins(retrieval={"weight.graph": "0"}), "retrieval.weight.graph cannot be '0'"),
        (Pins(retrieval={"weight.graph": "nan"}), "cannot be 'nan'"),
        (Pins(retrieval={"weight.graph": "heavy"}), "cannot be 'heavy'"),
        (Pins(retrieval={"weight.graph": "1e9"}), "cannot be '1e9'"),
    ],
)
def test_what_nothing_could_follow_is_refused(pins: Pins, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        weights_of(pins)


def test_weights_decide_who_comes_first_and_the_answer_names_its_release(corpus: Corpus) -> None:
    recommender = Recommender(corpus.documents, clock=MovedClock(), limit_s=60.0)
    try:
        text = corpus.queries[0].text
        shipped = recommender.recommend(text)
        by_words = Weighting(weights={"graph": 0.01, "entity": 0.01, "embedding": 100.0}, release="r-1")
        moved = recommender.recommend(text, weighting=by_words)
        alone = recommender.components
    finally:
        recommender.close()
    assert alone.health()["embedding"].state == "ok"
    assert (shipped.release, moved.release) == (None, "r-1")
    first = [one.components.get("embedding", 0.0) for one in moved.recommendations]
    assert first == sorted(first, reverse=True)
    assert [one.document for one in shipped.recommendations] != [
        one.document for one in moved.recommendations
    ]


def test_a_release_is_measured_as_it_pins(corpus: Corpus) -> None:
    own, clock = RecommenderSettings(component_limit_s=60.0), MovedClock()
    shipped = quality_of(Pins(), own, clock)
    assert shipped == quality_of(Pins(retrieval={"weight.graph": "2"}), own, clock)
    assert shipped != quality_of(Pins(retrieval={"weight.graph": "0.01"}), own, clock)
    assert shipped.queries == len(corpus.queries)


def test_a_subject_in_an_experiment_gets_its_arm_and_others_the_live_release() -> None:
    split = Split(experiment="tune", share=5_000, arms=(("a", 5_000), ("b", 5_000)))
    choice = ReleaseChoice(
        Division(live="r-live", experiments=(Arms(split, {"a": "r-live", "b": "r-b"}),)),
        {"r-live": SHIPPED, "r-b": {**SHIPPED, "graph": 9.0}},
    )
    for subject in map(str, range(50)):
        found, arm = choice.of(subject), split.arm_of(subject)
        assert (found.arm, found.experiment) == ((arm, "tune") if arm else (None, None))
        assert found.release == ("r-b" if arm == "b" else "r-live")
        assert found.weights["graph"] == (9.0 if arm == "b" else 2.0)


def test_a_canary_has_its_share_and_the_live_release_the_rest() -> None:
    division = Division(live="old", canary="new", share=BUCKETS // 10)
    got = [division.of(str(number)).release_id for number in range(2_000)]
    assert 100 < got.count("new") < 300
    assert Division(live="old", canary="new", share=BUCKETS).of("ada").release_id == "new"


def test_a_server_that_is_away_is_told_once_and_what_ships_answers() -> None:
    said: list[str] = []

    def away() -> None:
        raise UnavailableError("nobody answers")

    releases = FollowedReleases(away, warn=said.append, every_s=0.001)
    try:
        for _ in range(100):
            assert releases.of("ada") == Weighting(weights=SHIPPED)
    finally:
        releases.close()
    assert said == ["releases are not followed: nobody answers"]
