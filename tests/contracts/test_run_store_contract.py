"""One contract for the runs in memory and in PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.runs import PostgresRuns
from watchkeeper.batch.ports import RunStore
from watchkeeper.domain.errors import ConflictError, NotFoundError
from watchkeeper.domain.run import Run, RunStatus
from watchkeeper.testing.state import InMemoryRuns

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER = NOON + timedelta(days=36500)
"""After every run of any other test in the session's database."""


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def runs(request: pytest.FixtureRequest) -> RunStore:
    if request.param == "in memory":
        return InMemoryRuns()
    database: Database = request.getfixturevalue("database")
    return PostgresRuns(database)


def run(workload: str, run_id: str, *, started_at: datetime = NOON) -> Run:
    return Run(
        run_id=run_id,
        workload=workload,
        status=RunStatus.RUNNING,
        production=False,
        preflight="pre-flight not run",
        coaching=False,
        items=3,
        started_at=started_at,
        details={"readers": {"layout": "1"}},
    )


def test_a_run_comes_back_as_it_was_kept(runs: RunStore, workload: str, fresh: Callable[[str], str]) -> None:
    kept = run(workload, fresh("RUN"))
    runs.create(kept)

    assert runs.get(kept.run_id) == kept
    assert runs.get("RUN_0000000000") is None


def test_a_run_id_is_given_once(runs: RunStore, workload: str, fresh: Callable[[str], str]) -> None:
    run_id = fresh("RUN")

    def create(n: int) -> bool:
        try:
            runs.create(replace(run(workload, run_id), items=n))
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(create, range(8)))

    assert made.count(True) == 1
    kept = runs.get(run_id)
    assert kept is not None
    assert kept.items == made.index(True)


def test_a_finished_run_keeps_its_counts_and_both_sorts_of_details(
    runs: RunStore, workload: str, fresh: Callable[[str], str]
) -> None:
    run_id = fresh("RUN")
    runs.create(run(workload, run_id))
    runs.update_counts(run_id, ok=1, needs_ocr=0, failed=0, pages=9)
    runs.update_counts(run_id, ok=2, needs_ocr=1, failed=0, pages=20)

    finished = runs.finish(
        run_id, status=RunStatus.FINISHED, finished_at=NOON + HOUR, seconds=12.5, details={"canaries": "pass"}
    )

    assert (finished.ok, finished.needs_ocr, finished.failed, finished.pages) == (2, 1, 0, 20)
    assert (finished.status, finished.finished_at, finished.seconds) == (
        RunStatus.FINISHED,
        NOON + HOUR,
        12.5,
    )
    assert finished.details == {"readers": {"layout": "1"}, "canaries": "pass"}
    assert runs.get(run_id) == finished


def test_a_resumed_run_runs_again_with_what_it_had(
    runs: RunStore, workload: str, fresh: Callable[[str], str]
) -> None:
    run_id = fresh("RUN")
    runs.create(run(workload, run_id))
    runs.update_counts(run_id, ok=2, needs_ocr=0, failed=0, pages=20)
    runs.finish(run_id, status=RunStatus.FAILED, finished_at=NOON, seconds=1.0)

    resumed = runs.resume(run_id, items=5)

    assert (resumed.status, resumed.finished_at, resumed.seconds) == (RunStatus.RUNNING, None, None)
    assert (resumed.items, resumed.ok, resumed.pages) == (5, 2, 20)


def test_what_is_asked_of_an_unknown_run_is_not_found(runs: RunStore) -> None:
    with pytest.raises(NotFoundError, match="RUN_1"):
        runs.update_counts("RUN_1", ok=0, needs_ocr=0, failed=0, pages=0)
    with pytest.raises(NotFoundError, match="RUN_1"):
        runs.finish("RUN_1", status=RunStatus.FINISHED, finished_at=NOON, seconds=0.0)
    with pytest.raises(NotFoundError, match="RUN_1"):
        runs.resume("RUN_1", items=1)


def test_runs_are_listed_newest_first(runs: RunStore, workload: str, fresh: Callable[[str], str]) -> None:
    older, newer, other = fresh("RUN"), fresh("RUN"), fresh("RUN")
    runs.create(run(workload, newer, started_at=LATER + 3 * HOUR))
    runs.create(run(workload, older, started_at=LATER + HOUR))
    runs.create(run(fresh("workload"), other, started_at=LATER + 2 * HOUR))

    assert [r.run_id for r in runs.newest(10, workload=workload)] == [newer, older]
    assert [r.run_id for r in runs.newest(1, workload=workload)] == [newer]
    assert [r.run_id for r in runs.newest(3)] == [newer, other, older]


def test_running_runs_nobody_drives_any_more_are_interrupted(
    runs: RunStore, workload: str, fresh: Callable[[str], str]
) -> None:
    alive, gone, done = fresh("RUN"), fresh("RUN"), fresh("RUN")
    for run_id in (alive, gone, done):
        runs.create(run(workload, run_id))
    runs.finish(done, status=RunStatus.FINISHED, finished_at=NOON, seconds=1.0)

    assert {r.run_id for r in runs.running() if r.workload == workload} == {alive, gone}
    assert runs.interrupt([]) == ()

    assert runs.interrupt([done, gone, fresh("RUN")]) == (gone,)

    assert {r.run_id: r.status for r in runs.newest(3, workload=workload)} == {
        alive: RunStatus.RUNNING,
        gone: RunStatus.INTERRUPTED,
        done: RunStatus.FINISHED,
    }
    assert [r.run_id for r in runs.running() if r.workload == workload] == [alive]
    assert runs.interrupt([alive, gone]) == (alive,)
