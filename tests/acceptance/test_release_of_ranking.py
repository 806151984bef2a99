"""A release of the recommender, from its pins to the queries it answers, in a run and over HTTP."""

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from watchkeeper.app.settings import Settings
from watchkeeper.workloads.recommender.serving import serving_in_thread
from watchkeeper.workloads.recommender.settings import RecommenderSettings

if TYPE_CHECKING:
    from tests.acceptance.conftest import Installation

pytestmark = pytest.mark.slow
SETTINGS = Settings(workloads={"recommender": RecommenderSettings(component_limit_s=5.0)})


def made(wk: "Installation", *pins: str) -> str:
    options = [part for pin in pins for part in ("--pin", pin)]
    return str(wk.json("release", "make", "recommender", *options, "--by", "Ida")["release_id"])


def answered(wk: "Installation", output: str) -> dict[str, Any]:
    wk.run("run", "recommender", "queries.txt", "--output", output)
    return {line["item"]: line for line in wk.lines(output)}


@pytest.mark.requirement("HE-80")
def test_queries_are_answered_with_the_release_that_has_their_share_and_arms_divide_them(
    wk: "Installation",
) -> None:
    wk.settings("workloads: {recommender: {component_limit_s: 5}}\n")
    (wk.folder / "queries.txt").write_text("\n".join(f"anvil and bellows {n}" for n in range(12)) + "\n")
    refused = wk.run("release", "make", "recommender", "--pin", "retrieval.weight.grahp=3")
    assert refused.returncode == 2
    assert "nothing that 'retrieval.weight.grahp' could pin" in refused.stderr
    before = answered(wk, "before.jsonl")
    assert {line["release"] for line in before.values()} == {None}

    live, other = made(wk, "retrieval.weight.graph=2"), made(wk, "retrieval.weight.graph=3")
    by_hand = wk.run("release", "prove", live, "--verdict", "passed", "--told", "I say so")
    assert "its verdict is nobody's to give" in by_hand.stderr
    for release in (live, other):
        proved = wk.json("release", "prove", release, "--by", "Ida")
        assert proved["verdict"] == "passed"
        assert "ndcg_at_10 0." in proved["told"]
    assert wk.run("release", "promote", live, "--reason", "the first", "--by", "Ida").returncode == 0
    assert {line["release"] for line in answered(wk, "live.jsonl").values()} == {live}

    arms = ("--arm", "shipped=live", "--arm", f"graph={other}")
    started = wk.run("experiment", "start", "tune", "recommender", *arms, "--reason", "more graph")
    assert started.returncode == 0, started.stderr
    lines = answered(wk, "arms.jsonl")
    assert {line["arm"] for line in lines.values()} == {"shipped", "graph"}
    with wk.api() as api:
        for item, line in lines.items():
            told = api.get("/releases/chosen", {"workload": "recommender", "subject": item})
            assert (line["release"], line["arm"]) == (told["release_id"], told["arm"])
    receipts = [one for one in wk.receipts().values() if one["run_id"] == lines["queries-1"]["run_id"]]
    assert {(one["item_id"], one["release"], one["arm"]) for one in receipts} == {
        (item, line["release"], line["arm"]) for item, line in lines.items()
    }

    with serving_in_thread(SETTINGS, wk.data_dir) as url, httpx.Client(base_url=url, timeout=30) as client:
        for subject in ("ada", "bo", "cy"):
            told = client.post(
                "/recommend", json={"query": "anvil"}, headers={"x-watchkeeper-subject": subject}
            ).json()
            with wk.api() as api:
                chosen = api.get("/releases/chosen", {"workload": "recommender", "subject": subject})
            assert (told["release"], told["arm"]) == (chosen["release_id"], chosen["arm"])
        wk.run("experiment", "stop", "tune", "--reason", "enough", "--by", "Bo")

        def everybody_has_the_live_one() -> bool:
            answer = client.post("/recommend", json={"query": "anvil"}).json()
            return (answer["release"], answer["arm"]) == (live, None)

        wk.until(everybody_has_the_live_one)
    assert json.loads((wk.folder / "live.jsonl").read_text().splitlines()[0])["status"] == "ok"
