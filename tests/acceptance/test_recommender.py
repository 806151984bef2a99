"""The recommender on a running Watchkeeper: what its operator sees when parts of it die, and when not."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from watchkeeper.app.settings import Settings
from watchkeeper.testing.fault_switch import FaultSwitch
from watchkeeper.workloads.recommender.serving import serving_in_thread
from watchkeeper.workloads.recommender.settings import RecommenderSettings

if TYPE_CHECKING:
    from tests.acceptance.conftest import Installation

pytestmark = pytest.mark.slow

PARTS = ("graph", "entity", "embedding")
SETTINGS = Settings(workloads={"recommender": RecommenderSettings(component_limit_s=2.0)})


@pytest.fixture
def up(wk: "Installation") -> Iterator["Installation"]:
    (wk.folder / "watchkeeper.yaml").write_text("monitoring: {every_s: 1}\n")
    with wk.all_up():
        yield wk


@pytest.fixture
def switch() -> FaultSwitch:
    return FaultSwitch()


@pytest.fixture
def recommender(up: "Installation", switch: FaultSwitch) -> Iterator[httpx.Client]:
    def around(ranker: Any) -> Any:
        return switch.component(ranker, "rank")

    with (
        serving_in_thread(SETTINGS, up.data_dir, around=around) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield client
        switch.heal()


@pytest.mark.requirement("HE-01", "HE-05", "HE-06", "HE-69", "HE-51")
def test_an_operator_sees_fallbacks_counted_one_critical_alert_and_each_query_as_six_steps(
    up: "Installation", recommender: httpx.Client, switch: FaultSwitch
) -> None:
    well = recommender.post("/recommend", json={"query": "anvil and bellows"}).json()
    switch.kill("graph")
    fallback = recommender.post("/recommend", json={"query": "anvil and bellows"}).json()
    assert (fallback["degraded"], fallback["strategy"]) == (True, "entity")
    for part in PARTS:
        switch.kill(part)
    replies = [recommender.post("/recommend", json={"query": "anvil"}) for _ in range(5)]
    assert [reply.status_code for reply in replies] == [503] * 5

    def critical() -> list[Any]:
        done = up.run("alerts", "list", "--json")
        alerts = json.loads(done.stdout)["alerts"]
        return [one for one in alerts if one["rule"] == "recommender/queries-unserved"]

    [alert] = up.until(critical)
    assert (alert["workload"], alert["band"]) == ("recommender", "critical")
    assert "P1" in up.run("alerts", "list").stdout
    names = {one["name"] for one in up.until(lambda: up.json("metrics", "list", "--workload", "recommender"))}
    assert {"fallbacks_served", "queries_unserved", "component_failures"} <= names

    def spans() -> list[Any]:
        with up.api() as api:
            return api.get(f"/traces/{well['trace_id']}")

    told = up.until(lambda: spans() if len(spans()) >= 13 else None)
    steps = sorted(
        (one["attributes"]["watchkeeper.step"], one["name"])
        for one in told
        if "watchkeeper.step" in one["attributes"]
    )
    assert [name for _, name in steps] == [
        "validate input",
        "make query id",
        "work",
        "validate output",
        "record metrics",
        "write log",
    ]
    assert set(PARTS) <= {one["name"] for one in told}


@pytest.mark.requirement("HE-51")
def test_a_run_over_queries_leaves_a_line_a_query_and_a_receipt_a_query_and_component(
    wk: "Installation",
) -> None:
    made = wk.json("recommender", "corpus", "corpus", "--seed", "5")
    assert (made["documents"], made["queries"]) == (369, 82)
    queries = wk.folder / "some.jsonl"
    lines = (wk.folder / "corpus" / "queries.jsonl").read_text().splitlines()[:6]
    queries.write_text("".join(f"{line}\n" for line in lines) + '{"item": "bad", "query": " "}\n')
    first = wk.json("run", "recommender", queries, "--limit", "4", "--output", "out.jsonl")
    assert first["statuses"] == {"ok": 4}
    whole = wk.json(
        *("run", "recommender", queries, "--output", "out.jsonl", "--resume", first["run_id"]), exits=1
    )
    assert (whole["skipped"], whole["statuses"]) == (4, {"ok": 6, "error": 1})
    answers = [json.loads(line) for line in (wk.folder / "out.jsonl").read_text().splitlines()]
    assert [one["item"] for one in answers] == [json.loads(one)["item"] for one in lines] + ["bad"]
    assert "blank" in answers[-1]["error"]["message"] and answers[-1]["latency_ms"] > 0
    receipts = [
        json.loads(line)
        for path in sorted((wk.data_dir / "receipts").glob("recommender-*.ndjson"))
        for line in path.read_text().splitlines()
    ]
    by_query = {(one["item_id"], one["agent"]) for one in receipts}
    assert len(receipts) == len(by_query) == 6 * len(PARTS)
    assert {(one["provider"], one["http_status"], one["run_id"]) for one in receipts} == {
        ("baseline", None, first["run_id"])
    }
    assert {one["receipt_id"] for one in receipts} == {
        receipt for answer in answers[:-1] for receipt in answer["receipts"]
    }
    assert wk.run("receipts", "verify").returncode == 0


@pytest.mark.requirement("HE-23")
def test_a_measured_ranking_is_in_telemetry_with_its_time(up: "Installation") -> None:
    found = up.json("recommender", "evaluate")
    assert found["recorded"]
    assert found["ndcg_at_10"] >= 0.70

    def series() -> Any:
        names = {one["name"] for one in up.json("metrics", "list", "--workload", "recommender")}
        return {"ndcg_at_10", "precision_at_5", "diversity"} <= names

    up.until(series)


def test_serve_answers_in_a_process_of_its_own_and_ends_when_asked(wk: "Installation") -> None:
    process: subprocess.Popen[str] = wk.start("serve", "recommender", "--port", "0", "--json")
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    assert Path(wk.data_dir / "run" / "recommender.json").exists()
    answer = httpx.post(f"{told['url']}/recommend", json={"query": "loom"}, timeout=30)
    assert answer.status_code == 200
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 0
    refused = wk.run("serve", "annual-reports")
    assert refused.returncode == 2
    assert "service over HTTP" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "exits", "told"),
    [
        (("run", "recommender", "away.txt"), 2, "away.txt"),
        (("run", "recommender"), 2, "no query is given"),
        (("run", "recommender", "bad.jsonl"), 2, "line 1 of bad.jsonl"),
        (("run", "recommender", "twice.jsonl"), 2, "several queries are called a"),
        (("run", "recommender", "good.txt", "--coach"), 2, "--coach is about documents"),
        (("run", "recommender", "good.txt", "--next", "2"), 2, "--next is about documents"),
        (("recommender", "corpus", "/proc/nowhere"), 1, "cannot write /proc/nowhere"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_begun(
    wk: "Installation", arguments: tuple[str, ...], exits: int, told: str
) -> None:
    (wk.folder / "bad.jsonl").write_text('{"q": "loom"}\n')
    (wk.folder / "twice.jsonl").write_text('{"item": "a", "query": "x"}\n' * 2)
    (wk.folder / "good.txt").write_text("loom\n")
    done = wk.run(*arguments)
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == exits
    assert not (wk.folder / "out.jsonl").exists()
