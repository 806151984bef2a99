"""An application with the SDK and a real server: what it recorded can be asked for; none of it is lost."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

import watchkeeper
from watchkeeper.app.client import ApiClient
from watchkeeper.app.run_files import INGEST, SERVER, living

if TYPE_CHECKING:
    from tests.acceptance.conftest import Installation

pytestmark = pytest.mark.slow


@pytest.fixture
def app(wk: "Installation") -> Iterator[Any]:
    """An application of that data folder, which finds the server by itself."""
    wk.data_dir.mkdir()
    yield watchkeeper.init("shop", data_dir=wk.data_dir, flush_every_s=0.2)
    watchkeeper.shutdown(within_s=1)


@pytest.fixture
def go_up(wk: "Installation") -> Iterator[Callable[[], None]]:
    """Starts everything of the installation; it ends with the test."""
    with ExitStack() as running:
        yield lambda: running.enter_context(wk.all_up())


@pytest.fixture
def in_use() -> Iterator[Callable[[ApiClient], ApiClient]]:
    """Keeps a client until the test is over."""
    with ExitStack() as clients:
        yield clients.enter_context


@watchkeeper.component("retriever")
def retrieve(text: str) -> list[str]:
    return text.split()


def served(text: str, kind: str) -> str:
    with watchkeeper.query(text, query_type=kind) as query:
        query.results = retrieve(text)
        watchkeeper.record_score("relevance", 0.9, evaluator="judge")
    watchkeeper.record_feedback("thumbs_up", query_id=query.query_id)
    watchkeeper.record_metric("stock_level", 12.0, tags={"shop": "north"})
    assert query.trace_id is not None
    return query.trace_id


@pytest.mark.requirement("HE-69", "HE-70", "HE-13")
def test_what_an_application_recorded_can_be_asked_for_over_the_api(
    wk: "Installation", app: Any, go_up: Callable[[], None], in_use: Callable[[ApiClient], ApiClient]
) -> None:
    before = [served(f"what is number {n}", "lookup") for n in range(3)]
    assert not app.flush(within_s=0.5), "nobody is there yet"
    go_up()
    during = served("what is a bond", "explain")
    wk.until(lambda: app.flush(within_s=5))
    assert app.problems().keys() <= {"server_away"}

    api = in_use(wk.api())

    def rows(path: str, **asked: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = api.get(path, {"workload": "shop", **asked})["rows"]
        return found

    wk.until(lambda: len(rows("/queries")) == 4)
    assert [row["text"] for row in rows("/queries", query_type="explain")] == ["what is a bond"]
    assert {row["trace_id"] for row in rows("/queries")} == {*before, during}
    wk.until(lambda: len(rows("/feedback")) == 4 and len(rows("/evaluations")) == 4)
    wk.until(lambda: len(api.get(f"/traces/{during}", {})) == 8)
    steps = sorted(api.get(f"/traces/{during}", {}), key=lambda span: span["start_ns"])
    assert [span["name"] for span in steps] == [
        "query",
        "validate input",
        "make query id",
        "work",
        "retriever",
        "validate output",
        "record metrics",
        "write log",
    ]
    assert {span["workload"] for span in steps} == {"shop"}
    assert steps[4]["component"] == "retriever"
    wk.until(lambda: "query_latency_p95" in str(api.get("/metrics/names", {"workload": "shop"})))


def test_nothing_is_lost_or_doubled_when_server_and_ingest_are_killed_again_and_again(
    wk: "Installation", app: Any, go_up: Callable[[], None], in_use: Callable[[ApiClient], ApiClient]
) -> None:
    told = []
    go_up()
    for name in (INGEST, SERVER, INGEST, SERVER):
        running = wk.until(lambda name=name: living(wk.data_dir, name))
        for n in range(40):
            told.append(served(f"before {name} dies, number {n}", "lookup"))
            if n % 10 == 5:
                app.flush(within_s=0.3)
            if n == 30:
                os.kill(running.pid, signal.SIGKILL)
    wk.until(lambda: app.flush(within_s=5))
    wk.until(wk.server)
    api = in_use(wk.api())
    asked = {"workload": "shop", "limit": 1_000}
    wk.until(lambda: len(api.get("/queries", asked)["rows"]) >= len(told))
    assert sorted(row["trace_id"] for row in api.get("/queries", asked)["rows"]) == sorted(told)
    # They came in a request of their own, and may be loaded a commit later.
    wk.until(lambda: len(api.get("/feedback", asked)["rows"]) >= len(told))
    assert len(api.get("/feedback", asked)["rows"]) == len(told)
