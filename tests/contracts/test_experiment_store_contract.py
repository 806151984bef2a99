"""One contract for experiments in memory and in PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.experiments import PostgresExperiments
from watchkeeper.domain.errors import ConflictError
from watchkeeper.releases.experiments.experiment import Arm, Experiment, Stop
from watchkeeper.releases.experiments.ports import ExperimentStore
from watchkeeper.testing.experiments import InMemoryExperiments

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STOP = Stop(by="Bo", reason="enough", at=NOON + timedelta(days=1), told="warm wins", winner="warm")
Add = Callable[..., Experiment]


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def experiments(request: pytest.FixtureRequest) -> ExperimentStore:
    if request.param == "in memory":
        return InMemoryExperiments()
    database: Database = request.getfixturevalue("database")
    return PostgresExperiments(database)


@pytest.fixture
def add(experiments: ExperimentStore, fresh: Callable[[str], str], workload: str) -> Add:
    def added(hours: int = 0) -> Experiment:
        experiment = Experiment(
            name=fresh("experiment"),
            workload=workload,
            arms=(
                Arm(name="plain", release_id="shop-1", share=3_333),
                Arm(name="warm", release_id="shop-2", share=6_667),
            ),
            control="plain",
            metric="quality",
            evaluation="kindness",
            share=5_000,
            least=0.02,
            alpha=0.05,
            planned=800,
            enough=60,
            started_by="Ida",
            started_at=NOON + timedelta(hours=hours),
            reason="does tone matter",
            ends_at=NOON + timedelta(days=14),
        )
        experiments.add(experiment)
        return experiment

    return added


def test_an_experiment_comes_back_as_it_was_started(experiments: ExperimentStore, add: Add) -> None:
    one = add()
    assert experiments.get(one.name) == one
    assert experiments.get("none") is None
    bare = replace(one, name=f"{one.name}-bare", least=None, ends_at=None)
    experiments.add(bare)
    assert experiments.get(bare.name) == bare


def test_a_name_is_given_once(experiments: ExperimentStore, add: Add) -> None:
    one = add()
    with pytest.raises(ConflictError, match="there was an experiment"):
        experiments.add(replace(one, workload="other"))
    assert experiments.get(one.name) == one


def test_experiments_come_in_the_order_they_started_and_those_that_run_alone_where_asked(
    experiments: ExperimentStore, add: Add
) -> None:
    late, early = add(5), add(1)
    experiments.stop(early.name, STOP)
    assert [one.name for one in experiments.of(late.workload)] == [early.name, late.name]
    assert [one.name for one in experiments.of(late.workload, running=True)] == [late.name]
    assert experiments.of("nobody's") == ()
    assert late.name in {one.name for one in experiments.of(running=True)}


def test_an_experiment_ends_once_and_its_end_stays(experiments: ExperimentStore, add: Add) -> None:
    one = add()
    experiments.stop(one.name, STOP)
    with pytest.raises(ConflictError, match="does not run"):
        experiments.stop(one.name, replace(STOP, reason="again"))
    assert experiments.get(one.name) == replace(one, stop=STOP)
    with pytest.raises(ConflictError, match="does not run"):
        experiments.stop("none", STOP)
