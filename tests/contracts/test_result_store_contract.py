"""One contract for the results of items in memory and in PostgreSQL."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.adapters.postgres.database import Database
from watchkeeper.adapters.postgres.results import PostgresResults
from watchkeeper.batch.ports import ResultStore
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.run import (
    CONSENSUS,
    ItemResult,
)
from watchkeeper.testing.state import InMemoryResults

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def results(request: pytest.FixtureRequest) -> ResultStore:
    if request.param == "in memory":
        return InMemoryResults()
    database: Database = request.getfixturevalue("database")
    return PostgresResults(database)


def result(workload: str, run_id: str, document: str, **changes: object) -> ItemResult:
    made = ItemResult(
        run_id=run_id,
        workload=workload,
        document=document,
        document_sha256=None,
        model=CONSENSUS,
        data={"assets": {"value": 301, "page": 9}},
        success=True,
        status="ok",
        error=None,
        processing_ms=1500.0,
        pages=10,
        created_at=NOON,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    # any character at all: garbled pages hold NUL and lone surrogates
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=40, deadline=None)
@given(data=st.dictionaries(st.text(st.characters(exclude_categories=[])), json_values, max_size=4))
def test_whatever_json_a_result_holds_comes_back_the_same(
    results: ResultStore, data: dict[str, object], fresh: Callable[[str], str]
) -> None:
    run_id = fresh("RUN")
    kept = result("any", run_id, "a.pdf", data=data, error={"details": data})
    results.append([kept])

    assert results.of_run(run_id) == (kept,)
    assert json.dumps(results.of_run(run_id)[0].data) == json.dumps(data), "the order of keys too"


@settings(max_examples=20, deadline=None)
@given(appended=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["x", "y"]), st.integers(0, 9))))
def test_the_last_result_of_one_run_document_and_model_stands(
    results: ResultStore, appended: list[tuple[str, str, int]], fresh: Callable[[str], str]
) -> None:
    run_id = fresh("RUN")
    made = [result("any", run_id, doc, model=model, pages=pages) for doc, model, pages in appended]
    results.append(made[: len(made) // 2])
    results.append(made[len(made) // 2 :])
    results.append(made[len(made) // 2 :])

    expected = {(r.document, r.model): r for r in made}
    assert results.of_run(run_id) == tuple(expected[key] for key in sorted(expected))


def test_results_are_found_by_run_by_document_and_by_model(
    results: ResultStore, workload: str, fresh: Callable[[str], str]
) -> None:
    run_id, other = fresh("RUN"), fresh("RUN")
    results.append(
        [
            result(workload, run_id, "b.pdf", created_at=NOON),
            result(workload, run_id, "a.pdf", created_at=NOON + HOUR),
            result(workload, run_id, "a.pdf", model="layout", created_at=NOON + HOUR),
            result(workload, other, "a.pdf", created_at=NOON + 2 * HOUR),
        ]
    )

    def names(found: tuple[ItemResult, ...]) -> list[tuple[str, str, str]]:
        return [(r.run_id, r.document, r.model) for r in found]

    of_run = [(run_id, "b.pdf", CONSENSUS), (run_id, "a.pdf", CONSENSUS), (run_id, "a.pdf", "layout")]
    assert names(results.of_run(run_id)) == of_run
    assert names(results.of_run(run_id, model=CONSENSUS)) == of_run[:2]
    assert names(results.of_item(run_id, "a.pdf")) == of_run[1:]
    assert results.of_item(run_id, "c.pdf") == ()
    newest = [(other, "a.pdf", CONSENSUS), (run_id, "a.pdf", "layout"), (run_id, "a.pdf", CONSENSUS)]
    assert names(results.newest(3, workload=workload)) == newest
    assert names(results.newest(2, workload=workload, model=CONSENSUS)) == [newest[0], newest[2]]


def test_seconds_a_page_are_those_of_the_items_of_the_window(
    results: ResultStore, workload: str, fresh: Callable[[str], str]
) -> None:
    run_id = fresh("RUN")
    results.append(
        [
            result(workload, run_id, "a.pdf", processing_ms=1000.0, pages=10, created_at=NOON),
            result(workload, run_id, "b.pdf", processing_ms=5000.0, pages=2, created_at=NOON + HOUR),
            result(workload, run_id, "broken.pdf", processing_ms=9000.0, pages=0, created_at=NOON),
            result(workload, run_id, "a.pdf", model="layout", processing_ms=900.0, created_at=NOON),
            result(workload, run_id, "later.pdf", processing_ms=1.0, created_at=NOON + 2 * HOUR),
        ]
    )

    seconds = results.seconds_a_page(workload, since=NOON, until=NOON + 2 * HOUR)

    assert seconds == pytest.approx(0.5)


def test_seconds_a_page_of_a_window_without_pages_are_unknown(
    results: ResultStore, workload: str, fresh: Callable[[str], str]
) -> None:
    results.append([result(workload, fresh("RUN"), "broken.pdf", pages=0)])

    assert results.seconds_a_page(workload, since=NOON, until=NOON + HOUR) is None


def test_what_json_has_no_form_for_is_refused(database: Database, fresh: Callable[[str], str]) -> None:
    with pytest.raises(InvalidInputError, match="JSON"):
        PostgresResults(database).append([result("any", fresh("RUN"), "a.pdf", data={"x": float("nan")})])


def test_reader_values_are_bare_and_leave_out_consensus_and_failed_readers(results: ResultStore) -> None:
    fields = {"assets": {"value": 301, "page": 9}, "name": {"value": "\x00"}, "odd": 1, "null": None}
    results.append(
        [
            result("values", "RUN_1", "a.pdf"),
            result("values", "RUN_1", "a.pdf", model="flow", data={"fields": fields}),
            result("values", "RUN_1", "a.pdf", model="layout", data={"fields": "none"}),
            result("values", "RUN_1", "a.pdf", model="vision", data={"fields": fields}, status="error"),
        ]
    )
    found = results.reader_values([("RUN_1", "a.pdf"), ("RUN_1", "never read.pdf")])
    assert [(one.document, one.model, one.values) for one in found] == [
        ("a.pdf", "flow", {"assets": 301, "name": "\x00", "odd": None, "null": None}),
        ("a.pdf", "layout", {}),
    ]


def test_readings_tell_who_read_what_and_that_it_was_read_again(results: ResultStore) -> None:
    results.append(
        [
            result("readings", "RUN_r1", "a.pdf"),
            result("readings", "RUN_r1", "a.pdf", model="flow", created_at=NOON),
            result("readings", "RUN_r1", "a.pdf", model="vision", status="error"),
            result("readings", "RUN_r2", "a.pdf", model="flow"),
        ]
    )

    def told() -> list[tuple[str, str, datetime]]:
        found = results.readings(workload="readings", run_id="RUN_r1")
        return [(one.document, one.model, one.created_at) for one in found]

    assert told() == [("a.pdf", "flow", NOON)]
    results.append([result("readings", "RUN_r1", "a.pdf", model="flow", created_at=NOON + HOUR)])
    assert told() == [("a.pdf", "flow", NOON + HOUR)]


def test_readings_of_the_newest_items_only(results: ResultStore) -> None:
    for hour in range(3):
        at = NOON + hour * HOUR
        for model in (CONSENSUS, "flow"):
            results.append(
                [result("newest values", f"RUN_v{hour}", "a.pdf", model=model, data={}, created_at=at)]
            )
    found = results.readings(workload="newest values", newest=2)
    assert [one.run_id for one in found] == ["RUN_v1", "RUN_v2"]
