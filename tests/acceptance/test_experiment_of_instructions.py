"""Two sets of instructions side by side on reports: the same report in the same arm, judged by labels."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.test_release_of_instructions import made, reworded

if TYPE_CHECKING:
    from tests.acceptance.conftest import Installation

pytestmark = pytest.mark.slow


def proved(wk: "Installation", instructions: str) -> str:
    release = made(wk, instructions)
    assert wk.json("release", "prove", release, "--by", "Ida")["verdict"] == "passed"
    return release


@pytest.mark.requirement("HE-80")
def test_reports_are_read_by_the_arm_they_are_in_and_the_experiment_tells_how_right_each_was(
    wk: "Installation",
) -> None:
    live = proved(wk, "shipped")
    assert wk.run("release", "promote", live, "--reason", "the first", "--by", "Ida").returncode == 0
    reworded(wk, "other")
    other = proved(wk, "other")
    started = wk.run(
        *("experiment", "start", "wording", "annual-reports", "--arm", "shipped=live"),
        *("--arm", "other=instructions=other", "--evaluation", "fields_right"),
        *("--reason", "does other guidance read as well", "--by", "Ida"),
    )
    assert started.returncode == 0, started.stderr
    assert "no data yet" in started.stdout

    assert wk.run("samples", "make", "many", "--count", "12", "--seed", "5").returncode == 0
    asked = ("run", "annual-reports", "many", "--labels", "many/labels.json")
    done = wk.json(*asked)
    lines = [json.loads(line) for line in (wk.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    arms = {line["document"]: line["arm"] for line in lines}
    assert set(arms.values()) == {"shipped", "other"}
    assert done["arms"] == {f"wording/{arm}": count for arm, count in Counter(arms.values()).items()}
    with wk.api() as client:
        for document, arm in arms.items():
            asked_for = {"workload": "annual-reports", "subject": document}
            assert client.get("/releases/chosen", asked_for)["arm"] == arm
    release_of = {"shipped": live, "other": other}
    receipts = [one for one in wk.receipts().values() if one["run_id"] == done["run_id"]]
    assert {(one["item_id"], one["experiment"], one["arm"], one["release"]) for one in receipts} == {
        (document, "wording", arm, release_of[arm]) for document, arm in arms.items()
    }

    def counted() -> bool:
        told = wk.json("experiment", "show", "wording")["verdict"]["counts"]
        return {one["arm"]: one["subjects"] for one in told} == dict(Counter(arms.values()))

    wk.until(counted)
    verdict = wk.json("experiment", "show", "wording")["verdict"]
    assert sum(one["calls"] for one in verdict["counts"]) == len(receipts)
    quality = {one["arm"]: one for one in verdict["figures"] if one["measure"] == "quality"}
    assert all(one["mean"] > 0.9 and one["subjects"] >= 2 for one in quality.values())
    assert verdict["decision"] == "too few"

    again = wk.json(*asked, "--output", "again.jsonl")
    assert again["arms"] == done["arms"]
    ended = wk.run("experiment", "stop", "wording", "--reason", "only a trial", "--by", "Bo")
    assert "stopped by Bo" in ended.stdout
    after = wk.json("run", "annual-reports", Path("many"), "--output", "after.jsonl")
    assert (after["arms"], after["releases"]) == ({}, {live: 12})
