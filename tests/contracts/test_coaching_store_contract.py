"""One contract for what coaching keeps, in memory and in PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.adapters.postgres.coaching import PostgresCoaching
from watchkeeper.adapters.postgres.database import Database
from watchkeeper.coaching.ports import CoachingStore
from watchkeeper.coaching.records import NewVersion, RoundRow, SessionRow, StrategyOrder, Switch
from watchkeeper.testing.coaching import InMemoryCoaching

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
Fresh = Callable[[str], str]


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def store(request: pytest.FixtureRequest) -> CoachingStore:
    if request.param == "in memory":
        return InMemoryCoaching()
    database: Database = request.getfixturevalue("database")
    return PostgresCoaching(database)


def a_round(session_id: str, workload: str, number: int = 1) -> RoundRow:
    return RoundRow(
        session_id=session_id,
        workload=workload,
        run_id="RUN_1700000000",
        document="åsen.pdf",
        agent="balance_sheet",
        round=number,
        accuracy=1.0,
        coverage=1.0,
        precision=1.0,
        recall=1.0,
        f1=1.0,
        errors=("assets",),
        missing=(),
        strategy="explore",
        reason="0.50 is below 0.70",
        change="assets: label 'summa tillgångar'",
        improvement=0.5,
        basis="truth",
        phase=1,
        created_at=NOON,
    )


def a_version(workload: str, accuracy: float | None = 0.9) -> NewVersion:
    return NewVersion(
        workload=workload,
        agent="balance_sheet",
        parent=None,
        strategy="refine",
        author="coach",
        reason="assets: label",
        content={"agent": "balance_sheet", "labels": ["å"]},
        accuracy=accuracy,
        created_at=NOON,
    )


def a_session(session_id: str, workload: str, **changes: object) -> SessionRow:
    made = SessionRow(
        session_id=session_id,
        workload=workload,
        run_id="RUN_1700000000",
        document="åsen.pdf",
        agent="balance_sheet",
        status="completed",
        max_rounds=5,
        failure_reason=None,
        at=NOON,
        rounds=[a_round(session_id, workload, 1), a_round(session_id, workload, 2)],
        extraction={"assets": 1},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_session_comes_back_round_by_round(store: CoachingStore, fresh: Fresh, workload: str) -> None:
    session_id = fresh("session")
    store.keep(a_session(session_id, workload))
    assert store.rounds(workload, since=NOON) == (
        a_round(session_id, workload, 1),
        a_round(session_id, workload, 2),
    )
    assert store.rounds(workload, since=NOON + HOUR) == ()


def test_versions_only_grow_and_know_their_parents(store: CoachingStore, workload: str) -> None:
    first = store.add_version(a_version(workload))
    second = store.add_version(a_version(workload, None))
    back = store.add_version(replace(a_version(workload), parent=1, strategy="revert"))
    assert [(one.version, one.parent) for one in (first, second, back)] == [(1, None), (2, 1), (3, 1)]
    assert store.versions(workload, agent="balance_sheet") == (first, second, back)
    assert store.versions(workload, agent="property") == ()
    assert first.content == {"agent": "balance_sheet", "labels": ["å"]}


def test_a_session_is_kept_whole_or_not_at_all(store: CoachingStore, fresh: Fresh, workload: str) -> None:
    session_id = fresh("session")
    store.keep(a_session(session_id, workload))
    again = a_session(session_id, workload, versions=[a_version(workload)])
    with pytest.raises(Exception, match=r"already|unique|duplicate"):
        store.keep(again)
    assert store.versions(workload) == ()
    assert len(store.rounds(workload, since=NOON)) == 2


def test_an_order_is_used_up_by_the_session_that_obeyed_it(
    store: CoachingStore, fresh: Fresh, workload: str
) -> None:
    order = StrategyOrder(
        order_id=fresh("order"),
        workload=workload,
        agent="balance_sheet",
        strategy="explore",
        given_by="Ida",
        reason="stuck",
        given_at=NOON,
        expires_at=NOON + HOUR,
    )
    store.add_order(order)
    assert store.orders(workload) == (order,)
    assert order.open_at(NOON)
    assert not order.open_at(NOON + HOUR)
    session_id = fresh("session")
    store.keep(a_session(session_id, workload, order_id=order.order_id))
    used = store.orders(workload)[0]
    assert (used.used_at, used.used_by_session) == (NOON, session_id)
    assert not used.open_at(NOON)


def kept(store: CoachingStore, fresh: Fresh, workload: str, run_id: str) -> SessionRow:
    session_id = fresh("session")
    row = replace(a_round(session_id, workload), run_id=run_id)
    session = SessionRow(
        session_id=session_id,
        workload=workload,
        run_id=run_id,
        document=row.document,
        agent=row.agent,
        status="completed",
        max_rounds=3,
        failure_reason=None,
        at=NOON,
        rounds=(row,),
        versions=(a_version(workload),),
        extraction={"assets": 1},
    )
    store.keep(session)
    return session


def test_sessions_set_aside_count_no_more_and_are_set_aside_once(
    store: CoachingStore, fresh: Fresh, workload: str
) -> None:
    bad, good = kept(store, fresh, workload, "RUN_1700000001"), kept(store, fresh, workload, "RUN_1700000002")

    def void(since: datetime) -> tuple[str, ...]:
        return store.void(workload, [bad.run_id], since=since, by="Ida", reason="failed", at=NOON)

    assert void(NOON + HOUR) == ()
    assert void(NOON) == (bad.session_id,)
    assert void(NOON) == ()
    assert [row.session_id for row in store.rounds(workload, since=NOON)] == [good.session_id]


def test_golden_examples_are_told_with_who_verified_them_and_whether_they_count(
    store: CoachingStore, fresh: Fresh, workload: str
) -> None:
    session = kept(store, fresh, workload, "RUN_1700000005")
    [example] = store.golden(workload)
    assert (example.example_id, example.agent, example.extraction) == (
        session.session_id,
        session.agent,
        {"assets": 1},
    )
    assert (example.prompt_version, example.verified_by, example.active) == ("1", "auto", True)
    assert store.mark_golden(workload, example.example_id, verified_by="Ida", active=False)
    [marked] = store.golden(workload)
    assert (marked.verified_by, marked.active) == ("Ida", False)
    assert not store.mark_golden(workload, "none", verified_by="Ida", active=True)
    store.void(workload, [session.run_id], since=NOON, by="Ida", reason="failed", at=NOON)
    assert [one.active for one in store.golden(workload)] == [False]


def test_the_last_word_on_whether_a_workload_is_coached_counts(store: CoachingStore, workload: str) -> None:
    assert store.switched(workload) is None
    for enabled in (False, True, False):
        said = Switch(workload=workload, enabled=enabled, given_by="Ida", reason="odd", given_at=NOON)
        store.switch(said)
    assert store.switched(workload) == said


def test_a_reset_empties_one_workload_and_tells_how_much(
    store: CoachingStore, fresh: Fresh, workload: str
) -> None:
    other = fresh("workload")
    kept(store, fresh, workload, "RUN_1700000003")
    kept(store, fresh, other, "RUN_1700000004")
    emptied = store.reset(workload)
    assert (emptied.sessions, emptied.versions, emptied.golden_examples) == (1, 1, 1)
    assert store.rounds(workload, since=NOON) == ()
    assert store.versions(workload) == ()
    assert len(store.rounds(other, since=NOON)) == 1
    assert store.reset(workload).sessions == 0
